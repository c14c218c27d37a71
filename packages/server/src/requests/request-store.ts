import { limits } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import { type Database, inOrganization, type Tables } from "../platform/database/index.ts";
import type { PendingRequest } from "./pending-requests.ts";
import type { RequestFacts } from "./request-facts.ts";

/** Where nothing else is said, what a ring holds: one organization's calls of one part, in one mode. */
export const ringBounds = { ringMax: 10_000, ringMin: 100, totalMax: 500_000 } as const;

// Rings in use share the total: one more organization makes every ring a little smaller, and no noise of one makes another's smaller.
const ringSize = `greatest(${ringBounds.ringMin}, least(${ringBounds.ringMax}, ${ringBounds.totalMax} / greatest(1, (
  select count(*) from request_rings where written_at > stanchion_now() - make_interval(secs => ${limits.requestsKeptSeconds})
))))`;

export interface StoredRequest {
  readonly organizationId: string | null;
  readonly isLive: boolean | null;
  readonly answeredAt: Date;
  readonly process: string;
  readonly place: number;
  readonly facts: RequestFacts;
}

/** Writes a group by one statement, each request over the oldest of its ring. `nowMs` is on the clock of `answeredAtMs`. */
export async function insertRequests(
  database: Database,
  processName: string,
  group: readonly PendingRequest[],
  nowMs: number,
): Promise<void> {
  const rows = group.map(({ requestId, organizationId, isLive, part, answeredAtMs, place, facts }) => ({
    request_id: requestId,
    organization_id: organizationId,
    is_live: isLive,
    part,
    age_seconds: Math.max(0, nowMs - answeredAtMs) / 1000,
    place,
    facts,
  }));
  await database.pool.query(
    `with given as (
       select *, row_number() over (partition by organization_id, is_live, part order by place desc) as newness
       from json_to_recordset($1) as g (request_id text, organization_id uuid, is_live boolean, part text,
         age_seconds double precision, place bigint, facts jsonb)
     ), rings as (
       insert into request_rings as ring (organization_id, is_live, part, written, written_at)
       select organization_id, is_live, part, count(*), stanchion_now() from given
       group by organization_id, is_live, part order by organization_id, is_live, part
       on conflict (organization_id, is_live, part)
       do update set written = ring.written + excluded.written, written_at = excluded.written_at
       returning id, organization_id, is_live, part, written
     ), size as (
       select ${ringSize} as slots
     )
     insert into requests (ring_id, slot, request_id, answered_at, process, place, facts)
     select r.id, (r.written - g.newness) % size.slots, g.request_id,
       stanchion_now() - make_interval(secs => g.age_seconds), $2, g.place, g.facts
     from size, given g join rings r on r.part = g.part
       and r.organization_id is not distinct from g.organization_id and r.is_live is not distinct from g.is_live
     where g.newness <= size.slots
     on conflict (ring_id, slot) do update set request_id = excluded.request_id, answered_at = excluded.answered_at,
       process = excluded.process, place = excluded.place, facts = excluded.facts`,
    [JSON.stringify(rows), processName],
  );
}

/** The kept requests under an id, newest first, one more than are shown. Without a tenant: those of all, and of nobody. */
export async function findRequests(
  db: Kysely<Tables>,
  requestId: string,
  tenant: { readonly organizationId: string; readonly isLive: boolean } | null,
): Promise<StoredRequest[]> {
  const ownRings =
    tenant === null
      ? sql`true`
      : sql`ring.organization_id = ${tenant.organizationId} and ring.is_live = ${tenant.isLive}`;
  const { rows } = await sql<StoredRequest>`
    select ring.organization_id as "organizationId", ring.is_live as "isLive", found.*
    from request_rings ring, lateral (
      select answered_at as "answeredAt", process, place, facts from requests
      where ring_id = ring.id and request_id = ${requestId}
        and answered_at > stanchion_now() - make_interval(secs => ${limits.requestsKeptSeconds})
      order by answered_at desc limit ${limits.requestsShownMax + 1}
    ) found
    where ${ownRings}
    order by "answeredAt" desc, place desc`.execute(db);
  // A group whose commit was not heard of is written again.
  const seen = new Set<string>();
  return rows.filter(({ process, place }) => {
    const isNew = !seen.has(`${process} ${place}`);
    seen.add(`${process} ${place}`);
    return isNew;
  });
}

interface RequestsOfConsumer {
  readonly organizationId: string;
  readonly isLive: boolean;
}

const areOf = ({ organizationId, isLive }: RequestsOfConsumer, consumerId: string) => sql`
  r.ring_id in (select id from request_rings where organization_id = ${organizationId} and is_live = ${isLive})
  and (r.facts->>'consumerId' = ${consumerId} or strpos(r.facts->>'path', ${consumerId}) > 0)`;

/** The kept requests that a consumer made, or that name it in their path, newest first, one more than an export holds. */
export async function findRequestsOf(
  db: Kysely<Tables>,
  consumerId: string,
  tenant: RequestsOfConsumer,
): Promise<StoredRequest[]> {
  const { rows } = await sql<StoredRequest>`
    select ${tenant.organizationId}::uuid as "organizationId", ${tenant.isLive}::boolean as "isLive",
      r.answered_at as "answeredAt", r.process, r.place, r.facts
    from requests r
    where ${areOf(tenant, consumerId)}
      and r.answered_at > stanchion_now() - make_interval(secs => ${limits.requestsKeptSeconds})
    order by r.answered_at desc, r.place desc limit ${limits.exportedRequestsMax + 1}`.execute(db);
  return rows;
}

export async function forgetRequestsOf(
  database: Database,
  tenant: RequestsOfConsumer,
  consumerId: string,
): Promise<void> {
  await inOrganization(database, tenant, (db) =>
    sql`delete from requests r where ${areOf(tenant, consumerId)}`.execute(db),
  );
}

/** The names of keys, by their ids. Without a tenant: whosever they are. */
export async function findKeyNames(
  db: Kysely<Tables>,
  keyIds: readonly string[],
  tenant: { readonly organizationId: string } | null,
): Promise<ReadonlyMap<string, string>> {
  if (keyIds.length === 0) return new Map();
  let query = db
    .selectFrom("apiKeys")
    .select(["id", "name"])
    .where("id", "in", [...keyIds]);
  if (tenant !== null) query = query.where("organizationId", "=", tenant.organizationId);
  const rows = await query.execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Deletes what is over its time, and what stands beyond the end of a ring that has become smaller. */
export async function forgetOldRequests(database: Database): Promise<void> {
  await database.pool.query(
    `delete from requests where answered_at < stanchion_now() - make_interval(secs => $1) or slot >= ${ringSize}`,
    [limits.requestsKeptSeconds],
  );
}
