import type { LineRow } from "./line-store.ts";

/** How a line moves as things stand. The wait of each position follows from it, here and in `write_line_group`. */
export interface LinePace {
  /** Seconds between two admissions by the rate alone. */
  readonly rateSeconds: number;
  /** Seconds between two places of the checkout that come free while all are taken; 0: nothing bounds them. */
  readonly placeSeconds: number;
  /** Places of the checkout that are free now; below 0: more are taken than there are to be. */
  readonly placesFree: number;
  /** Behind this position nobody knows whether a turn comes at all; null: everybody's comes. */
  readonly positionMax: number | null;
}

/** What of a line its pace follows from. */
export type PaceFacts = Pick<
  LineRow,
  | "admitRate"
  | "openAtMs"
  | "isPaused"
  | "endedTicket"
  | "maxConcurrentAdmissions"
  | "maxAdmissions"
  | "admissionExpirationSeconds"
  | "completionGraceSeconds"
  | "stockFree"
  | "admittedTotal"
  | "completedTotal"
  | "returnedTotal"
  | "lastedSeconds"
  | "lastedEnds"
  | "lastedCountedAtMs"
>;

const waitSecondsMax = 2_000_000_000;
/** So many admissions that have ended are remembered, and two checkouts full where that is more; as in `tick_line`. */
const rememberedMin = 20;

/** Null while nobody is admitted. `nowMs`: by the database's clock. */
export function paceOf(line: PaceFacts, nowMs: number): LinePace | null {
  const isYetToOpen = line.openAtMs !== null && line.openAtMs > nowMs;
  if (line.endedTicket !== null || line.isPaused || isYetToOpen) return null;
  const given = line.admittedTotal - line.returnedTotal;
  const { maxConcurrentAdmissions: places, maxAdmissions, stockFree } = line;
  // What is held may come free or not, and so may admissions that were the last.
  const left = Math.min(
    stockFree ?? Number.POSITIVE_INFINITY,
    (maxAdmissions ?? Number.POSITIVE_INFINITY) - given,
  );
  if (left <= 0) return null;
  const taken = given - line.completedTotal;
  return {
    rateSeconds: 60 / line.admitRate,
    placeSeconds: places === null ? 0 : checkoutSeconds(line, places, taken, nowMs) / places,
    placesFree: places === null ? 0 : places - taken,
    positionMax: Number.isFinite(left) ? left : null,
  };
}

/** Whole seconds; null where it is not known. */
export function waitAt(pace: LinePace | null, position: number): number | null {
  if (pace === null || (pace.positionMax !== null && position > pace.positionMax)) return null;
  const byRate = position * pace.rateSeconds;
  const byPlaces = (position - pace.placesFree) * pace.placeSeconds;
  return Math.min(waitSecondsMax, Math.ceil(Math.max(byRate, byPlaces)));
}

/** How long somebody is in the checkout on average: the time that all have spent there, by how many have gone. */
function checkoutSeconds(line: PaceFacts, places: number, taken: number, nowMs: number): number {
  const longest = line.admissionExpirationSeconds + line.completionGraceSeconds;
  const sinceCount = Math.min(longest, Math.max(0, (nowMs - line.lastedCountedAtMs) / 1_000));
  const remembered = Math.max(rememberedMin, 2 * places);
  // Until half of what is remembered has gone: a checkout of people who take half of the longest time.
  const presumed = places * Math.max(0, 1 - (2 * line.lastedEnds) / remembered);
  const spent = (presumed * longest) / 2 + line.lastedSeconds;
  const gone = presumed + line.lastedEnds;
  // Nobody has gone since the count: if all went now, would they have taken longer?
  return Math.min(longest, Math.max(spent / gone, (spent + taken * sinceCount) / (gone + taken)));
}
