import { limits } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";

type Db = Kysely<Tables>;

const { oneTimeCodeSeconds, oneTimeCodeTriesMax, oneTimeCodesPerAddressMax, oneTimeCodesPerAddressSeconds } =
  limits;

/** Puts a new code in the place of the old one, with all its tries; false where the address has had too many already. */
export async function replaceCode(db: Db, addressKey: Buffer, codeMac: Buffer): Promise<boolean> {
  const written = await sql`
    insert into one_time_codes as c (address_key, code_mac, expires_at, codes_sent, window_ends_at, changed_at)
    select ${addressKey}::bytea, ${codeMac}::bytea, now + make_interval(secs => ${oneTimeCodeSeconds}), 1,
      now + make_interval(secs => ${oneTimeCodesPerAddressSeconds}), now
    from stanchion_now() as now
    on conflict (address_key) do update set
      code_mac = excluded.code_mac, expires_at = excluded.expires_at, tries = 0, changed_at = excluded.changed_at,
      codes_sent = case when c.window_ends_at <= excluded.changed_at then 1 else c.codes_sent + 1 end,
      window_ends_at = case when c.window_ends_at <= excluded.changed_at then excluded.window_ends_at else c.window_ends_at end
    where c.window_ends_at <= excluded.changed_at or c.codes_sent < ${oneTimeCodesPerAddressMax}
    returning 1`.execute(db);
  return written.rows.length > 0;
}

/** Takes a code back that was not sent: nobody has it, so nobody may guess it, and it does not count. */
export async function withdrawCode(db: Db, addressKey: Buffer, codeMac: Buffer): Promise<void> {
  await sql`
    update one_time_codes set code_mac = null, codes_sent = greatest(codes_sent - 1, 0)
    where address_key = ${addressKey} and code_mac = ${codeMac}`.execute(db);
}

/** When the address may have codes again, in seconds from now; 0 where it may now. */
export async function secondsUntilNextCode(db: Db, addressKey: Buffer): Promise<number> {
  const found = await sql<{ seconds: number }>`
    select ceil(extract(epoch from window_ends_at - stanchion_now()))::int as seconds from one_time_codes
    where address_key = ${addressKey} and codes_sent >= ${oneTimeCodesPerAddressMax}`.execute(db);
  return Math.max(0, found.rows[0]?.seconds ?? 0);
}

export interface CodeTrial {
  /** Which try since the last code was asked for, this one included. */
  readonly tries: number;
  readonly isRight: boolean;
  readonly isExpired: boolean;
}

/**
 * Counts a try and judges it, in one statement: of tries at the same moment each has its own number. An address that no code
 * was ever asked for is counted in the same way.
 */
export async function countTry(db: Db, addressKey: Buffer, codeMac: Buffer): Promise<CodeTrial> {
  const counted = await sql<CodeTrial>`
    insert into one_time_codes as c (address_key, expires_at, tries, codes_sent, window_ends_at, changed_at)
    select ${addressKey}::bytea, now, 1, 0, now, now from stanchion_now() as now
    on conflict (address_key) do update set
      tries = least(c.tries + 1, ${oneTimeCodeTriesMax + 1}), changed_at = excluded.changed_at
    returning tries, coalesce(code_mac = ${codeMac}, false) as "isRight", expires_at <= changed_at as "isExpired"`.execute(
    db,
  );
  const [trial] = counted.rows;
  if (trial === undefined) throw new Error("a counted try has no row");
  return trial;
}

/** Uses the code up; false where somebody else has just done so, or a new one has come. */
export async function spendCode(db: Db, addressKey: Buffer, codeMac: Buffer): Promise<boolean> {
  const spent = await sql`
    update one_time_codes set code_mac = null where address_key = ${addressKey} and code_mac = ${codeMac}
    returning 1`.execute(db);
  return spent.rows.length > 0;
}
