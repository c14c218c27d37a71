import { encodeId } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { LockedAdmission } from "../admissions/index.ts";
import {
  type ItemQuantity,
  itemIdOf,
  lockLevels,
  moveHolds,
  outOfStock,
  releaseHolds,
  reserveStock,
  type Shortage,
  sellHolds,
} from "../catalog/index.ts";
import type { Tables } from "../platform/database/index.ts";
import type { ApiError } from "../platform/errors/index.ts";
import { type HeldUnits, lockHeldUnits } from "./held-units-store.ts";
import type { OrderRow } from "./order.ts";

type Db = Kysely<Tables>;
type Counts = ReadonlyMap<string, number>;
type Stocked = Pick<OrderRow, "id" | "organizationId" | "isLive" | "items">;

/**
 * Holds for an order that is not paid yet what its admission does not hold already. Answers what there is not enough of, and whether
 * the order holds anything by itself.
 */
export async function reserveForOrder(
  db: Db,
  order: Stocked,
  buyer: LockedAdmission | null,
): Promise<{ shortages: readonly Shortage[]; isHolding: boolean }> {
  const { wanted, ofAdmission } = await lockUnits(db, order, buyer);
  const own = less(wanted, ofAdmission);
  return { shortages: await reserveStock(db, order.id, own), isHolding: own.length > 0 };
}

/**
 * Sells what an order names, from what it and its admission hold, and from what is free where they do not hold it (any more); of
 * an order that names nothing, what the admission holds. Answers what there is not enough of: then nothing is sold.
 */
export async function sellForOrder(
  db: Db,
  order: Stocked,
  buyer: LockedAdmission | null,
): Promise<readonly Shortage[]> {
  const { wanted, ofOrder, ofAdmission } = await lockUnits(db, order, buyer);
  const needed = less(wanted, ofOrder);
  const admissionId = buyer?.admissionId ?? null;
  // What was completed before for this very order has sold what it held: that is the order's to sell, and no more than it names.
  const isSold = admissionId !== null && buyer?.refusal !== null;
  if (isSold) await releaseHolds(db, admissionId);
  const missing = isSold ? needed : less(new Map(needed.map(pair)), ofAdmission);
  const shortages = await reserveStock(db, order.id, missing);
  if (shortages.length > 0) return shortages;
  if (admissionId !== null && !isSold) {
    await moveHolds(db, admissionId, order.id, needed);
    await releaseHolds(db, admissionId);
  }
  await sellHolds(db, order.id);
  return [];
}

/** Gives back what an order holds or has sold, and what the admission sold that was used up for it. */
export async function releaseForOrder(
  db: Db,
  { id, organizationId, isLive }: Pick<OrderRow, "id" | "organizationId" | "isLive">,
  usedAdmissionId: string | null,
): Promise<void> {
  const holders = usedAdmissionId === null ? [id] : [id, usedAdmissionId];
  const held = await lockHeldUnits(db, holders);
  if (held.length === 0) return;
  await lockLevels(
    db,
    { organizationId, isLive },
    held.map(({ itemId }) => itemId),
  );
  for (const holder of holders) await releaseHolds(db, holder);
}

/** The refusal that names the items as the order does. */
export function outOfStockFor({ items }: Pick<OrderRow, "items">, shortages: readonly Shortage[]): ApiError {
  const wireIds = new Map(items.map(({ id }) => [itemIdOf(id ?? ""), id ?? ""]));
  return outOfStock(shortages, (itemId) => wireIds.get(itemId) ?? encodeId("variant", itemId));
}

interface Units {
  /** What is to be sold. */
  readonly wanted: Counts;
  readonly ofOrder: Counts;
  readonly ofAdmission: Counts;
}

async function lockUnits(
  db: Db,
  { id, organizationId, isLive, items }: Stocked,
  buyer: LockedAdmission | null,
): Promise<Units> {
  const admissionId = buyer?.admissionId ?? null;
  const held = await lockHeldUnits(db, admissionId === null ? [id] : [id, admissionId]);
  const countOf = (holderId: string | null, states: readonly HeldUnits["state"][]): Counts =>
    new Map(
      held
        .filter((units) => units.holderId === holderId && states.includes(units.state))
        .map(({ itemId, quantity }) => [itemId, quantity]),
    );
  const ofOrder = countOf(id, ["RESERVED"]);
  const ofAdmission = countOf(admissionId, buyer?.refusal === null ? ["RESERVED"] : ["SOLD"]);
  const named = countsOf(items);
  const wanted = named.size > 0 ? named : ofAdmission;
  const itemIds = [...wanted.keys(), ...held.map(({ itemId }) => itemId)];
  await lockLevels(db, { organizationId, isLive }, [...new Set(itemIds)]);
  return { wanted, ofOrder, ofAdmission };
}

/** Of what is ours, how many units of each. */
function countsOf(items: OrderRow["items"]): Counts {
  const counts = new Map<string, number>();
  for (const { id, quantity } of items) {
    if (id === null) continue;
    const itemId = itemIdOf(id);
    counts.set(itemId, (counts.get(itemId) ?? 0) + quantity);
  }
  return counts;
}

/** What is wanted beyond what there is already. */
function less(wanted: Counts, there: Counts): ItemQuantity[] {
  return [...wanted]
    .map(([itemId, quantity]) => ({ itemId, quantity: quantity - (there.get(itemId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

function pair({ itemId, quantity }: ItemQuantity): [string, number] {
  return [itemId, quantity];
}
