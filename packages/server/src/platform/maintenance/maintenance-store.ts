import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/index.ts";

/** Planned maintenance, as the operator has announced it. */
export interface Maintenance {
  readonly since: Date;
  /** When clients are asked to try again, in whole seconds. */
  readonly retryAfterSeconds: number;
  /** Plain text for people; null: nothing more to say. */
  readonly message: string | null;
}

const columns = ["since", "retryAfterSeconds", "message"] as const;

/** Null: none is on. */
export async function readMaintenance(db: Kysely<Tables>): Promise<Maintenance | null> {
  return (await db.selectFrom("maintenance").select(columns).executeTakeFirst()) ?? null;
}

/** Announces it, or changes what was announced; it began when it was announced first. */
export async function writeMaintenance(
  db: Kysely<Tables>,
  announced: Omit<Maintenance, "since">,
): Promise<void> {
  await db
    .insertInto("maintenance")
    .values({ ...announced, since: sql<Date>`stanchion_now()` })
    .onConflict((conflict) => conflict.column("isOnly").doUpdateSet(announced))
    .execute();
}

/** Answers what was on; null: nothing was. */
export async function deleteMaintenance(db: Kysely<Tables>): Promise<Maintenance | null> {
  return (await db.deleteFrom("maintenance").returning(columns).executeTakeFirst()) ?? null;
}
