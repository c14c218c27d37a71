import { encodeId, type Hook } from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { stampsOf } from "../platform/http/index.ts";

export type HookRow = Selectable<Tables["hooks"]>;

/** A hook as the API shows it: never with a secret. */
export function hookOf(row: HookRow, { baseUrl, now }: { baseUrl: string; now: Date }): Hook {
  const { previousSecretEndsAt } = row;
  const isRotating = previousSecretEndsAt !== null && previousSecretEndsAt > now;
  const id = encodeId("hook", row.id);
  return {
    id,
    source: row.source,
    url: `${baseUrl}/api/v1/hooks/${id}`,
    description: row.description,
    previousSecretEndsAt: isRotating ? previousSecretEndsAt.toISOString() : null,
    ...stampsOf(row),
  };
}
