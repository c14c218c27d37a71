import { fieldIssue, type OrderCreate, type OrderItem, type ValidationIssue } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { findItemsById, itemIdOf } from "../catalog/index.ts";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type GivenItems = NonNullable<OrderCreate["items"]>;

/** What was bought, each with its SKU; or what is wrong with the list. */
export async function readItems(
  db: Kysely<Tables>,
  tenant: Tenant,
  given: GivenItems,
): Promise<{ items: OrderItem[]; issues: readonly ValidationIssue[] }> {
  const ids = given.map(({ id }) => itemIdOf(id));
  const known = await findItemsById(db, tenant, ids);
  const issues = given.flatMap(({ id }, index) =>
    known.has(ids[index] ?? "")
      ? []
      : [fieldIssue(["items", index, "id"], "reference", "variant, or product without variants", id)],
  );
  const items = given.map(({ id, quantity, price }, index) => ({
    id,
    sku: known.get(ids[index] ?? "")?.sku ?? null,
    quantity,
    price: price ?? null,
  }));
  return { items, issues };
}
