import {
  type DrawEntry,
  type DrawEntryStatus,
  type DrawStatus,
  encodeId,
  type RemovalReason,
} from "@stanchion/contract";
import type { DrawEntryRow } from "./draw-entry-store.ts";

/** What is answered of an entry. Ids as on the wire. */
export interface AnsweredEntry {
  readonly entryId: string;
  readonly drawId: string;
  readonly consumerId: string;
  readonly status: DrawEntryStatus;
  /** Null: it is not told, where the answer must be the same whenever it is given. */
  readonly drawStatus: DrawStatus | null;
  readonly number: number;
  readonly enteredAt: string;
  readonly reason: RemovalReason | null;
  /** When a winner's time to buy begins, as long as that is to come. */
  readonly admissionAt: string | null;
}

/**
 * An entry as it is answered. `receipt`: as JSON, for the entrant alone, as `admission` is. Written out by hand, as the line's.
 */
export function drawEntryJson(
  entry: AnsweredEntry,
  receipt: string | null,
  admission: DrawEntry["admission"] | null = null,
): string {
  return (
    `{"entryId":"${entry.entryId}","drawId":"${entry.drawId}","consumerId":"${entry.consumerId}","status":"${entry.status}"` +
    `${entry.drawStatus === null ? "" : `,"drawStatus":"${entry.drawStatus}"`}` +
    `,"number":${entry.number},"enteredAt":"${entry.enteredAt}"` +
    `${entry.reason === null ? "" : `,"reason":"${entry.reason}"`}` +
    `${entry.admissionAt === null ? "" : `,"admissionAt":"${entry.admissionAt}"`},"receipt":${receipt}` +
    `${admission === null ? "" : `,"admission":${JSON.stringify(admission)}`}}`
  );
}

/** What is answered of a row. */
export function answeredEntryOf(row: DrawEntryRow): AnsweredEntry {
  const status = statusOfDrawEntry(row);
  return {
    entryId: encodeId("entry", row.entryId),
    drawId: encodeId("draw", row.drawId),
    consumerId: encodeId("consumer", row.consumerId),
    status,
    admissionAt: status === "WON" ? turnToCome(row) : null,
    drawStatus: row.drawStatus,
    number: row.number,
    enteredAt: new Date(row.enteredAtMs).toISOString(),
    reason: row.reason,
  };
}

/** When a winner's turn begins; null once it has begun. */
export function turnToCome({
  admittedAtMs,
  databaseNowMs,
}: Pick<DrawEntryRow, "admittedAtMs" | "databaseNowMs">): string | null {
  const isToCome = admittedAtMs !== null && admittedAtMs > databaseNowMs;
  return isToCome ? new Date(admittedAtMs).toISOString() : null;
}

/**
 * What has become of an entry when it was read. Losing is nowhere written: it is what a published result makes of whoever has no
 * admission. Endings that nobody has written yet count already.
 */
export function statusOfDrawEntry(
  row: Pick<DrawEntryRow, "status" | "isDrawn" | "admissionStatus" | "releaseAtMs" | "databaseNowMs">,
): DrawEntryStatus {
  // Taken out by the operator, or erased: then nobody can ask any more but the shop.
  if (row.status === "REMOVED" || row.status === "ERASED") return "DENIED";
  if (row.status !== "ENTERED" || !row.isDrawn) return row.status;
  if (row.admissionStatus === null) return "LOST";
  if (row.admissionStatus !== "ADMITTED") return row.admissionStatus;
  return row.releaseAtMs !== null && row.releaseAtMs <= row.databaseNowMs ? "EXPIRED" : "WON";
}
