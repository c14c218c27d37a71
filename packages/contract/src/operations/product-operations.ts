/** What is sold. */
import * as v from "valibot";
import * as shapes from "../resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

const productListQuery = v.object({ ...listQuery, status: v.optional(v.picklist(shapes.productStatuses)) });
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
    errors: [...productErrors, "ALREADY_EXISTS"],
  },
  deleteProduct: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/products/{productId}",
    tag: "products",
    summary: "Delete a product with its variants; their SKUs are free again",
    status: 204,
    ifMatch: true,
    errors: [...productErrors],
  },
} as const satisfies Record<string, OperationShape>;
