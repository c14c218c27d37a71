import { encodeId, type RateLimitOverrides } from "@stanchion/contract";
import { hostAuthor, recordChangeBy } from "../platform/audit/index.ts";
import type { Database } from "../platform/database/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { hashApiKey, newApiKey } from "./api-key-format.ts";

export interface NewOrganization {
  readonly organizationId: string;
  readonly publishableKey: string;
  readonly secretKey: string;
}

/** Makes an organization with one key of each kind. The keys are shown here and never again. */
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
  const publishableKey = newApiKey("publishable", isLive);
  const secretKey = newApiKey("secret", isLive);
  const keys = [
    { id: newUuid(nowMs), kind: "publishable", name: "Publishable key", key: publishableKey },
    { id: newUuid(nowMs), kind: "secret", name: "Secret key", key: secretKey },
  ] as const;
  await database.kysely.transaction().execute(async (transaction) => {
    await transaction
      .insertInto("organizations")
      .values({
        id: organizationId,
        name,
        rateLimits: options.rateLimits === undefined ? null : JSON.stringify(options.rateLimits),
        allowedOrigins: options.allowedOrigins === undefined ? null : JSON.stringify(options.allowedOrigins),
        createdAt,
      })
      .execute();
    await transaction
      .insertInto("apiKeys")
      .values(
        keys.map(({ id, kind, name: keyName, key }) => ({
          id,
          organizationId,
          isLive,
          kind,
          name: keyName,
          keyHash: hashApiKey(key),
          createdAt,
        })),
      )
      .execute();
    await recordChangeBy(transaction, hostAuthor({ organizationId, isLive }), {
      action: "organization.created",
      target: encodeId("organization", organizationId),
      related: keys.map(({ id }) => encodeId("apiKey", id)),
      after: {
        name,
        rateLimits: options.rateLimits ?? null,
        allowedOrigins: options.allowedOrigins ?? null,
      },
    });
  });
  return { organizationId: encodeId("organization", organizationId), publishableKey, secretKey };
}
