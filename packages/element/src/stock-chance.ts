import type { Board } from "@stanchion/contract";

/** Up to so many trials every term is worked out. */
const exactTrialsMax = 100;

type Stock = NonNullable<Board["stock"]>;

/**
 * The chance, in percent, that something is left when it is this place's turn: fewer than are left must be bought by those who hold
 * one now and by all who stand in front, each of whom buys as often as those did who were admitted so far. Null while that is not
 * known.
 */
export function stockChance({ left, free, returnedPercent }: Stock, ahead: number): number | null {
  if (returnedPercent === null) return null;
  const buying = 1 - returnedPercent / 100;
  const trials = left - free + ahead;
  if (trials <= exactTrialsMax && returnedPercent > 0) return Math.round(exactly(left, trials, buying) * 100);
  // The binomial by the normal curve, with half a step between the counts.
  const spread = Math.sqrt(trials * buying * (1 - buying));
  const distance = left - 0.5 - trials * buying;
  const chance = spread === 0 ? Number(distance > 0) : normalBelow(distance / spread);
  return Math.round(chance * 100);
}

/** The binomial term by term: fewer than `left` of the trials. */
function exactly(left: number, trials: number, buying: number): number {
  let term = (1 - buying) ** trials;
  let sum = 0;
  for (let bought = 0; bought < left && bought <= trials; bought += 1) {
    sum += term;
    term *= ((trials - bought) / (bought + 1)) * (buying / (1 - buying));
  }
  return buying === 0 ? 1 : Math.min(1, sum);
}

/** The share of the normal curve below a value, within 0.0002 (Abramowitz and Stegun, 26.2.18). */
function normalBelow(value: number): number {
  const x = Math.abs(value);
  const above = 0.5 / (1 + 0.196854 * x + 0.115194 * x ** 2 + 0.000344 * x ** 3 + 0.019527 * x ** 4) ** 4;
  return value < 0 ? above : 1 - above;
}
