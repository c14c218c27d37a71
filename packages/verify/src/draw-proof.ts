import type { Award, DrawRules, EntryLevel, Removal } from "./draw.ts";
import type { Uniformity } from "./uniformity.ts";

/** A draw's proof as its public address answers it from the beginning on. */
export interface AnnouncedDrawProof {
  readonly algorithm: "fair-draw-v1";
  readonly rules: DrawRules;
  readonly rulesHash: string;
  readonly commitment: string;
  /** What the proof says of itself; whoever checks works it out anew. */
  readonly level?: string;
  /** When the draw was called off; null or missing: it was not. */
  readonly cancelledAt?: string | null;
  /** When its beacon's round was given up; null or missing: it was not. */
  readonly voidedAt?: string | null;
}

/** The same once the list is fixed. */
export interface FrozenDrawProof extends AnnouncedDrawProof {
  readonly removals: readonly Removal[];
  readonly lastNumber: number;
  readonly count: number;
  /** How many entries there are of each level. */
  readonly levels: Readonly<Partial<Record<EntryLevel, number>>>;
  readonly root: string;
  /** The freeze statement, a compact JWS. */
  readonly freeze: string;
  /** Who saw the freeze besides the operator; null: nobody. */
  readonly witness?: DrawWitness | null;
}

/** A time stamp by an authority of RFC 3161. */
export interface DrawWitness {
  readonly kind: "rfc3161";
  readonly at: string;
  /** SHA-256 of the freeze statement's text, in hex. */
  readonly digest: string;
  /** The authority's TimeStampToken, DER in base64. */
  readonly token: string;
}

/** The same once it is drawn. */
export interface DrawProof extends FrozenDrawProof {
  readonly serverSeed: string;
  /** The signature of the beacon's round in hex, or null. */
  readonly beacon: string | null;
  readonly seed: string;
  /** Leaf indexes, the first winner first. */
  readonly ranking: readonly number[];
  /** Entry ids in the order of the ranking. */
  readonly winners: readonly string[];
  /** When the result was published; null where the draw was called off. */
  readonly drawnAt?: string | null;
  /** How far the order follows that of entering; null for fewer than two entries. */
  readonly uniformity: Uniformity | null;
  /** In the order of time. */
  readonly awards: readonly Award[];
}

export type PublishedDrawProof = AnnouncedDrawProof | FrozenDrawProof | DrawProof;

/** Whether a proof says anything of an outcome, which it must prove then. */
export function isDrawn(proof: PublishedDrawProof): proof is DrawProof {
  return ["seed", "ranking", "winners", "awards"].some((member) => hasMember(proof, member));
}

/** Whether a proof says that its list is fixed. */
export function isFrozen(proof: PublishedDrawProof): proof is FrozenDrawProof {
  return isDrawn(proof) || ["freeze", "root"].some((member) => hasMember(proof, member));
}

function hasMember(proof: object, name: string): boolean {
  return (Reflect.get(proof, name) ?? null) !== null;
}

/** Whether a proof says that its draw was called off. */
export function isCancelled(proof: PublishedDrawProof): boolean {
  return hasMember(proof, "cancelledAt");
}

/** Whether a proof says that its draw came to nothing. */
export function isVoid(proof: PublishedDrawProof): boolean {
  return hasMember(proof, "voidedAt");
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

/** Whether a value is a time as it is hashed. */
export function isTime(value: unknown): value is string {
  try {
    return readTime(value) > Number.NEGATIVE_INFINITY;
  } catch {
    return false;
  }
}

/** Milliseconds since 1970 of a time as it is hashed, `YYYY-MM-DDTHH:mm:ss.sssZ`; throws a TypeError for any other writing. */
export function readTime(time: unknown): number {
  const isTime = typeof time === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time);
  const atMs = isTime ? Date.parse(time) : Number.NaN;
  // What there is no such day for, as the 30th of February, is taken for another by some.
  if (Number.isNaN(atMs) || new Date(atMs).toISOString() !== time)
    throw new TypeError(`${JSON.stringify(time)} is no time with milliseconds in UTC.`);
  return atMs;
}
