import { limits, type Role } from "@stanchion/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";

type Db = Kysely<Tables>;

export type MemberSessionRow = Selectable<Tables["memberSessions"]>;

/** What one account may do in one organization. */
export interface Membership {
  readonly memberId: string;
  readonly organizationId: string;
  readonly role: Role;
  readonly rateLimits: unknown;
}

/** A session with what its requests are judged by. */
export interface SessionFacts {
  readonly id: string;
  readonly tokenHash: Buffer;
  readonly accountId: string;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  /** The one joined first comes first. */
  readonly memberships: readonly Membership[];
}

export async function findSessions(db: Db, tokenHashes: readonly Buffer[]): Promise<SessionFacts[]> {
  const found = await sql<SessionFacts>`
    select s.id, s.token_hash as "tokenHash", s.account_id as "accountId", s.last_seen_at as "lastSeenAt",
      s.expires_at as "expiresAt", s.ended_at as "endedAt",
      coalesce(json_agg(json_build_object('memberId', m.id, 'organizationId', m.organization_id, 'role', m.role,
        'rateLimits', o.rate_limits) order by m.created_at, m.id) filter (where m.id is not null), '[]') as memberships
    from member_sessions s
    left join members m on m.account_id = s.account_id and m.deleted_at is null
    left join organizations o on o.id = m.organization_id
    where s.token_hash = any(${tokenHashes})
    group by s.id`.execute(db);
  return found.rows;
}

/** Begins a session; of too many of one account the oldest end. */
export async function insertSession(
  db: Db,
  session: { id: string; accountId: string; tokenHash: Buffer; device: string; now: Date },
): Promise<void> {
  const { id, accountId, tokenHash, device, now } = session;
  const expiresAt = new Date(now.getTime() + limits.memberSessionSeconds * 1000);
  await db
    .insertInto("memberSessions")
    .values({ id, accountId, tokenHash, device, createdAt: now, lastSeenAt: now, expiresAt, endedAt: null })
    .execute();
  await sql`
    update member_sessions set ended_at = ${now} where id in (
      select id from member_sessions where account_id = ${accountId} and ended_at is null
      order by created_at desc, id desc offset ${limits.memberSessionsMax})`.execute(db);
}

/** The sessions of an account that are still good, the newest first. */
export async function listSessions(db: Db, accountId: string, now: Date): Promise<MemberSessionRow[]> {
  return db
    .selectFrom("memberSessions")
    .selectAll()
    .where("accountId", "=", accountId)
    .where("endedAt", "is", null)
    .where("expiresAt", ">", now)
    .where("lastSeenAt", ">", new Date(now.getTime() - limits.memberSessionIdleSeconds * 1000))
    .orderBy("createdAt", "desc")
    .orderBy("id", "desc")
    .execute();
}

/** False where the account has no such session, or it has ended. */
export async function endSession(db: Db, accountId: string, id: string, now: Date): Promise<boolean> {
  const ended = await db
    .updateTable("memberSessions")
    .set({ endedAt: now })
    .where("accountId", "=", accountId)
    .where("id", "=", id)
    .where("endedAt", "is", null)
    .returning("id")
    .execute();
  return ended.length > 0;
}

/** Ends every session of an account, but one. */
export async function endOtherSessions(
  db: Db,
  accountId: string,
  exceptId: string | null,
  now: Date,
): Promise<void> {
  let ending = db
    .updateTable("memberSessions")
    .set({ endedAt: now })
    .where("accountId", "=", accountId)
    .where("endedAt", "is", null);
  if (exceptId !== null) ending = ending.where("id", "<>", exceptId);
  await ending.execute();
}

export async function touchSessions(db: Db, ids: readonly string[], now: Date): Promise<void> {
  await db.updateTable("memberSessions").set({ lastSeenAt: now }).where("id", "in", ids).execute();
}
