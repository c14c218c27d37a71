import { encodeId, firstKeyScopes, type RateLimitOverrides, type Scope } from "@stanchion/contract";
import { hostAuthor, recordChangeBy } from "../platform/audit/index.ts";
import type { Database } from "../platform/database/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { createApiKey } from "./create-api-key.ts";

export interface NewOrganization {
  readonly organizationId: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

/** Makes an organization with one key of each kind; the secret one can make others. The keys are shown here and never again. */
export async function createOrganization(
  database: Database,
  options: {
    name: string;
    isLive?: boolean;
    rateLimits?: RateLimitOverrides;
    allowedOrigins?: readonly string[];
  },
): Promise<NewOrganization> {
  const { name, isLive = false } = options;
  const nowMs = Date.now();
  const createdAt = new Date(nowMs);
  const organizationId = newUuid(nowMs);
  const owner = { organizationId, isLive };
  const keys = await database.kysely.transaction().execute(async (transaction) => {
    await transaction
      .insertInto("organizations")
      .values({
        id: organizationId,
        name,
        rateLimits: options.rateLimits === undefined ? null : JSON.stringify(options.rateLimits),
        allowedOrigins: options.allowedOrigins === undefined ? null : JSON.stringify(options.allowedOrigins),
        createdAt,
        updatedAt: createdAt,
      })
      .execute();
    const make = (kind: "publishable" | "secret", keyName: string, scopes: readonly Scope[]) =>
      createApiKey(transaction, owner, { name: keyName, kind, scopes, expiresAt: null }, nowMs);
    const publishable = await make("publishable", "Publishable key", []);
    const secret = await make("secret", "Secret key", firstKeyScopes);
    await recordChangeBy(transaction, hostAuthor(owner), {
      action: "organization.created",
      target: encodeId("organization", organizationId),
      related: [publishable, secret].map(({ row }) => encodeId("apiKey", row.id)),
      after: {
        name,
        rateLimits: options.rateLimits ?? null,
        allowedOrigins: options.allowedOrigins ?? null,
      },
    });
    return { publishableKey: publishable.key, secretKey: secret.key };
  });
  return { organizationId: encodeId("organization", organizationId), ...keys };
}
