import { encodeId, type RemovalReason } from "@stanchion/contract";
import type { DrawEntryRow } from "./draw-entry-store.ts";

/** What is answered of an entry. Ids as on the wire. */
export interface AnsweredEntry {
  readonly entryId: string;
  readonly drawId: string;
  readonly consumerId: string;
  readonly status: DrawEntryRow["status"];
  readonly number: number;
  readonly enteredAt: string;
  readonly reason: RemovalReason | null;
}

/** An entry as it is answered. `receipt`: as JSON, for the entrant alone. Written out by hand, as the line's. */
export function drawEntryJson(entry: AnsweredEntry, receipt: string | null): string {
  // Whose data were erased cannot ask any more; to the shop it is out as if it had been taken out.
  const status = entry.status === "ERASED" ? "REMOVED" : entry.status;
  return (
    `{"entryId":"${entry.entryId}","drawId":"${entry.drawId}","consumerId":"${entry.consumerId}","status":"${status}"` +
    `,"number":${entry.number},"enteredAt":"${entry.enteredAt}"` +
    `${entry.reason === null ? "" : `,"reason":"${entry.reason}"`},"receipt":${receipt}}`
  );
}

/** What is answered of a row. */
export function answeredEntryOf(row: DrawEntryRow): AnsweredEntry {
  return {
    entryId: encodeId("entry", row.entryId),
    drawId: encodeId("draw", row.drawId),
    consumerId: encodeId("consumer", row.consumerId),
    status: row.status,
    number: row.number,
    enteredAt: new Date(row.enteredAtMs).toISOString(),
    reason: row.reason,
  };
}
