import type { OrganizationQuotas, Quotas } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/index.ts";

type Db = Kysely<Tables>;
type Owner = { readonly organizationId: string; readonly isLive: boolean };

const none: Quotas = { openQueues: null, people: null, deliveries: null };

export async function findQuotas(db: Db, organizationId: string): Promise<Quotas> {
  const row = await db
    .selectFrom("organizationQuotas")
    .select(["openQueues", "people", "deliveries"])
    .where("organizationId", "=", organizationId)
    .executeTakeFirst();
  return row ?? none;
}

/** Deliveries that were counted stay counted, as long as there is a quota of them. */
export async function writeQuotas(db: Db, organizationId: string, quotas: Quotas): Promise<void> {
  const { openQueues, people, deliveries } = quotas;
  if (openQueues === null && people === null && deliveries === null) {
    await db.deleteFrom("organizationQuotas").where("organizationId", "=", organizationId).execute();
    return;
  }
  const forgotten = deliveries === null ? { deliveriesUsed: 0, deliveriesWindowEndsAt: null } : {};
  await db
    .insertInto("organizationQuotas")
    .values({ organizationId, openQueues, people, deliveries })
    .onConflict((conflict) =>
      conflict.column("organizationId").doUpdateSet({ openQueues, people, deliveries, ...forgotten }),
    )
    .execute();
}

/** What an organization may have and what it has, queues and people in this mode. */
export async function readQuotaUse(db: Db, { organizationId, isLive }: Owner): Promise<OrganizationQuotas> {
  const found = await sql<
    Quotas & { queuesUsed: number; peopleUsed: number; deliveriesUsed: number; resetsAt: Date | null }
  >`
    select q.open_queues as "openQueues", q.people, q.deliveries,
      open_queues(o.id, ${isLive}, null) as "queuesUsed", people_waiting(o.id, ${isLive}, null) as "peopleUsed",
      case when q.deliveries_window_ends_at > stanchion_now() then q.deliveries_used else 0 end as "deliveriesUsed",
      case when q.deliveries_window_ends_at > stanchion_now() then q.deliveries_window_ends_at end as "resetsAt"
    from organizations o left join organization_quotas q on q.organization_id = ${organizationId}
    where o.id = ${organizationId}`.execute(db);
  const [row] = found.rows;
  if (row === undefined) throw new Error("an organization that asks for its quotas is gone");
  return {
    openQueues: { limit: row.openQueues, used: row.queuesUsed },
    people: { limit: row.people, used: row.peopleUsed },
    deliveries: {
      limit: row.deliveries,
      used: row.deliveries === null ? null : row.deliveriesUsed,
      resetsAt: row.resetsAt?.toISOString() ?? null,
    },
  };
}

/**
 * How many open queues and draws an organization may have, and how many it has but for one of them. Where it has that quota, this locks it
 * to the end of the transaction. Undefined: it has none.
 */
export async function lockOpenQueues(
  db: Db,
  { organizationId, isLive }: Owner,
  exceptId: string,
): Promise<{ limit: number; used: number; isOpen: boolean } | undefined> {
  const locked = await sql<{ limit: number }>`
    select open_queues as "limit" from organization_quotas
    where organization_id = ${organizationId} and open_queues is not null for no key update`.execute(db);
  const [quota] = locked.rows;
  if (quota === undefined) return undefined;
  // A statement of its own, so that it sees what was committed while the lock was waited for.
  const counted = await sql<{ used: number; all: number }>`
    select open_queues(${organizationId}, ${isLive}, ${exceptId}) as used,
      open_queues(${organizationId}, ${isLive}, null) as all`.execute(db);
  const { used, all } = counted.rows[0] ?? { used: 0, all: 0 };
  return { ...quota, used, isOpen: all > used };
}

/** The verdict on one more delivery. */
export interface DeliveryVerdict {
  readonly isCounted: boolean;
  readonly limit: number;
  readonly used: number;
  readonly windowEndsAt: Date;
}

/**
 * Counts a delivery where there is a quota and room, in one statement: of deliveries at the same moment each has its own number.
 * Undefined: there is no quota.
 */
export async function countOneDelivery(
  db: Db,
  organizationId: string,
  windowSeconds: number,
): Promise<DeliveryVerdict | undefined> {
  const counted = await sql<DeliveryVerdict>`
    with present as (
      select q.organization_id, q.deliveries, q.deliveries_used, q.deliveries_window_ends_at, stanchion_now() as now
      from organization_quotas q
      where q.organization_id = ${organizationId} and q.deliveries is not null for no key update
    ), judged as (
      select p.organization_id, p.deliveries, coalesce(p.deliveries_window_ends_at > p.now, false) as is_under_way,
        case when p.deliveries_window_ends_at > p.now then p.deliveries_used else 0 end as used,
        case when p.deliveries_window_ends_at > p.now then p.deliveries_window_ends_at
          else date_trunc('milliseconds', p.now) + make_interval(secs => ${windowSeconds}) end as ends_at
      from present p
    ), counted as (
      update organization_quotas q set deliveries_used = j.used + 1, deliveries_window_ends_at = j.ends_at
      from judged j where q.organization_id = j.organization_id and j.used < j.deliveries
      returning q.deliveries_used
    )
    select c.deliveries_used is not null as "isCounted", j.deliveries as "limit",
      coalesce(c.deliveries_used, j.used) as used, j.ends_at as "windowEndsAt"
    from judged j left join counted c on true`.execute(db);
  return counted.rows[0];
}

/** Takes a counted delivery back, in the window in which it was counted. */
export async function uncountDelivery(db: Db, organizationId: string, windowEndsAt: Date): Promise<void> {
  await sql`
    update organization_quotas set deliveries_used = greatest(deliveries_used - 1, 0)
    where organization_id = ${organizationId} and deliveries_window_ends_at = ${windowEndsAt}`.execute(db);
}
