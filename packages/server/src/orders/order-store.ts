import type { OrderStatus } from "@stanchion/contract";
import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import type pg from "pg";
import type { Tables } from "../platform/database/index.ts";
import { type ListCursor, olderThan, type Tenant } from "../platform/http/index.ts";
import type { OrderRow } from "./order.ts";

type Db = Kysely<Tables>;
type Owner = Pick<Tenant, "organizationId" | "isLive">;

/** Undefined where another order of the organization has the external id, also one that is being written at this moment. */
export async function insertOrder(
  db: Db,
  values: Insertable<Tables["orders"]>,
): Promise<OrderRow | undefined> {
  return db
    .insertInto("orders")
    .values(values)
    .onConflict((conflict) =>
      conflict
        .columns(["organizationId", "isLive", "externalId"])
        .where("externalId", "is not", null)
        .doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
}

export async function findOrder(db: Db, owner: Owner, id: string): Promise<OrderRow | undefined> {
  return ordersOf(db, owner).where("id", "=", id).executeTakeFirst();
}

export async function lockOrder(db: Db, owner: Owner, id: string): Promise<OrderRow | undefined> {
  return ordersOf(db, owner).where("id", "=", id).forUpdate().executeTakeFirst();
}

export async function lockOrderByExternalId(
  db: Db,
  owner: Owner,
  externalId: string,
): Promise<OrderRow | undefined> {
  return ordersOf(db, owner).where("externalId", "=", externalId).forUpdate().executeTakeFirst();
}

export async function isExternalIdTaken(
  db: Db,
  owner: Owner,
  externalId: string,
  exceptOrderId: string | null,
): Promise<boolean> {
  const found = await ordersOf(db, owner).where("externalId", "=", externalId).executeTakeFirst();
  return found !== undefined && found.id !== exceptOrderId;
}

export interface OrderFilter {
  readonly limit: number;
  readonly after: ListCursor | null;
  readonly status?: OrderStatus | undefined;
  readonly externalId?: string | undefined;
  readonly consumerId?: string | undefined;
  readonly admissionId?: string | undefined;
}

export async function listOrders(db: Db, owner: Owner, filter: OrderFilter): Promise<OrderRow[]> {
  const { after, status, externalId, consumerId, admissionId } = filter;
  let query = ordersOf(db, owner);
  if (after !== null) query = query.where(olderThan(after));
  if (status !== undefined) query = query.where("status", "=", status);
  if (externalId !== undefined) query = query.where("externalId", "=", externalId);
  if (consumerId !== undefined) query = query.where("consumerId", "=", consumerId);
  if (admissionId !== undefined) query = query.where("admissionId", "=", admissionId);
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

/** Writes what has become of an order that is locked or new. */
export async function updateOrder(
  db: Db,
  owner: Owner,
  id: string,
  values: Updateable<Tables["orders"]>,
): Promise<OrderRow> {
  return db
    .updateTable("orders")
    .set(values)
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/**
 * The order of an admission that is being paid at this moment: one that holds its items, or holds none by itself and was made after
 * `since`. Under the admission's lock.
 */
export async function findOrderBeingPaid(
  db: Db,
  owner: Owner,
  { admissionId, exceptOrderId, now, since }: BeingPaid,
): Promise<OrderRow | undefined> {
  return ordersOf(db, owner)
    .where("admissionId", "=", admissionId)
    .where("id", "<>", exceptOrderId)
    .where("status", "=", "PENDING")
    .where(({ eb, or, and }) =>
      or([eb("heldUntil", ">", now), and([eb("heldUntil", "is", null), eb("createdAt", ">", since)])]),
    )
    .orderBy("createdAt")
    .limit(1)
    .executeTakeFirst();
}

interface BeingPaid {
  readonly admissionId: string;
  readonly exceptOrderId: string;
  readonly now: Date;
  readonly since: Date;
}

/** Where an admission was given; undefined where the organization has none with this id. */
export async function findAdmissionPlace(
  db: Db,
  { organizationId, isLive }: Owner,
  admissionId: string,
): Promise<{ distributionId: string; distributionKind: "queue" | "draw"; consumerId: string } | undefined> {
  const found = await sql<{
    distributionId: string;
    distributionKind: "queue" | "draw";
    consumerId: string;
  }>`
    select a.distribution_id, o.kind as distribution_kind, a.consumer_id
    from admissions a join owners o on o.id = a.distribution_id and o.kind = case when a.seat is null then 'queue' else 'draw' end
    where a.admission_id = ${admissionId} and o.organization_id = ${organizationId} and o.is_live = ${isLive}`.execute(
    db,
  );
  return found.rows[0];
}

export async function hasDistribution(
  db: Db,
  owner: Owner,
  kind: "queue" | "draw",
  id: string,
): Promise<boolean> {
  const found = await db
    .selectFrom("owners")
    .select("id")
    .where("organizationId", "=", owner.organizationId)
    .where("isLive", "=", owner.isLive)
    .where("kind", "=", kind)
    .where("id", "=", id)
    .where("deletedAt", "is", null)
    .executeTakeFirst();
  return found !== undefined;
}

/** Gives back what the next order holds whose time is over; false: there is none. Whosever it is. */
export async function releaseStaleOrder(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ isReleased: boolean }>(`select release_stale_order() as "isReleased"`);
  return rows[0]?.isReleased ?? false;
}

/** Gives every order that held something at `since` the time back that has passed since then. */
export async function postponeHoldEnds(db: Db, since: Date): Promise<void> {
  await sql`update orders set held_until = held_until + (stanchion_now() - greatest(created_at, ${since})) where held_until > ${since}`.execute(
    db,
  );
}

function ordersOf(db: Db, { organizationId, isLive }: Owner) {
  return db
    .selectFrom("orders")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive);
}
