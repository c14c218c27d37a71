import type { Database } from "../database/index.ts";

export interface ProcessBeat {
  /** The database's time, as text. */
  readonly at: string;
  /** Have others been there since, with whom this process does not count together? */
  readonly othersCount: boolean;
}

/** Notes that a process is there, and looks for others that have been there since `since` (null: nobody). */
export async function beatProcess(
  { pool }: Database,
  process: { readonly id: string; readonly sharesLimits: boolean },
  since: string | null,
): Promise<ProcessBeat> {
  const { rows } = await pool.query<ProcessBeat>(
    `with mine as (
       insert into api_processes (process_id, shares_limits, seen_at) values ($1, $2, clock_timestamp())
       on conflict (process_id) do update set seen_at = excluded.seen_at returning seen_at
     )
     select seen_at::text as at, exists (
       select from api_processes other
       where other.process_id <> $1 and other.seen_at > $3::timestamptz and not (other.shares_limits and $2)
     ) as "othersCount" from mine`,
    [process.id, process.sharesLimits, since],
  );
  const [beat] = rows;
  if (beat === undefined) throw new Error("the process was not noted");
  return beat;
}

/** Forgets a process, and those that were killed long ago. */
export async function forgetProcess({ pool }: Database, id: string): Promise<void> {
  await pool.query(
    `delete from api_processes where process_id = $1 or seen_at < clock_timestamp() - interval '1 hour'`,
    [id],
  );
}
