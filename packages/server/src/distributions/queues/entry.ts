import { bytesFromUuid, type EntryStatus, encodeId, encodeIdBytes } from "@stanchion/contract";
import {
  type AdmissionGrant,
  type GivenDevice,
  issueAdmissionToken,
  matchDevice,
} from "../../admissions/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";
import type { EntryRow } from "./entry-store.ts";
import { waitAt } from "./line-pace.ts";
import { issueLineToken, type LinePlace, type LineTokenHolder } from "./line-token.ts";
import type { LineView } from "./line-view.ts";

export interface EntryRendering {
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  readonly clock: Clock;
  /** The issuer of admission tokens. */
  readonly issuer: () => string;
}

/** Whose entry it is, and on which device it is asked for. */
export interface EntryHolder extends GivenDevice {
  readonly consumerBytes: Uint8Array;
}

/** All null before the order is drawn. */
export interface Standing {
  readonly rank: number | null;
  readonly ahead: number | null;
  readonly estimatedWaitSeconds: number | null;
}

/** What of an entry's answer is known as text already. */
export interface KnownTexts {
  readonly entryId?: string;
  readonly consumerId?: string;
  readonly enteredAt?: string;
  readonly lineToken?: string;
}

/** The entry of somebody who waits. Written out by hand: it is the answer of every join and of nearly every status. */
export function waitingEntryJson(
  rendering: EntryRendering,
  view: LineView,
  place: LinePlace,
  holder: EntryHolder,
  standing: Standing,
  receipt: string | null,
  known: KnownTexts = {},
): string {
  const { rank, ahead, estimatedWaitSeconds } = standing;
  const {
    entryId = encodeIdBytes("entry", place.entryBytes),
    consumerId = encodeIdBytes("consumer", holder.consumerBytes),
    enteredAt = new Date(place.enteredAtMs).toISOString(),
    lineToken = issueLineToken(rendering.secrets, place, tokenHolder(view, holder)),
  } = known;
  return (
    `{"entryId":"${entryId}","queueId":"${view.wireId}","consumerId":"${consumerId}"` +
    `,"status":"QUEUED","ticket":${place.ticket},"rank":${rank},"position":${ahead === null ? null : ahead + 1},"ahead":${ahead}` +
    `,"estimatedWaitSeconds":${estimatedWaitSeconds},"enteredAt":"${enteredAt}"` +
    `,"lineToken":"${lineToken}","receipt":${receipt}}`
  );
}

/** Where somebody stands who waits, as far as this process knows. */
export function standingOf(view: LineView, ticket: number, clockMs: number): Standing {
  const rank = view.rankOf(ticket);
  if (rank === null) return unranked;
  const ahead = view.ahead(rank);
  return { rank, ahead, estimatedWaitSeconds: waitAt(view.pace(clockMs), ahead + 1) };
}

/** The entry of a row, whatever its state. `receipt`: as JSON, for the fan alone. */
export function entryJson(
  rendering: EntryRendering,
  view: LineView,
  row: EntryRow,
  holder: EntryHolder,
  receipt: string | null = null,
): string {
  const status = statusOf(row, view);
  const place: LinePlace = {
    entryBytes: bytesFromUuid(row.entryId),
    ticket: row.ticket,
    enteredAtMs: row.enteredAtMs,
  };
  const clockMs = rendering.clock.now();
  if (status === "QUEUED")
    return waitingEntryJson(rendering, view, place, holder, standingOf(view, row.ticket, clockMs), receipt);
  return JSON.stringify({
    entryId: encodeId("entry", row.entryId),
    queueId: view.wireId,
    consumerId: encodeId("consumer", row.consumerId),
    status,
    ticket: row.ticket,
    rank: view.rankOf(row.ticket),
    position: null,
    ahead: null,
    estimatedWaitSeconds: null,
    enteredAt: new Date(row.enteredAtMs).toISOString(),
    lineToken: issueLineToken(rendering.secrets, place, tokenHolder(view, holder)),
    receipt: receipt === null ? null : JSON.parse(receipt),
    ...(status === "DENIED" && row.status === "QUEUED"
      ? { endedReason: view.row.endedReason ?? "ENDED_BY_OPERATOR" }
      : {}),
    // In the grace a checkout under way is honoured, and no new one begins.
    ...(status === "ADMITTED" && (row.expiresAtMs ?? 0) > row.databaseNowMs
      ? { admission: admissionOf(rendering, view, row, holder) }
      : {}),
  });
}

/** What an entry's status is at the moment it was read: endings that nobody has written yet count already. */
export function statusOf(row: EntryRow, view: LineView): EntryStatus {
  if (row.status === "QUEUED" && view.isEnded(row.ticket)) return "DENIED";
  if (row.status === "ADMITTED" && row.releaseAtMs !== null && row.releaseAtMs <= row.databaseNowMs)
    return "EXPIRED";
  return row.status;
}

/** The row as its join answered it first. */
export function replayedEntryJson(
  rendering: EntryRendering,
  view: LineView,
  row: EntryRow,
  holder: EntryHolder,
  receipt: string | null,
): string {
  const place: LinePlace = {
    entryBytes: bytesFromUuid(row.entryId),
    ticket: row.ticket,
    enteredAtMs: row.enteredAtMs,
  };
  const standing = standingAtEntry(row.ticket, row.aheadAtEntry, row.waitAtEntry);
  return waitingEntryJson(rendering, view, place, holder, standing, receipt);
}

/** Who joins when the order is drawn stands behind it, so that ticket and rank are one. */
export function standingAtEntry(
  ticket: number,
  ahead: number | null,
  estimatedWaitSeconds: number | null,
): Standing {
  return ahead === null ? unranked : { rank: ticket, ahead, estimatedWaitSeconds };
}

const unranked: Standing = { rank: null, ahead: null, estimatedWaitSeconds: null };

export function tokenHolder(view: LineView, holder: EntryHolder): LineTokenHolder {
  return {
    queueBytes: view.queueBytes,
    consumerBytes: holder.consumerBytes,
    device: view.row.requireFingerprint ? (holder.deviceKey ?? holder.fingerprint) : null,
  };
}

function admissionOf(rendering: EntryRendering, view: LineView, row: EntryRow, holder: EntryHolder) {
  const id = encodeId("admission", row.admissionId ?? row.entryId);
  const { isFingerprint, isKey } = matchDevice(row.queueId, row.device, holder);
  const grant: AdmissionGrant = {
    issuer: rendering.issuer(),
    organizationId: encodeId("organization", view.row.organizationId),
    consumerId: encodeId("consumer", row.consumerId),
    admissionId: id,
    distributionId: view.wireId,
    expiresAtMs: row.expiresAtMs ?? 0,
    fingerprint: isFingerprint || isKey ? holder.fingerprint : null,
  };
  return {
    id,
    token: issueAdmissionToken(rendering.keys, grant, row.databaseNowMs),
    expiresAt: new Date(row.expiresAtMs ?? 0).toISOString(),
  };
}
