import type { EventType } from "@stanchion/contract";
import { type Kysely, sql } from "kysely";
import type { Tables } from "../database/index.ts";
import { newUuid } from "../randomness.ts";

/** Something that has become of a draw or a line, of somebody in it, or of an order. */
export interface DistributionEvent {
  readonly type: EventType;
  /** The UUID of the draw or line; null: of what is none's. */
  readonly distributionId: string | null;
  /** The entry or the resource as the shop sees it. */
  readonly data: object;
}

/**
 * Notes what happens, in the transaction that makes it happen: it is told of if that commits, and never before. Where nobody of
 * the organization is told of this type, nothing is written. It waits for no lock.
 */
export async function writeEvent(
  db: Kysely<Tables>,
  { organizationId, isLive }: { readonly organizationId: string; readonly isLive: boolean },
  { type, distributionId, data }: DistributionEvent,
): Promise<void> {
  await sql`
    insert into events (id, organization_id, is_live, distribution_id, type, data, occurred_at)
    select ${newUuid(Date.now())}, ${organizationId}, ${isLive}, ${distributionId}::uuid, ${type}, ${JSON.stringify(data)}, stanchion_now()
    from event_subscriptions s
    where s.organization_id = ${organizationId} and s.is_live = ${isLive} and ${type}::text = any (s.types)`.execute(
    db,
  );
}
