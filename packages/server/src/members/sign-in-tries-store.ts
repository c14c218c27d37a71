import { limits } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";

type Db = Kysely<Tables>;

export interface SignInTries {
  /** Since the window opened, this one included. */
  readonly tries: number;
  /** Until the window ends. */
  readonly secondsLeft: number;
}

/** Counts a try before it is judged, in one statement: of tries at the same moment each has its own number. */
export async function countSignInTry(db: Db, subject: Buffer): Promise<SignInTries> {
  const { failedPasswordsMax, failedPasswordsSeconds } = limits;
  const counted = await sql<SignInTries>`
    insert into member_sign_in_tries as t (subject, tries, window_ends_at)
    select ${subject}::bytea, 1, now + make_interval(secs => ${failedPasswordsSeconds}) from stanchion_now() as now
    on conflict (subject) do update set
      tries = case when t.window_ends_at <= stanchion_now() then 1 else least(t.tries + 1, ${failedPasswordsMax + 1}) end,
      window_ends_at = case when t.window_ends_at <= stanchion_now() then excluded.window_ends_at else t.window_ends_at end
    returning tries, ceil(extract(epoch from window_ends_at - stanchion_now()))::int as "secondsLeft"`.execute(
    db,
  );
  const [row] = counted.rows;
  if (row === undefined) throw new Error("a counted try has no row");
  return row;
}

/** A try that was right does not count; those of others stay counted. */
export async function forgiveSignInTry(db: Db, subject: Buffer): Promise<void> {
  await sql`update member_sign_in_tries set tries = greatest(tries - 1, 0) where subject = ${subject}`.execute(
    db,
  );
}
