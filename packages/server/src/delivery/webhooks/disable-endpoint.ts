import { encodeId } from "@stanchion/contract";
import { recordChangeBy, systemAuthor } from "../../platform/audit/index.ts";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import type { LeasedEndpoint } from "./sending-store.ts";
import { webhookEndpointOf } from "./webhook-endpoint.ts";
import {
  findEndpoint,
  lockEndpoint,
  lockSubscriptions,
  updateEndpoint,
  writeSubscriptions,
} from "./webhook-endpoint-store.ts";

/** Switches off an endpoint that wants nothing any more or has taken nothing for long, on the record. */
export async function disableEndpoint(
  database: Database,
  { endpointId, organizationId, isLive }: LeasedEndpoint,
  reason: "GONE" | "FAILING",
): Promise<void> {
  const owner = { organizationId, isLive };
  await inOrganization(database, owner, async (db) => {
    await lockSubscriptions(db, owner);
    const row = await lockEndpoint(db, owner, endpointId);
    if (row === undefined || row.disabledAt !== null) return;
    const now = new Date();
    await updateEndpoint(db, owner, endpointId, { disabledAt: now, disabledReason: reason, updatedAt: now });
    await writeSubscriptions(db, owner);
    const updated = (await findEndpoint(db, owner, endpointId)) ?? row;
    const [before, after] = [webhookEndpointOf(row, now), webhookEndpointOf(updated, now)];
    const target = encodeId("webhookEndpoint", endpointId);
    await recordChangeBy(db, systemAuthor(owner), {
      action: "webhook_endpoint.disabled",
      target,
      before,
      after,
    });
  });
}
