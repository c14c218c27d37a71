import { type AuditAction, encodeId } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { recordChange, type Settings } from "../../platform/audit/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import type { OperationCall } from "../../platform/http/index.ts";
import { type DrawWithFacts, drawOf } from "./draw.ts";

export type DrawAction = Extract<AuditAction, `draw.${string}`>;

/** Puts a change of a draw on the record, with its experience and its sequence. */
export async function recordDrawChange(
  db: Transaction<Tables>,
  call: OperationCall,
  change: { action: DrawAction; before: DrawWithFacts | null; after: DrawWithFacts | null },
): Promise<void> {
  const { action, before, after } = change;
  const row = after ?? before;
  if (row === null) throw new Error("a change of nothing");
  await recordChange(db, call, {
    action,
    target: encodeId("draw", row.id),
    related: [encodeId("experience", row.experienceId), encodeId("sequence", row.sequenceId)],
    before: before && settingsOf(before),
    after: after && settingsOf(after),
  });
}

/** Who is in it is no setting; the rules are the settings once more, and their hash says that. */
function settingsOf(row: DrawWithFacts): Settings {
  const { entries: _, rules: __, ...settings } = drawOf(row);
  return settings;
}
