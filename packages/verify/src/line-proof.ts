import type { EntryLevel } from "./draw.ts";
import type { DrawWitness } from "./draw-proof.ts";
import type { LineRules } from "./line.ts";

/** The proof of a line's opening as its public address answers it from the beginning on. */
export interface AnnouncedLineProof {
  readonly algorithm: "fair-line-v1";
  /** False: nothing is drawn in this line, first come is first served. */
  readonly shuffleBeforeOpen?: boolean;
  readonly rules: LineRules;
  readonly rulesHash: string;
  readonly commitment: string;
  /** What the proof says of itself; whoever checks works it out anew. */
  readonly level?: string;
}

/** The same once it is fixed who came before the opening. */
export interface FrozenLineProof extends AnnouncedLineProof {
  /** How many came before the opening: those whose order is drawn. */
  readonly n: number;
  readonly levels: Readonly<Partial<Record<EntryLevel, number>>>;
  readonly root: string;
  /** The freeze statement, a compact JWS. */
  readonly freeze: string;
  /** Who saw the freeze besides the operator; null: nobody. */
  readonly witness?: DrawWitness | null;
}

/** The same once the order is drawn. */
export interface LineProof extends FrozenLineProof {
  readonly serverSeed: string;
  /** The signature of the beacon's round in hex, or null. */
  readonly beacon: string | null;
  readonly seed: string;
  /** When the order was published. */
  readonly drawnAt?: string | null;
}

export type PublishedLineProof = AnnouncedLineProof | FrozenLineProof | LineProof;

/** Whether a proof says anything of an order, which it must prove then. */
export function isLineDrawn(proof: PublishedLineProof): proof is LineProof {
  return hasMember(proof, "seed");
}

/** Whether a proof says that it is fixed who came before the opening. */
export function isLineFrozen(proof: PublishedLineProof): proof is FrozenLineProof {
  return isLineDrawn(proof) || ["freeze", "root"].some((member) => hasMember(proof, member));
}

/** Whether a proof says that nothing is drawn in its line; one that shows a list or an order is held to that. */
export function isLinePlain(proof: PublishedLineProof): boolean {
  return proof.shuffleBeforeOpen === false && !isLineFrozen(proof);
}

/** Whether a proof, of whatever shape, is of a line and not of a draw. */
export function isOfLine(proof: unknown): proof is PublishedLineProof {
  const { algorithm, rules } = Object(proof);
  return algorithm === "fair-line-v1" || Object(rules).queueId !== undefined;
}

function hasMember(proof: object, name: string): boolean {
  return (Reflect.get(proof, name) ?? null) !== null;
}

/** The members of a line's rules: no fewer and no more are hashed. */
export const lineRulesMembers: readonly (keyof LineRules)[] = [
  "algorithm",
  "beacon",
  "commitment",
  "entryLevel",
  "mode",
  "openAt",
  "organizationId",
  "queueId",
];
