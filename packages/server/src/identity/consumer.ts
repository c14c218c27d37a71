import { type ActiveEntry, bytesFromUuid, type Consumer, encodeId } from "@stanchion/contract";
import type { Selectable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { stampsOf } from "../platform/http/index.ts";

export type ConsumerRow = Selectable<Tables["consumers"]>;
export type Metadata = Readonly<Record<string, string>>;

export interface ActiveEntryRow {
  readonly entryId: string;
  readonly distributionId: string;
  /** ENTERED in a draw, else in a line. */
  readonly status: "QUEUED" | "ADMITTED" | "ENTERED";
  readonly enteredAt: Date;
}

export function consumerOf(row: ConsumerRow): Consumer {
  return {
    id: encodeId("consumer", row.id),
    email: row.email,
    name: row.name,
    metadata: row.metadata,
    ...stampsOf({ ...row, updatedAt: row.updatedAt ?? row.createdAt }),
  };
}

export function activeEntryOf(row: ActiveEntryRow): ActiveEntry {
  const { status, distributionId } = row;
  const entryId = encodeId("entry", row.entryId);
  const enteredAt = row.enteredAt.toISOString();
  return status === "ENTERED"
    ? { entryId, drawId: encodeId("draw", distributionId), status, enteredAt }
    : { entryId, queueId: encodeId("queue", distributionId), status, enteredAt };
}

/** When a guest's session began: its consumer's id, a UUIDv7, tells. */
export function guestSince(consumerId: string): Date {
  const bytes = Buffer.from(bytesFromUuid(consumerId));
  return new Date(bytes.readUIntBE(0, 6));
}

/**
 * May an outside account be linked by the address that the shop gives? The shop knows whose it is, and under an id that is
 * made this moment nobody has a session yet; an id of the shop's own can be a guest's.
 */
export function isLinkable(given: { id?: string | undefined; email?: string | null | undefined }): boolean {
  return given.id === undefined && typeof given.email === "string";
}

/** What a merge patch of the metadata comes to: null takes a member away. */
export function patchedMetadata(
  present: Metadata,
  patch: Readonly<Record<string, string | null>> | null | undefined,
): Metadata {
  if (patch === undefined) return present;
  const members = new Map<string, string>(patch === null ? [] : Object.entries(present));
  for (const [key, value] of Object.entries(patch ?? {}))
    if (value === null) members.delete(key);
    else members.set(key, value);
  return Object.fromEntries(members);
}
