import { type DrawEntry, encodeId, type Receipt } from "@stanchion/contract";
import type { DrawEntryRow } from "./draw-entry-store.ts";

/** An entry as it is answered; `receipt` for the entrant alone. */
export function drawEntryOf(row: DrawEntryRow, receipt: Receipt | null): DrawEntry {
  return {
    entryId: encodeId("entry", row.entryId),
    drawId: encodeId("draw", row.drawId),
    consumerId: encodeId("consumer", row.consumerId),
    // Whose data were erased cannot ask any more; to the shop it is out as if it had been taken out.
    status: row.status === "ERASED" ? "REMOVED" : row.status,
    number: row.number,
    enteredAt: new Date(row.enteredAtMs).toISOString(),
    ...(row.reason === null ? {} : { reason: row.reason }),
    receipt,
  };
}
