import { limits } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";

type Db = Kysely<Tables>;

export async function insertReset(db: Db, accountId: string, tokenHash: Buffer, now: Date): Promise<void> {
  const expiresAt = new Date(now.getTime() + limits.passwordResetSeconds * 1000);
  await sql`
    insert into member_password_resets (token_hash, account_id, expires_at)
    values (${tokenHash}, ${accountId}, ${expiresAt})`.execute(db);
}

export interface ResetRow {
  readonly accountId: string;
  readonly email: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

export async function findReset(db: Db, tokenHash: Buffer): Promise<ResetRow | undefined> {
  const found = await sql<ResetRow>`
    select r.account_id as "accountId", a.email, r.expires_at as "expiresAt", r.used_at as "usedAt"
    from member_password_resets r join member_accounts a on a.id = r.account_id
    where r.token_hash = ${tokenHash}`.execute(db);
  return found.rows[0];
}

/** Uses a token up, and with it every other one of the account; false where it was used meanwhile. */
export async function spendReset(db: Db, tokenHash: Buffer, accountId: string, now: Date): Promise<boolean> {
  const spent = await sql`
    update member_password_resets set used_at = ${now}
    where token_hash = ${tokenHash} and used_at is null returning 1`.execute(db);
  if (spent.rows.length === 0) return false;
  await sql`
    update member_password_resets set used_at = ${now}
    where account_id = ${accountId} and used_at is null`.execute(db);
  return true;
}
