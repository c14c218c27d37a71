import type { CheckStep } from "./check-step.ts";
import type { DrawLevel } from "./find-level.ts";

/**
 * `level`: what the proof says of itself beside what holds. Being told more than can be seen here breaks nothing, and counts for
 * nothing. No step where something does not hold, or the proof claims nothing.
 */
export function checkClaimedLevel(
  claimed: unknown,
  provable: DrawLevel | null,
  isDrawn: boolean,
): CheckStep[] {
  if (provable === null || typeof claimed !== "string") return [];
  const isSame = claimed === provable;
  if (!isDrawn) {
    const beside = isSame ? "" : ` The proof says "${claimed}".`;
    const says = `Nothing is reached before the draw; by what is published so far it would come to "${provable}".`;
    return [{ step: "level", holds: true, says: `${says}${beside}` }];
  }
  const says = isSame
    ? `The proof claims no other level than what holds: "${claimed}".`
    : `The proof claims "${claimed}", and what can be seen here comes to "${provable}": that counts.`;
  return [{ step: "level", holds: true, says }];
}
