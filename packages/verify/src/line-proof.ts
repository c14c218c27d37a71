import type { EntryLevel } from "./draw.ts";
import type { LineRules } from "./line.ts";

/** What is published of the opening of a line, once its order is drawn. */
export interface LineProof {
  readonly algorithm: "fair-line-v1";
  readonly rules: LineRules;
  readonly rulesHash: string;
  readonly commitment: string;
  /** How many came before the opening: those whose order is drawn. */
  readonly n: number;
  readonly levels: Readonly<Partial<Record<EntryLevel, number>>>;
  readonly root: string;
  /** The freeze statement, a compact JWS. */
  readonly freeze: string;
  readonly serverSeed: string;
  /** The signature of the beacon's round in hex, or null. */
  readonly beacon: string | null;
  readonly seed: string;
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
