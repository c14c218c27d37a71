import { type CheckStep, takeStep } from "./check-step.ts";
import { findLoggedAt, logDelayMsMax } from "./check-unshown.ts";
import { isCancelled, isDrawn, type PublishedDrawProof, readTime } from "./draw-proof.ts";
import type { LogPage, OwnLogEntry } from "./read-log.ts";

/** `cancellation`: whether a draw that was called off gave nobody a place. */
export function checkDrawCancellation(proof: PublishedDrawProof): CheckStep {
  return takeStep("cancellation", "The draw was cancelled, and nobody got a place.", () => {
    readTime(proof.cancelledAt);
    const gaveNothing = !isDrawn(proof) || (Array.isArray(proof.awards) && proof.awards.length === 0);
    return gaveNothing ? null : "The draw was cancelled, and yet seats were given.";
  });
}

/**
 * `logged cancellation`: whether log and proof agree that a draw was called off. Null where neither says so. A proof of before the
 * result may be older than the log.
 */
export function checkLoggedCancellation(
  proof: PublishedDrawProof,
  entries: readonly OwnLogEntry[],
): CheckStep | null {
  const logged = entries.find(({ entry }) => entry.kind === "cancelled");
  const result = isDrawn(proof) ? entries.find(({ entry }) => entry.kind === "result") : undefined;
  const isResultCancelled = result?.entry.data?.cancelled === true;
  if (!logged && !isResultCancelled && !isCancelled(proof)) return null;
  return takeStep("logged cancellation", "The log says that the draw was cancelled.", () => {
    if (!logged) return "The log does not say when the draw was cancelled.";
    if (!isCancelled(proof))
      return isDrawn(proof) ? "The log says that the draw was cancelled, and the proof does not." : null;
    if (Math.abs(readTime(proof.cancelledAt) - readTime(logged.entry.at)) > logDelayMsMax)
      return `The draw was cancelled at ${logged.entry.at} by the log, and at ${proof.cancelledAt} by the proof.`;
    if (entries.some(({ entry }) => entry.kind === "awards"))
      return "The draw was cancelled, and yet the log says what became of its seats.";
    if (result === undefined) return null;
    if (!isResultCancelled) return "The log has the result as that of a draw that was not cancelled.";
    return logged.index < result.index ? null : "The log has the cancellation only behind the result.";
  });
}

/** When a draw was called off, by its proof, or as long as nothing is drawn, by the log; null: it was not. */
export function findCancellation(proof: PublishedDrawProof, pages: readonly LogPage[]): string | null {
  if (isCancelled(proof)) return String(proof.cancelledAt);
  if (isDrawn(proof)) return null;
  return findLoggedAt(proof.rules.drawId, pages, "cancelled");
}
