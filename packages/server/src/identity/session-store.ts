import { limits } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import { type Database, inOrganization, type Tables, withRetries } from "../platform/database/index.ts";
import type { RefreshClaims, SessionSubject } from "./session-tokens.ts";

export type Rotation =
  | { readonly outcome: "rotated"; readonly generation: number; readonly expiresAtSeconds: number }
  | { readonly outcome: "reused" | "revoked" | "carried" };

/**
 * Spends a refresh token of a family: the next generation, or the same successor again within 10 s of the first time.
 * A token that was spent before that revokes the family. The sessions of a deleted consumer are over.
 */
export async function rotateSession(database: Database, claims: RefreshClaims): Promise<Rotation> {
  return withRetries(() => rotateOnce(database, claims));
}

async function rotateOnce(database: Database, claims: RefreshClaims): Promise<Rotation> {
  return inOrganization(database, claims, async (transaction) => {
    await sql`
      insert into sessions (family_id, organization_id, is_live, consumer_id, generation, rotated_at, expires_at)
      values (${claims.familyId}, ${claims.organizationId}, ${claims.isLive}, ${claims.consumerId}, 0, stanchion_now(),
        to_timestamp(${claims.expiresAtSeconds}))
      on conflict do nothing`.execute(transaction);
    const row = await sql<{
      generation: number;
      isOver: boolean;
      isCarried: boolean;
      isFresh: boolean;
      expiresAtSeconds: number;
    }>`
      select generation, is_carried as "isCarried",
        revoked_at is not null or exists (
          select 1 from consumers c
          where c.id = s.consumer_id and c.organization_id = s.organization_id and c.is_live = s.is_live
            and c.deleted_at is not null
        ) as "isOver",
        rotated_at > stanchion_now() - make_interval(secs => ${limits.refreshGraceSeconds}) as "isFresh",
        floor(extract(epoch from expires_at))::bigint as "expiresAtSeconds"
      from sessions s where organization_id = ${claims.organizationId} and family_id = ${claims.familyId}
      for update`.execute(transaction);
    const session = row.rows[0];
    if (session?.isCarried) return { outcome: "carried" };
    if (session === undefined || session.isOver) return { outcome: "revoked" };
    if (session.generation === claims.generation) {
      const next = await sql<{ expiresAtSeconds: number }>`
        update sessions set generation = generation + 1, rotated_at = stanchion_now(),
          expires_at = date_trunc('second', stanchion_now()) + make_interval(secs => ${limits.refreshTokenSeconds})
        where organization_id = ${claims.organizationId} and family_id = ${claims.familyId}
        returning floor(extract(epoch from expires_at))::bigint as "expiresAtSeconds"`.execute(transaction);
      return {
        outcome: "rotated",
        generation: claims.generation + 1,
        expiresAtSeconds: next.rows[0]?.expiresAtSeconds ?? 0,
      };
    }
    if (session.generation === claims.generation + 1 && session.isFresh)
      return {
        outcome: "rotated",
        generation: session.generation,
        expiresAtSeconds: session.expiresAtSeconds,
      };
    await sql`
      update sessions set revoked_at = stanchion_now()
      where organization_id = ${claims.organizationId} and family_id = ${claims.familyId}`.execute(
      transaction,
    );
    return { outcome: "reused" };
  });
}

/** Ends a session for good. */
export async function revokeSession(db: Kysely<Tables>, subject: SessionSubject): Promise<void> {
  await sql`
    insert into sessions (family_id, organization_id, is_live, consumer_id, generation, rotated_at, expires_at, revoked_at)
    values (${subject.familyId}, ${subject.organizationId}, ${subject.isLive}, ${subject.consumerId}, 0, stanchion_now(),
      stanchion_now() + make_interval(secs => ${limits.refreshTokenSeconds}), stanchion_now())
    on conflict (family_id) do update set revoked_at = coalesce(sessions.revoked_at, excluded.revoked_at)`.execute(
    db,
  );
}

/** Ends a session that another device goes on with. False, and nothing changed, where it was over already. */
export async function carrySession(db: Kysely<Tables>, subject: SessionSubject): Promise<boolean> {
  const ended = await sql`
    insert into sessions (family_id, organization_id, is_live, consumer_id, generation, rotated_at, expires_at, revoked_at, is_carried)
    values (${subject.familyId}, ${subject.organizationId}, ${subject.isLive}, ${subject.consumerId}, 0, stanchion_now(),
      stanchion_now() + make_interval(secs => ${limits.refreshTokenSeconds}), stanchion_now(), true)
    on conflict (family_id) do update set revoked_at = excluded.revoked_at, is_carried = true where sessions.revoked_at is null
    returning family_id`.execute(db);
  return ended.rows.length > 0;
}

/** Has the session gone on, or ended, since its first tokens? */
export async function isSessionUsed(
  db: Kysely<Tables>,
  { organizationId }: Pick<SessionSubject, "organizationId">,
  familyId: string,
): Promise<boolean> {
  const found = await sql`
    select from sessions where organization_id = ${organizationId} and family_id = ${familyId}
      and (generation > 0 or revoked_at is not null)`.execute(db);
  return found.rows.length > 0;
}

export interface RevokedFamily {
  readonly familyId: string;
  /** Does another device go on with it? */
  readonly isCarried: boolean;
}

/** The families revoked in the last so many seconds. */
export async function findRevokedFamilies(
  database: Database,
  withinSeconds: number,
): Promise<readonly RevokedFamily[]> {
  const found = await sql<RevokedFamily>`
    select family_id as "familyId", is_carried as "isCarried" from sessions
    where revoked_at > stanchion_now() - make_interval(secs => ${withinSeconds})`.execute(database.kysely);
  return found.rows;
}
