import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";

type Db = Kysely<Tables>;

/** Notes that the code of a step was taken; false where one of this step or a later one was taken before. */
export async function takeTotpStep(db: Db, accountId: string, step: number): Promise<boolean> {
  const taken = await sql`
    update member_accounts set totp_step = ${step}
    where id = ${accountId} and coalesce(totp_step, -1) < ${step} returning 1`.execute(db);
  return taken.rows.length > 0;
}

/** Uses a recovery code up; false where the account has no such code. */
export async function spendRecoveryCode(db: Db, accountId: string, codeMac: Buffer): Promise<boolean> {
  const spent = await sql`
    delete from member_recovery_codes where account_id = ${accountId} and code_mac = ${codeMac} returning 1`.execute(
    db,
  );
  return spent.rows.length > 0;
}

/** Puts new recovery codes in the place of the old ones. */
export async function replaceRecoveryCodes(
  db: Db,
  accountId: string,
  codeMacs: readonly Buffer[],
): Promise<void> {
  await sql`delete from member_recovery_codes where account_id = ${accountId}`.execute(db);
  if (codeMacs.length > 0)
    await sql`
      insert into member_recovery_codes (account_id, code_mac)
      select ${accountId}, unnest(${codeMacs}::bytea[])`.execute(db);
}
