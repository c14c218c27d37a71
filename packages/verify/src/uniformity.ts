/** Whether the order of a draw has to do with the order of entering: a reason to look closer, never one to draw again. */
export interface Uniformity {
  /** Spearman's correlation of place and number. */
  readonly rho: number;
  /** `rho` in its own standard deviations. */
  readonly z: number;
  /** Beyond what chance brings once in a thousand draws. */
  readonly isUnusual: boolean;
}

const unusualZ = 3.29;
/** Both numbers are given with six decimals. */
const tolerance = 2e-6;

/** @param ranking leaf indexes, the first winner first; null for fewer than two, who have no order */
export function measureUniformity(ranking: Uint32Array): Uniformity | null {
  const count = ranking.length;
  if (count < 2) return null;
  const squares = ranking.reduce((sum, leaf, place) => sum + (leaf - place) ** 2, 0);
  const rho = 1 - (6 * squares) / (count * (count * count - 1));
  const z = rho * Math.sqrt(count - 1);
  return { rho, z, isUnusual: Math.abs(z) > unusualZ };
}

/** What is wrong with what a proof says of it, in a sentence; null: nothing. */
export function findUniformityFault(said: unknown, measured: Uniformity | null): string | null {
  if (measured === null)
    return said === null ? null : "The proof tells of a correlation where there is nothing to correlate.";
  const { rho, z, isUnusual } = Object(said);
  const isNear = (one: unknown, other: number): boolean =>
    typeof one === "number" && Math.abs(one - other) <= tolerance;
  if (!isNear(rho, measured.rho) || !isNear(z, measured.z))
    return `The ranking gives a correlation of ${measured.rho.toFixed(6)}, and the proof tells another.`;
  return isUnusual === measured.isUnusual
    ? null
    : `The proof calls the order ${measured.isUnusual ? "usual, and it is not" : "unusual, and it is not"}.`;
}
