/** Lines whose opening anyone can check: the rules, and the proof of the order that was drawn. */
import * as v from "valibot";
import { levelCounts, proofLevels, rulesBeacon, witness } from "./fairness-resources.ts";
import { entryLevels } from "./resource-parts.ts";

/** The rules as they are hashed: canonical JSON (RFC 8785) of this object, under SHA-256, is `rulesHash`. */
export const lineRules = v.object({
  algorithm: v.literal("fair-line-v1"),
  beacon: rulesBeacon,
  commitment: v.string(),
  entryLevel: v.picklist(entryLevels),
  mode: v.picklist(["test", "live"]),
  openAt: v.string(),
  organizationId: v.string(),
  queueId: v.string(),
});
export type LineRules = v.InferOutput<typeof lineRules>;

/** What a verifier reads. The rules from the beginning on, the cohort once it is frozen, the rest once its order is drawn. */
export const lineProof = v.object({
  algorithm: v.literal("fair-line-v1"),
  /** False: nothing is drawn in this line, first come is first served. */
  shuffleBeforeOpen: v.boolean(),
  rules: lineRules,
  rulesHash: v.string(),
  commitment: v.string(),
  /** What is claimed to be proved; whoever checks works it out anew. */
  level: v.picklist(proofLevels),
  /** How many came before the opening, those too who left again: the order of all of them is drawn. */
  n: v.optional(v.number()),
  levels: v.optional(levelCounts),
  root: v.optional(v.string()),
  /** The freeze statement, a compact JWS. */
  freeze: v.optional(v.string()),
  /** What a third party signed of the freeze statement; null where nobody was asked, or nobody answered. */
  witness: v.optional(v.nullable(witness)),
  /** With a beacon from the freeze on, without one from the drawing on. */
  serverSeed: v.optional(v.string()),
  /** The signature of the beacon's round; null without a beacon. */
  beacon: v.optional(v.nullable(v.string())),
  seed: v.optional(v.string()),
  drawnAt: v.optional(v.string()),
});
