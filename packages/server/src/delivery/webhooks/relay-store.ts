import type { EventType, WebhookDelivery } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";

type Db = Kysely<Tables>;

/** What is found by comparing with what was told. */
const countedTypes: readonly EventType[] = [
  "queue.consumer.entered",
  "draw.consumer.entered",
  "draw.consumer.lost",
];

/** An event, and an endpoint that is told of it. */
export interface ToldEvent {
  readonly position: number;
  readonly id: string;
  readonly organizationId: string;
  readonly distributionId: string | null;
  readonly type: EventType;
  /** JSON of an object. */
  readonly data: string;
  /** Noted by the database itself: its ids are UUIDs. */
  readonly isRaw: boolean;
  readonly occurredAt: Date;
  readonly endpointId: string;
  /** How many of its kind may come to this endpoint together. */
  readonly batchMax: number;
}

/** Is there something to hand on? */
export async function hasEvents(db: Db): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from events) or exists (
      select from event_subscriptions s where s.types && ${countedTypes}::text[]
    ) as found`.execute(db);
  return rows[0]?.found ?? false;
}

/** There is one relay at a time, or the events of a line could be numbered in another order than they happened. */
export async function becomeRelay(db: Db): Promise<boolean> {
  const { rows } = await sql<{ isOurs: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended('stanchion webhook relay', 0)) as "isOurs"`.execute(db);
  return rows[0]?.isOurs ?? false;
}

/** Draws and lines into which more have come than can be told of at once. */
export async function findLagging(db: Db, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from untold_arrivals where last - told > ${most}`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Takes the oldest events out, and answers them with the endpoints that are told of them. Whoever has seen the change that one
 * tells of has a later place, so in the order of their places a cause comes before what it leads to. What is `lagging` waits:
 * people come before what becomes of them.
 */
export async function takeEvents(
  db: Db,
  { most, lagging }: { most: number; lagging: readonly string[] },
): Promise<{ taken: number; distributionIds: readonly string[]; told: ToldEvent[] }> {
  const { rows } = await sql<Omit<ToldEvent, "endpointId"> & { endpointId: string | null }>`
    with taken as (
      delete from events where position in (
        select position from events where distribution_id is null or distribution_id <> all (${lagging}::uuid[])
        order by position limit ${most}
      ) returning *
    )
    select t.position, t.id, t.organization_id, t.distribution_id, t.type, t.data, t.is_raw, t.occurred_at, 1 as batch_max,
      e.id as endpoint_id
    from taken t left join event_receivers e
      on e.organization_id = t.organization_id and e.is_live = t.is_live and t.type = any (e.events)
    order by t.position, e.id`.execute(db);
  const told = rows.flatMap((row) =>
    row.endpointId === null ? [] : [{ ...row, endpointId: row.endpointId }],
  );
  const distributionIds = rows.flatMap(({ distributionId }) =>
    distributionId === null ? [] : [distributionId],
  );
  return { taken: new Set(rows.map(({ position }) => position)).size, distributionIds, told };
}

export interface SequenceStep {
  readonly organizationId: string;
  readonly endpointId: string;
  readonly distributionId: string;
  readonly count: number;
}

/** Takes the next numbers of each; answers the last of them. */
export async function takeNumbers(
  db: Db,
  steps: readonly SequenceStep[],
): Promise<{ endpointId: string; distributionId: string; lastNumber: number }[]> {
  const of = <T>(pick: (step: SequenceStep) => T): T[] => steps.map(pick);
  const { rows } = await sql<{ endpointId: string; distributionId: string; lastNumber: number }>`
    insert into webhook_sequences as s (organization_id, endpoint_id, distribution_id, last_number)
    select * from unnest(${of((step) => step.organizationId)}::uuid[], ${of((step) => step.endpointId)}::uuid[],
      ${of((step) => step.distributionId)}::uuid[], ${of((step) => step.count)}::bigint[])
    on conflict (endpoint_id, distribution_id) do update set last_number = s.last_number + excluded.last_number
    returning endpoint_id, distribution_id, last_number`.execute(db);
  return rows;
}

export interface NewDelivery {
  readonly id: string;
  readonly organizationId: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly type: WebhookDelivery["type"];
  readonly lane: string;
  readonly body: string;
}

/** Deliveries that are due at once, in their order. */
export async function insertDeliveries(db: Db, deliveries: readonly NewDelivery[]): Promise<void> {
  const of = <T>(pick: (delivery: NewDelivery) => T): T[] => deliveries.map(pick);
  await sql`
    insert into webhook_deliveries
      (id, organization_id, endpoint_id, event_id, type, lane, body, status, due_at, created_at)
    select n.id, n.organization_id, n.endpoint_id, n.event_id, n.type, n.lane, n.body, 'PENDING', t.now, t.now
    from (select stanchion_now() as now) t, unnest(
      ${of(({ id }) => id)}::uuid[], ${of(({ organizationId }) => organizationId)}::uuid[],
      ${of(({ endpointId }) => endpointId)}::uuid[], ${of(({ eventId }) => eventId)}::uuid[],
      ${of(({ type }) => type)}::text[], ${of(({ lane }) => lane)}::uuid[], ${of(({ body }) => body)}::text[]
    ) with ordinality as n (id, organization_id, endpoint_id, event_id, type, lane, body, place)
    order by n.place`.execute(db);
}
