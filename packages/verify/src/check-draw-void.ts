import { type CheckStep, takeStep } from "./check-step.ts";
import { findLoggedAt } from "./check-unshown.ts";
import { isDrawn, isVoid, type PublishedDrawProof, readTime } from "./draw-proof.ts";
import type { LogPage, OwnLogEntry } from "./read-log.ts";
import { timeOfRoundThatCounts } from "./round-that-counts.ts";

const daysMin = 7;
const dayMs = 86_400_000;

/** `void`: whether a draw that came to nothing waited for its beacon as long as it must. */
export function checkDrawVoid(proof: PublishedDrawProof, frozenAtMs: number | null): CheckStep {
  const good = `The beacon's round was waited for ${daysMin} days, and nothing was drawn.`;
  return takeStep("void", good, () => {
    const voidedAtMs = readTime(proof.voidedAt);
    const { beacon } = proof.rules;
    if (isDrawn(proof)) return "The draw came to nothing, and yet there is a result.";
    if (beacon.kind === "none") return "The rules name no beacon that it could have waited for.";
    if (frozenAtMs === null) return "Without a signed freeze nobody knows which round counts.";
    const isWaitedFor = voidedAtMs >= timeOfRoundThatCounts("draw", beacon, frozenAtMs) + daysMin * dayMs;
    return isWaitedFor ? null : `The draw was given up less than ${daysMin} days after its round.`;
  });
}

/** `logged void`: whether the log says so too. Null where the proof does not. */
export function checkLoggedVoid(
  proof: PublishedDrawProof,
  entries: readonly OwnLogEntry[],
): CheckStep | null {
  if (!isVoid(proof)) return null;
  return takeStep("logged void", "The log says that the draw came to nothing.", () => {
    const isLogged = entries.some(({ entry }) => entry.kind === "void");
    return isLogged ? null : "The log does not say that the draw came to nothing.";
  });
}

/** When a draw came to nothing, by its proof, or as long as nothing is drawn, by the log; null: it did not. */
export function findVoid(proof: PublishedDrawProof, pages: readonly LogPage[]): string | null {
  if (isVoid(proof)) return String(proof.voidedAt);
  if (isDrawn(proof)) return null;
  return findLoggedAt(proof.rules.drawId, pages, "void");
}
