/** Whether the order of a draw has to do with the order of entering: a warning to look closer, never a reason to draw again. */
export interface Uniformity {
  /** Spearman's correlation of rank and number: near 0 by chance, 1 or −1 where one follows the other. */
  readonly rho: number;
  /** `rho` in its own standard deviations. */
  readonly z: number;
  /** Beyond what chance brings once in a thousand draws. */
  readonly isUnusual: boolean;
}

const unusualZ = 3.29;

/** @param ranking leaf indexes, the first winner first; null for fewer than two */
export function measureUniformity(ranking: ArrayLike<number>): Uniformity | null {
  const count = ranking.length;
  if (count < 2) return null;
  let squares = 0;
  for (let rank = 0; rank < count; rank += 1) squares += ((ranking[rank] ?? 0) - rank) ** 2;
  const rho = 1 - (6 * squares) / (count * (count ** 2 - 1));
  const z = rho * Math.sqrt(count - 1);
  return { rho: round(rho), z: round(z), isUnusual: Math.abs(z) > unusualZ };
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
