import { type Kysely, sql } from "kysely";
import type { Tables } from "../../platform/database/index.ts";

type Db = Kysely<Tables>;

/** Says when a line's order is to be drawn; null: never. What was begun goes on. */
export async function moveOpening(db: Db, queueId: string, openAt: Date | null): Promise<void> {
  await sql`
    insert into line_openings (queue_id, due_at)
    select ${queueId}::uuid, ${openAt}::timestamptz where ${openAt}::timestamptz is not null
    on conflict (queue_id) do nothing`.execute(db);
  await sql`update line_openings set due_at = ${openAt} where queue_id = ${queueId} and frozen_at is null`.execute(
    db,
  );
}
