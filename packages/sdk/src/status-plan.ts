import type { Board, Entry, EntryAdmission } from "@stanchion/contract";
import { readAdmissionTokenTimes } from "./admission-token.ts";
import { backoffMs } from "./retry.ts";

const healEveryMs = 60_000;
const turnJitterMs = 300;
const endedJitterMsMax = 10_000;
const renewBeforeMs = 15_000;
const renewJitterMs = 3_000;
const renewMsMin = 5_000;
const renewMsDefault = 45_000;
const endSlackMs = 200;

/** Nobody who waits will be served: an operator ended the line, or everything is sold. */
function isEnded({ reason }: Board): boolean {
  return /END|SOLD/.test(`${reason}`);
}

/** Says the board that this waiting entry's state has changed, so that the server must be asked for it? */
export function hasTurnCome(board: Board, { rank }: Entry): boolean {
  return isEnded(board) || (rank !== null && rank <= board.nowServing);
}

/**
 * When to ask for a waiting entry's status again, in ms: soon when its turn has come, later and later while the server
 * still says QUEUED, and once a minute in any case.
 */
export function waitingStatusMs(
  board: Board | null,
  isTurn: boolean,
  asks: number,
  random: () => number,
): number {
  if (!isTurn || board === null) return healEveryMs * (0.75 + random() / 2);
  if (asks > 0) return backoffMs(asks - 2, random);
  if (!isEnded(board)) return turnJitterMs * random();
  // The end concerns all who wait at the same moment, not a few.
  const spreadMs = (board.lastTicket - board.nowServing) / 10;
  return Math.min(endedJitterMsMax, Math.max(turnJitterMs, spreadMs)) * random();
}

/**
 * When to ask for the status of an entry with this admission again, in ms: before its token ends, and when the admission ends.
 * `asks`: how often it was asked since the admission ended.
 */
export function admittedStatusMs(
  admission: EntryAdmission | null | undefined,
  serverNowMs: number,
  asks: number,
  random: () => number,
): number {
  const endsAtMs = Date.parse(admission?.expiresAt ?? "");
  if (!admission || Number.isNaN(endsAtMs)) return renewMsDefault;
  const endMs = endsAtMs - serverNowMs + endSlackMs + turnJitterMs * random();
  // It stays ADMITTED for a while after its end, so that a late completion counts.
  if (endMs <= 0 || asks > 0) return asks === 0 ? 0 : backoffMs(asks, random);
  const times = readAdmissionTokenTimes(admission.token);
  if (times === null) return Math.min(endMs, renewMsDefault);
  // The last token ends with the admission: there is no other to ask for.
  if (times.expiresAtMs > endsAtMs - 1_000) return endMs;
  const renewMs = times.expiresAtMs - serverNowMs - renewBeforeMs - renewJitterMs * random();
  return Math.min(endMs, Math.max(renewMsMin, renewMs));
}
