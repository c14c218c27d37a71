import { limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import { type ApiKeyRow, statusOf } from "./api-key.ts";
import { type KeyOwner, listOtherSecretKeys, updateApiKey } from "./api-key-store.ts";

/** Revokes a key, whose row is locked; revoked already, it stays as it is. Only with `evenIfLast` the last of its use. */
export async function revokeApiKey(
  db: Kysely<Tables>,
  row: ApiKeyRow,
  { evenIfLast }: { evenIfLast: boolean },
  nowMs: number,
): Promise<ApiKeyRow> {
  if (row.revokedAt !== null) return row;
  if (!evenIfLast && row.kind === "secret") await refuseLast(db, row, nowMs);
  const now = new Date(nowMs);
  return updateApiKey(db, row, row.id, { revokedAt: now, updatedAt: now });
}

/** Nobody locks himself out by mistake: of a mode's secret keys one stays, and one that can make others. */
async function refuseLast(db: Kysely<Tables>, row: ApiKeyRow, nowMs: number): Promise<void> {
  if (statusOf(row, nowMs) !== "ACTIVE") return;
  const owner: KeyOwner = row;
  const untilMs = nowMs + limits.keyOverlapSecondsMax * 1000;
  // One that ends within days keeps nobody in.
  const others = (await listOtherSecretKeys(db, owner, row.id, new Date(nowMs))).filter(
    ({ expiresAt }) => expiresAt === null || expiresAt.getTime() > untilMs,
  );
  const makesKeys = ({ scopes }: ApiKeyRow): boolean => scopes.includes("keys:write");
  const state =
    others.length === 0
      ? "LAST_SECRET_KEY"
      : makesKeys(row) && !others.some(makesKeys)
        ? "LAST_KEY_THAT_MAKES_KEYS"
        : null;
  if (state === null) return;
  const hint = "Make another one first, or send evenIfLast: true.";
  throw apiError("INVALID_STATE", { details: { state, hint } });
}
