import { type DrawEntry, encodeId } from "@stanchion/contract";
import { type GivenDevice, issueAdmissionToken, matchDevice } from "../../admissions/index.ts";
import { statusOfDrawEntry, turnToCome } from "./draw-entry.ts";
import type { DrawEntryRow } from "./draw-entry-store.ts";
import type { DrawServices } from "./draw-services.ts";
import type { DrawView } from "./draw-views.ts";

/** What a winner goes to the checkout with; null for everybody else. A token lives a minute, so each reading makes a new one. */
export function winOf(
  { keys, issuer }: Pick<DrawServices, "keys" | "issuer">,
  view: DrawView,
  row: DrawEntryRow,
  device: GivenDevice,
): DrawEntry["admission"] | null {
  const expiresAtMs = row.expiresAtMs ?? 0;
  // In the grace a checkout under way is honoured, and no new one begins.
  const isOver = expiresAtMs <= row.databaseNowMs;
  if (statusOfDrawEntry(row) !== "WON" || row.admissionId === null || isOver) return null;
  if (turnToCome(row) !== null) return null;
  const id = encodeId("admission", row.admissionId);
  const { isFingerprint, isKey } = matchDevice(view.drawId, row.device, device);
  const grant = {
    issuer: issuer(),
    organizationId: encodeId("organization", view.organizationId),
    consumerId: encodeId("consumer", row.consumerId),
    admissionId: id,
    distributionId: view.wireId,
    expiresAtMs,
    fingerprint: isFingerprint || isKey ? device.fingerprint : null,
  };
  const token = issueAdmissionToken(keys, grant, row.databaseNowMs);
  return { id, token, expiresAt: new Date(expiresAtMs).toISOString() };
}
