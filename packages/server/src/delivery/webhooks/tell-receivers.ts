import type { EventType } from "@stanchion/contract";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import type { ToldEvent } from "./relay-store.ts";

type Db = Kysely<Tables>;

/** Draws and lines of which a batch of people is looked for in one round. */
export const distributionsMax = 5;

/** Somebody whom something has become of, found by the number within a draw or line. */
export interface Person {
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly distributionId: string;
  readonly number: number;
  readonly type: EventType;
  /** JSON of an object; null: it has not become of this one, who is passed over. */
  readonly data: string | null;
  readonly occurredAt: Date;
}

export interface Told {
  /** How many were looked at. */
  readonly taken: number;
  readonly told: ToldEvent[];
}

/** Notes up to which number people were told of, in this column of the watches, and answers the events for all who are told. */
export async function tellReceivers(
  db: Db,
  people: readonly Person[],
  column: RawBuilder<unknown>,
): Promise<Told> {
  if (people.length === 0) return { taken: 0, told: [] };
  await noteTold(db, people, column);
  return { taken: people.length, told: await toReceivers(db, people) };
}

async function noteTold(db: Db, people: readonly Person[], column: RawBuilder<unknown>): Promise<void> {
  // In the order of their numbers: the last of each is kept.
  const last = [...new Map(people.map((one) => [one.distributionId, one])).values()];
  await sql`
    insert into event_watches as w (distribution_id, organization_id, is_live, ${column})
    select * from unnest(${last.map((one) => one.distributionId)}::uuid[], ${last.map((one) => one.organizationId)}::uuid[],
      ${last.map((one) => one.isLive)}::boolean[], ${last.map((one) => one.number)}::bigint[])
    on conflict (distribution_id) do update set ${column} = excluded.${column}`.execute(db);
}

async function toReceivers(db: Db, people: readonly Person[]): Promise<ToldEvent[]> {
  const organizations = [...new Set(people.map(({ organizationId }) => organizationId))];
  const { rows: receivers } = await sql<{
    id: string;
    organizationId: string;
    isLive: boolean;
    events: string[];
    maxPerBatch: number;
  }>`
    select id, organization_id, is_live, events, max_per_batch from event_receivers
    where organization_id = any (${organizations}::uuid[]) order by id`.execute(db);
  return people.flatMap(({ data, ...one }) => {
    if (data === null) return [];
    const event = { ...one, data, id: newUuid(one.occurredAt.getTime()), position: 0, isRaw: true };
    return receivers
      .filter(
        ({ organizationId, isLive, events }) =>
          organizationId === one.organizationId && isLive === one.isLive && events.includes(one.type),
      )
      .map(({ id, maxPerBatch }) => ({ ...event, endpointId: id, batchMax: maxPerBatch }));
  });
}
