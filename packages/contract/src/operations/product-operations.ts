/** What is sold. */
import * as v from "valibot";
import { limits } from "../limits.ts";
import * as shapes from "../resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

const productListQuery = v.object({ ...listQuery, status: v.optional(v.picklist(shapes.productStatuses)) });
const productExportQuery = v.object({ status: v.optional(v.picklist(shapes.productStatuses)) });
const productImportQuery = v.object({ dryRun: v.optional(v.picklist(["true", "false"])) });
const productErrors = ["PRODUCT_NOT_FOUND", "OTHER_ORGANIZATION"] as const;

export const productOperations = {
  createProduct: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/products",
    tag: "products",
    summary: "Create a product, with its variants",
    body: shapes.productCreate,
    status: 201,
    answer: shapes.product,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  listProducts: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/products",
    tag: "products",
    summary: "List products, newest first",
    query: productListQuery,
    status: 200,
    answer: shapes.listOf(shapes.product),
    errors: [],
  },
  exportProducts: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/products/export",
    tag: "products",
    summary: "All products as CSV, oldest first, a line for each variant; no cell is a formula",
    query: productExportQuery,
    status: 200,
    answerType: "text/csv",
    errors: [],
  },
  importProducts: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/products/import",
    tag: "products",
    summary: "Create and change products by a CSV table, all of it or nothing",
    textBody: { mediaType: "text/csv", bytesMax: limits.productTableBytesMax },
    query: productImportQuery,
    status: 200,
    answer: shapes.productsImported,
    idempotent: true,
    errors: ["RESOURCE_IN_USE"],
  },
  readProduct: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/products/{productId}",
    tag: "products",
    summary: "Read a product",
    status: 200,
    answer: shapes.product,
    errors: [...productErrors],
  },
  updateProduct: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/products/{productId}",
    tag: "products",
    summary: "Change a product by a merge patch; a list of variants replaces the present one",
    body: shapes.productPatch,
    status: 200,
    answer: shapes.product,
    ifMatch: true,
    errors: [...productErrors, "ALREADY_EXISTS", "RESOURCE_IN_USE"],
  },
  deleteProduct: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/products/{productId}",
    tag: "products",
    summary: "Delete a product that no experience offers, with its variants; their SKUs are free again",
    status: 204,
    ifMatch: true,
    errors: [...productErrors, "RESOURCE_IN_USE"],
  },
} as const satisfies Record<string, OperationShape>;
