import type { DrawRules, EntryLevel, Removal } from "./draw.ts";

/** A draw's proof as its public address answers it. */
export interface DrawProof {
  readonly algorithm: "fair-draw-v1";
  readonly rules: DrawRules;
  readonly rulesHash: string;
  readonly commitment: string;
  readonly removals: readonly Removal[];
  readonly lastNumber: number;
  readonly count: number;
  /** How many entries there are of each level. */
  readonly levels: Readonly<Partial<Record<EntryLevel, number>>>;
  readonly root: string;
  /** The freeze statement, a compact JWS. */
  readonly freeze: string;
  readonly serverSeed: string;
  /** The signature of the beacon's round in hex, or null. */
  readonly beacon: string | null;
  readonly seed: string;
  /** Leaf indexes, the first winner first. */
  readonly ranking: readonly number[];
  /** Entry ids in the order of the ranking. */
  readonly winners: readonly string[];
}

/** The members of a draw's rules: no fewer and no more are hashed. */
export const drawRulesMembers: readonly (keyof DrawRules)[] = [
  "admissionExpirationSeconds",
  "algorithm",
  "backfill",
  "beacon",
  "capacity",
  "closeAt",
  "commitment",
  "completionGraceSeconds",
  "drawAt",
  "drawId",
  "entryLevel",
  "mode",
  "openAt",
  "organizationId",
  "unit",
  "winnerCount",
];

/** Milliseconds since 1970 of a time as it is hashed, `YYYY-MM-DDTHH:mm:ss.sssZ`; throws a TypeError for any other writing. */
export function readTime(time: unknown): number {
  const isTime = typeof time === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time);
  const atMs = isTime ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(atMs)) throw new TypeError(`${JSON.stringify(time)} is no time with milliseconds in UTC.`);
  return atMs;
}
