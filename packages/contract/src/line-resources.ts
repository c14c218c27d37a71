/** Lines: the rules, the proof of an order that was drawn, and the mail that tells a fan of the turn. */
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

export const turnMailStatuses = ["NONE", "REQUESTED", "SENT", "FAILED"] as const;

/** The mail that tells a fan of the turn, for one place in a line. */
export const turnMail = v.object({
  queueId: v.string(),
  entryId: v.string(),
  /** False: this server has no mail provider for this mode, and refuses to be asked. */
  isAvailable: v.boolean(),
  /** FAILED: the turn has come and the mail was given up, or nobody knows whether it has arrived. */
  status: v.picklist(turnMailStatuses),
  /** Where it goes, most of it hidden: `f***@example.com`. Null where no address is known to be the consumer's own. */
  email: v.nullable(v.string()),
  /** In which language it is written, as in Content-Language; null where none is asked for. */
  language: v.nullable(v.string()),
  requestedAt: v.nullable(v.string()),
  sentAt: v.nullable(v.string()),
});
export type TurnMail = v.InferOutput<typeof turnMail>;
