import { type CheckStep, takeStep } from "./check-step.ts";
import { readTime } from "./draw-proof.ts";
import type { LogPage, OwnLogEntry } from "./read-log.ts";

/** How far a time that the proof says may be from that of the log's entry: giving a million seats takes minutes. */
export const logDelayMsMax = 600_000;

/**
 * The step of something that the log has and the proof does not show. The proof is asked for before the log, so what came in between
 * is missing in it rightly; what is older was kept back. None where the log does not have it either.
 *
 * @param what as the object of a sentence, as "the result"
 * @param readAt when the log was read, by its signed head
 */
export function checkUnshown(
  step: string,
  what: string,
  logged: OwnLogEntry | undefined,
  readAt: unknown,
): CheckStep[] {
  if (logged === undefined) return [];
  const { at } = logged.entry;
  const inBetween = `The log has ${what} of ${at}, and the proof does not show it yet. Ask for the proof again.`;
  const checked = takeStep(step, inBetween, () => {
    return readTime(readAt) - readTime(at) <= logDelayMsMax
      ? null
      : `The log has ${what} since ${at}, and the proof does not show it. Ask for the proof again. If it still does not, it is kept back.`;
  });
  return [checked];
}

/** When the log says that something became of a draw or a line; null where it does not, or cannot be read. */
export function findLoggedAt(
  distributionId: unknown,
  pages: readonly LogPage[] | undefined,
  kind: string,
): string | null {
  try {
    const rows = pages?.flatMap(({ data }) => data) ?? [];
    const own = rows.find(({ entry }) => entry.kind === kind && entry.distributionId === distributionId);
    return own === undefined ? null : String(own.entry.at);
  } catch {
    return null;
  }
}
