import { hexFromBytes } from "./bytes.ts";
import { hashOfJson } from "./canonical-json.ts";
import { countDenied } from "./check-draw-awards.ts";
import { checkLoggedCancellation } from "./check-draw-cancellation.ts";
import { checkLoggedVoid } from "./check-draw-void.ts";
import { checkLoggedFreeze, checkLoggedRules, type OwnLog, placeOf } from "./check-logged-list.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { checkUnshown, findLoggedAt, logDelayMsMax } from "./check-unshown.ts";
import type { Award } from "./draw.ts";
import { type DrawProof, isDrawn, isFrozen, type PublishedDrawProof, readTime } from "./draw-proof.ts";
import type { Jwks } from "./jws.ts";
import type { LogEntry, LogPage, ReadLog } from "./read-log.ts";
import { areSame } from "./same-json.ts";

/** What a log is held against besides its proof. */
export interface LogSurroundings {
  readonly jwks: Jwks;
  /** How much of the log the entrant's receipt saw already; null: nothing is known of that. */
  readonly sizeAtReceipt: number | null;
  /** When the log was read, by its signed head. */
  readonly readAt: unknown;
}

/** The steps of a draw in its organization's log, as far as the draw has come. */
export function checkDrawLog(
  proof: PublishedDrawProof,
  log: ReadLog | null,
  { jwks, sizeAtReceipt, readAt }: LogSurroundings,
): CheckStep[] {
  if (!proof.rules) return [{ step: "logged rules", holds: false, says: "There are no rules of a draw." }];
  const drawLog: OwnLog = { kind: "draw", entries: log?.own ?? [], sizeAtReceipt };
  const result = takeStep("logged result", "The log has the draw's one result, behind the freeze.", () => {
    return isDrawn(proof) ? findResultFault(proof, drawLog) : null;
  });
  const later = isDrawn(proof)
    ? laterAwardsOf(
        proof,
        drawLog.entries.map(({ entry }) => entry),
      )
    : [];
  const sameAwards = `The log has what became of the seats, in the same order.${tellLater(later)}`;
  const awards = takeStep("logged awards", sameAwards, () => {
    return isDrawn(proof) ? findAwardsFault(proof, drawLog) : null;
  });
  const logged = (kind: string) => drawLog.entries.find(({ entry }) => entry.kind === kind);
  const cancellation = checkLoggedCancellation(proof, drawLog.entries);
  const nothing = checkLoggedVoid(proof, drawLog.entries);
  return [
    checkLoggedRules(proof.rulesHash, drawLog),
    ...(isFrozen(proof)
      ? [checkLoggedFreeze(proof, jwks, drawLog)]
      : checkUnshown("logged freeze", "the closing of the list", logged("freeze"), readAt)),
    ...(cancellation === null ? [] : [cancellation]),
    ...(nothing === null ? [] : [nothing]),
    ...(isDrawn(proof)
      ? [result, awards]
      : checkUnshown("logged result", "the result", logged("result"), readAt)),
  ];
}

/** Whether a log has more of a draw than its proof shows, which is to be asked for again then. */
export function isBehindLog(proof: PublishedDrawProof, pages: readonly LogPage[] | undefined): boolean {
  const has = (kind: string): boolean => findLoggedAt(proof.rules.drawId, pages, kind) !== null;
  return (!isFrozen(proof) && has("freeze")) || (!isDrawn(proof) && has("result"));
}

function findResultFault(proof: DrawProof, { entries }: OwnLog): string | null {
  const [result, ...others] = entries.filter(({ entry }) => entry.kind === "result");
  if (!result) return "The log has no result of this draw.";
  if (others.length > 0) return `The log has ${others.length + 1} results of this draw.`;
  if (entries.some(({ entry }) => entry.kind === "void"))
    return "The log says that the draw came to nothing.";
  if (result.index < placeOf("freeze", entries)) return "The log has the result before the freeze.";
  const { seed, resultHash } = result.entry.data;
  const isSame = areSame([seed, resultHash], [proof.seed, hexFromBytes(hashOfJson(proof.winners))]);
  if (!isSame) return "The log has another result than the proof.";
  const drawnAt = proof.drawnAt ?? null;
  const isInTime =
    drawnAt === null || Math.abs(readTime(drawnAt) - readTime(result.entry.at)) <= logDelayMsMax;
  return isInTime
    ? null
    : `The proof says that it was drawn at ${drawnAt}, and the log at ${result.entry.at}.`;
}

/** The seats that the draw itself gave are in its result; the log has every step after that. */
function findAwardsFault(proof: DrawProof, { entries }: OwnLog): string | null {
  const { awards, winners } = proof;
  if (!awards.slice(0, winners.length).every(({ outcome }) => outcome === "ADMITTED"))
    return "The proof does not begin with the seats that the draw gave, which are not in the log.";
  const logEntries = entries.map(({ entry }) => entry);
  const misdated = logEntries.find((entry) =>
    loggedAwardsOf([entry]).some((award) => isMisdated(award, entry)),
  );
  if (misdated !== undefined)
    return `The log has something of a seat in ${misdated.at} that it dates otherwise.`;
  const logged = loggedAwardsOf(logEntries);
  const differing = awards
    .slice(winners.length)
    .findIndex((award, at) => at >= logged.length || !areSame(award, logged[at]));
  if (differing >= 0)
    return `The log does not have award ${winners.length + differing + 1} as the proof has it.`;
  // What was logged between the asking for the one and for the other is not in the proof yet.
  // Admissions behind the first may be to come when they are told: they say nothing of until when the proof tells.
  const told = awards.filter(({ outcome }, index) => index === 0 || outcome !== "ADMITTED");
  const shownUntilMs = told.reduce((last, { at }) => Math.max(last, readTime(at)), Number.NEGATIVE_INFINITY);
  const leftOut = laterAwardsOf(proof, logEntries).find(({ at }) => readTime(at) <= shownUntilMs);
  return leftOut === undefined
    ? null
    : `The proof leaves out what the log says of seat ${leftOut.seat} at ${leftOut.at}, and shows what is as late.`;
}

/** Each step is logged when it happens; a turn may be given that is to come. */
function isMisdated({ at, outcome }: Award, entry: LogEntry): boolean {
  const aheadMs = readTime(at) - readTime(entry.at);
  return aheadMs < -logDelayMsMax || (outcome !== "ADMITTED" && aheadMs > logDelayMsMax);
}

/** What a log has of a draw's seats behind what the proof shows; nothing where either cannot be read. */
export function findLaterAwards(proof: DrawProof, pages: readonly LogPage[]): Award[] {
  try {
    const entries = pages.flatMap(({ data }) => data.map(({ entry }) => entry));
    return laterAwardsOf(
      proof,
      entries.filter(({ distributionId }) => distributionId === proof.rules.drawId),
    );
  } catch {
    return [];
  }
}

function laterAwardsOf({ awards, winners }: DrawProof, entries: readonly LogEntry[]): Award[] {
  if (!Array.isArray(awards) || !Array.isArray(winners)) return [];
  return loggedAwardsOf(entries).slice(Math.max(0, awards.length - winners.length));
}

/** The awards of log entries, of whatever shape. */
function loggedAwardsOf(entries: readonly LogEntry[]): Award[] {
  const groups = entries.flatMap((entry) => (entry?.kind === "awards" ? [entry.data?.awards] : []));
  return groups.flat() as Award[];
}

function tellLater(later: readonly Award[]): string {
  if (later.length === 0) return "";
  const denied = countDenied(later);
  const steps = later.length === 1 ? "1 later step" : `${later.length} later steps`;
  const denials = denied === 1 ? "1 denial" : `${denied === 0 ? "no" : denied} denials`;
  return ` The log has ${steps} than the proof, ${denials} among them.`;
}
