import { limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import { type ApiKeyRow, statusOf } from "./api-key.ts";
import { countLivingSecrets, endSecrets, updateApiKey } from "./api-key-store.ts";
import { giveSecret, type ShownKey } from "./create-api-key.ts";

const oldOnesFirst =
  "As many of its secrets as may be are still good. Send overlapSeconds: 0 to end the old ones at once, or wait until one has ended.";

/**
 * Gives a key, whose row is locked, a new secret. Those it has go on for the overlap, or until the earlier end that a
 * rotation before gave them. The key stays the same: its id, name, scopes, idempotency keys and rate limit.
 */
export async function rotateApiKey(
  db: Kysely<Tables>,
  row: ApiKeyRow,
  overlapSeconds: number,
  nowMs: number,
): Promise<ShownKey> {
  const state = statusOf(row, nowMs);
  if (state !== "ACTIVE")
    throw apiError("INVALID_STATE", { details: { state, hint: "It stays so: make another key." } });
  const now = new Date(nowMs);
  await endSecrets(db, row.id, new Date(nowMs + overlapSeconds * 1_000));
  const secrets = await countLivingSecrets(db, row.id, now);
  if (secrets >= limits.keySecretsMax)
    throw apiError("INVALID_STATE", { details: { state: "ROTATING", secrets, hint: oldOnesFirst } });
  const key = await giveSecret(db, row, nowMs);
  return { row: await updateApiKey(db, row, row.id, { updatedAt: now }), key };
}
