import {
  encodeId,
  type Organization,
  type RateLimitOverrides,
  rateLimitsInForce,
  shapes,
} from "@stanchion/contract";
import type { Kysely } from "kysely";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import {
  type Answer,
  jsonAnswer,
  type OperationHost,
  patched,
  registerRead,
  registerWrite,
  requireVersion,
  stampsOf,
  type Tenant,
} from "../platform/http/index.ts";
import { readQuotaUse } from "../platform/quotas/index.ts";
import type { KeyDirectory } from "./key-directory.ts";
import * as store from "./organization-store.ts";

/** The asking organization's own settings. */
export function registerOrganizationRoutes(
  host: OperationHost,
  { clock, keys, rateLimits }: { clock: Clock; keys: KeyDirectory; rateLimits: RateLimitOverrides },
): void {
  const show = async (db: Kysely<Tables>, row: store.OrganizationRow, tenant: Tenant): Promise<Answer> => {
    const shown: Organization = {
      ...settingsOf(row),
      rateLimits: rateLimitsInForce(rateLimits, store.overridesOf(row)),
      quotas: await readQuotaUse(db, tenant),
    };
    return jsonAnswer(200, shown, ["ETag", `"${row.version}"`]);
  };

  registerRead(host, "readOrganization", async (call, db) =>
    show(db, await store.readOrganization(db, call.tenant), call.tenant),
  );

  registerWrite(host, "updateOrganization", async (call, db) => {
    const row = await store.lockOrganization(db, call.tenant);
    const patch = call.readBody(shapes.organizationPatch);
    requireVersion(call, row.version);
    const allowedOrigins = patched(patch.allowedOrigins, row.allowedOrigins, null);
    const updated = await store.updateOrganization(db, row.id, {
      name: patch.name ?? row.name,
      allowedOrigins: allowedOrigins === null ? null : JSON.stringify([...new Set(allowedOrigins)]),
      updatedAt: new Date(clock.now()),
    });
    const [before, after] = [settingsOf(row), settingsOf(updated)];
    await recordChange(db, call, { action: "organization.updated", target: after.id, before, after });
    return { ...(await show(db, updated, call.tenant)), afterCommit: async () => keys.forget(row.id) };
  });
}

/** What the organization itself can change, with its stamps. */
function settingsOf(row: store.OrganizationRow): Omit<Organization, "rateLimits" | "quotas"> {
  return {
    id: encodeId("organization", row.id),
    name: row.name,
    allowedOrigins: row.allowedOrigins === null ? null : [...row.allowedOrigins],
    ...stampsOf(row),
  };
}
