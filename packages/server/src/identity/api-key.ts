import { type ApiKey, encodeId, holdsScope, type KeyStatus, type Scope } from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { stampsOf } from "../platform/http/index.ts";

export type ApiKeyRow = Selectable<Tables["apiKeys"]>;
export type ApiKeySecretRow = Omit<Selectable<Tables["apiKeySecrets"]>, "keyHash">;

/** A key with those of its secrets that are still good, and when any of all of them was last used. */
export interface ApiKeyView {
  readonly row: ApiKeyRow;
  readonly secrets: readonly ApiKeySecretRow[];
  readonly lastUsedAt: Date | null;
}

export function apiKeyOf({ row, secrets, lastUsedAt }: ApiKeyView, nowMs: number): ApiKey {
  const status = statusOf(row, nowMs);
  return {
    id: encodeId("apiKey", row.id),
    name: row.name,
    kind: row.kind,
    mode: row.isLive ? "live" : "test",
    scopes: [...row.scopes],
    status,
    hint: secrets.find(({ endsAt }) => endsAt === null)?.hint ?? null,
    expiresAt: textOf(row.expiresAt),
    lastUsedAt: textOf(lastUsedAt),
    revokedAt: textOf(row.revokedAt),
    previous: status === "ACTIVE" ? previousOf(secrets, nowMs) : [],
    ...stampsOf(row),
  };
}

export function statusOf(row: Pick<ApiKeyRow, "revokedAt" | "expiresAt">, nowMs: number): KeyStatus {
  if (row.revokedAt !== null) return "REVOKED";
  return row.expiresAt !== null && row.expiresAt.getTime() <= nowMs ? "EXPIRED" : "ACTIVE";
}

function previousOf(secrets: readonly ApiKeySecretRow[], nowMs: number): ApiKey["previous"] {
  return secrets.flatMap(({ hint, lastUsedAt, endsAt }) =>
    endsAt === null || endsAt.getTime() <= nowMs
      ? []
      : [{ hint, lastUsedAt: textOf(lastUsedAt), endsAt: endsAt.toISOString() }],
  );
}

function textOf(time: Date | null): string | null {
  return time?.toISOString() ?? null;
}

/** What of these scopes somebody who holds those cannot hand on. */
export function scopesLacked(held: readonly Scope[], wanted: readonly Scope[]): Scope[] {
  return wanted.filter((scope) => !holdsScope(held, scope));
}
