/** People whom nobody has seen: for tools that fill a line, or send it more than could be kept of everybody. */
import { createHash } from "node:crypto";
import type pg from "pg";
import { issueAccessToken } from "../packages/server/src/identity/session-tokens.ts";
import type { Secrets } from "../packages/server/src/platform/secrets.ts";

/** As md5 of a text: ids that are known without being kept, in SQL too. */
export function uuidOf(text: string): string {
  const hex = createHash("md5").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The bearer of any consumer of the test mode, be there a session or not: a token is believed by its MAC. Ids are UUIDs. */
export function accessTokenOf(secrets: Secrets, organizationId: string, consumerId: string): string {
  const subject = {
    organizationId,
    isLive: false,
    isConfirmed: false,
    isExternal: false,
    consumerId,
    familyId: consumerId,
    deviceKey: null,
  };
  return issueAccessToken(secrets, subject, Date.now());
}

/**
 * Puts so many people into an empty line, straight into the tables; whoever has ticket n is {@link memberOf} of n.
 *
 * @param queueId a UUID
 */
export async function fillLine(
  db: Pick<pg.ClientBase, "query">,
  queueId: string,
  size: number,
): Promise<void> {
  await db.query(
    `insert into entries (entry_id, queue_id, consumer_id, ticket, ahead_at_entry, entered_at, status, request_id)
     select md5('entry ' || $2 || ' ' || t)::uuid, $1, md5('consumer ' || $2 || ' ' || t)::uuid, t, t - 1,
       date_trunc('milliseconds', now()), 'QUEUED', 'req_filled'
     from generate_series(1, $3::int) t`,
    [queueId, queueId, size],
  );
  await db.query("analyze entries");
  await db.query("update lines set last_ticket = $2 where queue_id = $1", [queueId, size]);
}

/** Whom {@link fillLine} gave this ticket, and their entry. UUIDs. */
export function memberOf(queueId: string, ticket: number): { consumerId: string; entryId: string } {
  return {
    consumerId: uuidOf(`consumer ${queueId} ${ticket}`),
    entryId: uuidOf(`entry ${queueId} ${ticket}`),
  };
}
