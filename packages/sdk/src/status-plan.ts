import type { Board, Entry } from "@stanchion/contract";
import { readAdmissionTokenTimes } from "./admission-token.ts";
import { type DepartedBits, hasDeparted } from "./position.ts";
import { backoffMs } from "./retry.ts";

const healEveryMs = 60_000;
const turnJitterMs = 300;
const endedJitterMsMax = 10_000;
const renewBeforeMs = 15_000;
const renewJitterMs = 3_000;
const renewMsMin = 5_000;
const renewMsDefault = 45_000;
const endSlackMs = 200;

/** Says the board that this waiting entry's state has changed, so that the server must be asked for it? */
export function hasTurnCome(board: Board, entry: Entry, bits: DepartedBits | null): boolean {
  if (board.reason === "ENDED_BY_OPERATOR") return true;
  if (entry.rank === null) return false;
  return entry.rank <= board.nowServing || hasDeparted(board, entry.rank, bits);
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
  if (board.reason !== "ENDED_BY_OPERATOR") return turnJitterMs * random();
  // The end concerns all who wait at the same moment, not a few.
  const spreadMs = (board.lastTicket - board.nowServing) / 10;
  return Math.min(endedJitterMsMax, Math.max(turnJitterMs, spreadMs)) * random();
}

/**
 * When to ask for an admitted entry's status again, in ms: before its token ends, and when the admission ends.
 * `asks`: how often it was asked since the admission ended.
 */
export function admittedStatusMs(
  entry: Entry,
  serverNowMs: number,
  asks: number,
  random: () => number,
): number {
  const { admission } = entry;
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
