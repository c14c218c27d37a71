import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

/** Units of a variant, or of a product without variants. */
export interface StockLevel {
  readonly itemId: string;
  /** Null: as many as anybody wants. */
  readonly stock: number | null;
  readonly reserved: number;
  readonly sold: number;
}

/** So many units of an item. */
export interface ItemQuantity {
  readonly itemId: string;
  readonly quantity: number;
}

/** An item of which there is not enough. */
export interface Shortage {
  readonly itemId: string;
  readonly available: number;
}

export async function insertLevel(
  db: Db,
  { organizationId, isLive }: Owner,
  itemId: string,
  stock: number | null,
): Promise<void> {
  await db.insertInto("stockLevels").values({ itemId, organizationId, isLive, stock }).execute();
}

export async function listLevels(
  db: Db,
  { organizationId, isLive }: Owner,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, StockLevel>> {
  if (itemIds.length === 0) return new Map();
  const rows = await db
    .selectFrom("stockLevels")
    .select(["itemId", "stock", "reserved", "sold"])
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    // One value: a table of products names more items than a statement takes values.
    .where(sql<boolean>`item_id = any(${[...itemIds]}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.itemId, row]));
}

/** Locks the levels of items, in the order that everyone locks them. */
export async function lockLevels(
  db: Db,
  { organizationId, isLive }: Owner,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, StockLevel>> {
  if (itemIds.length === 0) return new Map();
  await sql`select from stock_levels where organization_id = ${organizationId} and item_id = any (${[...itemIds]}::uuid[])
    order by item_id for update`.execute(db);
  return listLevels(db, { organizationId, isLive }, itemIds);
}

export async function writeStock(
  db: Db,
  { organizationId, isLive }: Owner,
  itemId: string,
  stock: number | null,
): Promise<void> {
  await db
    .updateTable("stockLevels")
    .set({ stock, version: sql<number>`version + 1` })
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("itemId", "=", itemId)
    .execute();
}

/** Which of these are held, or are to be held by what draws and lines admit. */
export async function findItemsInUse(db: Db, itemIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (itemIds.length === 0) return new Set();
  const found = await sql<{ id: string }>`
    select h.item_id as id from distribution_holds h join owners o on o.id = h.distribution_id and o.deleted_at is null
    where h.item_id = any (${[...itemIds]}::uuid[])
    union
    select h.item_id from stock_holds h where h.state = 'RESERVED' and h.item_id = any (${[...itemIds]}::uuid[])`.execute(
    db,
  );
  return new Set(found.rows.map(({ id }) => id));
}

/** A hold with the kind of its item, which the id on the wire needs. */
export interface KnownHold extends ItemQuantity {
  readonly kind: "product" | "variant";
}

/** The holds of the draw or line with this id, as one value to select. */
export function selectHolds(distributionId: RawBuilder<unknown>): RawBuilder<KnownHold[]> {
  return sql<KnownHold[]>`(
    select coalesce(json_agg(json_build_object('itemId', h.item_id, 'kind', o.kind, 'quantity', h.quantity) order by h.ordinal), '[]')
    from distribution_holds h join owners o on o.id = h.item_id where h.distribution_id = ${distributionId})`;
}

/** What each admission of a line or a draw holds, in the order it was written in. */
export async function readHolds(db: Db, distributionId: string): Promise<ItemQuantity[]> {
  const found = await sql<ItemQuantity>`
    select item_id, quantity from distribution_holds where distribution_id = ${distributionId} order by ordinal`.execute(
    db,
  );
  return found.rows;
}

export async function writeHolds(
  db: Db,
  distributionId: string,
  holds: readonly ItemQuantity[],
): Promise<void> {
  await sql`delete from distribution_holds where distribution_id = ${distributionId}`.execute(db);
  if (holds.length === 0) return;
  await sql`
    insert into distribution_holds (distribution_id, item_id, ordinal, quantity)
    select ${distributionId}, t.item, t.ord, t.quantity
    from unnest(${holds.map(({ itemId }) => itemId)}::uuid[], ${holds.map(({ quantity }) => quantity)}::integer[])
      with ordinality as t(item, quantity, ord)`.execute(db);
}

/** What a draw or line holds of limited stock, with how many units are available of each. */
export async function listHeldLevels(
  db: Db,
  { organizationId }: Owner,
  distributionId: string,
): Promise<(KnownHold & Shortage)[]> {
  const found = await sql<KnownHold & Shortage>`
    select h.item_id, o.kind, h.quantity, s.stock - s.reserved - s.sold as available
    from distribution_holds h join stock_levels s on s.item_id = h.item_id join owners o on o.id = h.item_id
    where s.organization_id = ${organizationId} and h.distribution_id = ${distributionId} and s.stock is not null order by h.ordinal`.execute(
    db,
  );
  return found.rows;
}

/** How many more admissions there is stock for; null: no stock bounds them. Locks the levels until the transaction ends. */
export async function lockStockRoom(db: Db, distributionId: string): Promise<number | null> {
  const found = await sql<{ room: number | null }>`select stock_room(${distributionId}) as room`.execute(db);
  return found.rows[0]?.room ?? null;
}

/** Whether nobody can be admitted any more, unless something that was sold is given back. */
export async function isSoldOut(db: Db, distributionId: string): Promise<boolean> {
  const found = await sql<{ isSoldOut: boolean }>`
    select is_sold_out(${distributionId}) as is_sold_out`.execute(db);
  return found.rows[0]?.isSoldOut ?? false;
}

/**
 * Holds units for an admission, an order or a draw, besides those that it holds. Answers the items of which there is not enough;
 * then nothing is held.
 */
export async function reserveStock(
  db: Db,
  holderId: string,
  items: readonly ItemQuantity[],
): Promise<readonly Shortage[]> {
  if (items.length === 0) return [];
  const found = await sql<Shortage>`
    select item_id, available from reserve_stock(${holderId}, ${idsOf(items)}::uuid[], ${quantitiesOf(items)}::bigint[])`.execute(
    db,
  );
  return found.rows;
}

/** What the holder has reserved is sold. Answers how many units. */
export async function sellHolds(db: Db, holderId: string): Promise<number> {
  const found = await sql<{ units: number }>`select sell_holds(${holderId}) as units`.execute(db);
  return found.rows[0]?.units ?? 0;
}

/** What the holder has reserved or bought is free again. Answers how many units. */
export async function releaseHolds(db: Db, holderId: string): Promise<number> {
  const found = await sql<{ units: number }>`select release_holds(${holderId}) as units`.execute(db);
  return found.rows[0]?.units ?? 0;
}

/** Hands reserved units from one holder to another, as far as the first has them. Answers how many of each. */
export async function moveHolds(
  db: Db,
  fromId: string,
  toId: string,
  items: readonly ItemQuantity[],
): Promise<ItemQuantity[]> {
  if (items.length === 0) return [];
  const found = await sql<ItemQuantity>`
    select item_id, quantity from move_holds(${fromId}, ${toId}, ${idsOf(items)}::uuid[], ${quantitiesOf(items)}::bigint[])`.execute(
    db,
  );
  return found.rows;
}

function idsOf(items: readonly ItemQuantity[]): string[] {
  return items.map(({ itemId }) => itemId);
}

function quantitiesOf(items: readonly ItemQuantity[]): number[] {
  return items.map(({ quantity }) => quantity);
}
