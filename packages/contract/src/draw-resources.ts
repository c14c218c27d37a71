/** Draws: what creates and patches take, what is answered of draw and entry, and the proof. */
import * as v from "valibot";
import {
  beacon,
  beaconChoice,
  drawReceipt,
  levelCounts,
  proofLevels,
  rulesBeacon,
  witness,
} from "./fairness-resources.ts";
import { clearable, dateTime, id, integer, name, neededInPatch, webUrl } from "./fields.ts";
import { limits } from "./limits.ts";
import { entryAdmission, entryLevels, hold, holdsInput, stamps } from "./resource-parts.ts";

export const drawStatuses = ["SCHEDULED", "OPEN", "CLOSED", "COMPLETED", "CANCELLED", "VOID"] as const;
export type DrawStatus = (typeof drawStatuses)[number];

const drawOptions = {
  openAt: clearable(dateTime),
  capacity: clearable(integer(1, limits.capacityMax)),
  admissionExpirationSeconds: clearable(
    integer(limits.admissionExpirationSecondsMin, limits.admissionExpirationSecondsMax),
  ),
  completionGraceSeconds: clearable(integer(0, limits.completionGraceSecondsMax)),
  admitRate: clearable(integer(1, limits.admitRateMax)),
  backfill: clearable(v.boolean()),
  entryLevel: clearable(v.picklist(entryLevels)),
  beacon: clearable(beaconChoice),
  requireFingerprint: clearable(v.boolean()),
  checkoutUrl: clearable(webUrl),
  holds: clearable(holdsInput),
};
const winnerCount = integer(1, limits.capacityMax);
export const drawCreate = v.object({
  id: v.optional(id("draw")),
  sequenceId: clearable(id("sequence")),
  name,
  closeAt: dateTime,
  drawAt: dateTime,
  winnerCount,
  ...drawOptions,
});
export const drawPatch = v.object({
  name: neededInPatch(name),
  closeAt: neededInPatch(dateTime),
  drawAt: neededInPatch(dateTime),
  winnerCount: neededInPatch(winnerCount),
  ...drawOptions,
});
/** The rules as they are hashed: canonical JSON (RFC 8785) of this object, under SHA-256, is `rulesHash`. */
export const drawRules = v.object({
  admissionExpirationSeconds: v.number(),
  algorithm: v.literal("fair-draw-v1"),
  backfill: v.boolean(),
  beacon: rulesBeacon,
  capacity: v.nullable(v.number()),
  closeAt: v.string(),
  commitment: v.string(),
  completionGraceSeconds: v.number(),
  drawAt: v.string(),
  drawId: v.string(),
  entryLevel: v.picklist(entryLevels),
  mode: v.picklist(["test", "live"]),
  openAt: v.nullable(v.string()),
  organizationId: v.string(),
  unit: v.literal("consumer"),
  winnerCount: v.number(),
});
export type DrawRules = v.InferOutput<typeof drawRules>;
/** What everyone with a publishable key sees of a draw. */
export const publicDraw = v.object({
  id: v.string(),
  name: v.string(),
  experienceId: v.string(),
  sequenceId: v.string(),
  status: v.picklist(drawStatuses),
  openAt: v.nullable(v.string()),
  closeAt: v.string(),
  drawAt: v.string(),
  winnerCount: v.number(),
  capacity: v.nullable(v.number()),
  backfill: v.boolean(),
  entryLevel: v.picklist(entryLevels),
  beacon,
  /** How many are in it. */
  entries: v.number(),
  rules: drawRules,
  rulesHash: v.string(),
  commitment: v.string(),
  /** When its result was published; null until then. */
  drawnAt: v.nullable(v.string()),
});
export const draw = v.object({
  ...publicDraw.entries,
  admissionExpirationSeconds: v.number(),
  completionGraceSeconds: v.number(),
  /** How many winners come to the checkout in a minute; null: all at once. */
  admitRate: v.nullable(v.number()),
  requireFingerprint: v.boolean(),
  /** Where the page of the draw leads a winner, with the admission token. */
  checkoutUrl: v.nullable(v.string()),
  /** What each winner's admission holds of the stock; that of all winners is held from the making of the draw on. */
  holds: v.array(hold),
  cancelledAt: v.nullable(v.string()),
  ...stamps,
});

/** What a draw's stream tells everybody: `draw` has all of it, `change` what differs. */
export const drawNews = v.object({
  drawId: v.string(),
  status: v.picklist(drawStatuses),
  version: v.number(),
  entries: v.number(),
  openAt: v.nullable(v.string()),
  closeAt: v.string(),
  drawAt: v.string(),
  drawnAt: v.nullable(v.string()),
  /** Once the result is published: within how many seconds, at a random moment, whoever listens reads their own status. */
  readAfterSecondsMax: v.optional(v.number()),
  /**
   * The numbers of entries that the operator has taken out before the close, the last ones first; in a `change` those that are new.
   * Whoever listens with such a number reads their own status.
   */
  removed: v.optional(v.array(v.number())),
  asOf: v.string(),
});
export type DrawNews = v.InferOutput<typeof drawNews>;

export const drawEntryStatuses = [
  "ENTERED",
  "LEFT",
  "WON",
  "LOST",
  "COMPLETED",
  "EXPIRED",
  "DENIED",
] as const;
export type DrawEntryStatus = (typeof drawEntryStatuses)[number];
export const removalReasons = ["BOT", "DUPLICATE", "RULES"] as const;
export type RemovalReason = (typeof removalReasons)[number];
export const drawEntryRemove = v.object({
  consumerId: id("consumer"),
  reason: v.picklist(removalReasons),
});
export const drawEntry = v.object({
  entryId: v.string(),
  drawId: v.string(),
  consumerId: v.string(),
  status: v.picklist(drawEntryStatuses),
  /** Of the draw itself, which may be cancelled or void; missing in the answers of leaving. */
  drawStatus: v.optional(v.picklist(drawStatuses)),
  number: v.number(),
  enteredAt: v.string(),
  /** Why the operator took it out. */
  reason: v.optional(v.picklist(removalReasons)),
  /** For the entrant, at entering and reading; null in the answers of leaving and to the shop. */
  receipt: v.nullable(drawReceipt),
  /** When the time to buy begins, as long as that is to come: winners may come one after the other. */
  admissionAt: v.optional(v.string()),
  /** While the win is there to be used. */
  admission: v.optional(entryAdmission),
});

/** What a verifier reads. The rules from the beginning on, the list once it is frozen, the rest once it is drawn. */
export const drawProof = v.object({
  algorithm: v.literal("fair-draw-v1"),
  rules: drawRules,
  rulesHash: v.string(),
  commitment: v.string(),
  /** What is claimed to be proved; whoever checks works it out anew. */
  level: v.picklist(proofLevels),
  /** When the draw was called off, so that it admits nobody; null: it was not. */
  cancelledAt: v.nullable(v.string()),
  /** When its beacon's round was given up, so that it came to nothing; null: it was not. */
  voidedAt: v.nullable(v.string()),
  removals: v.optional(v.array(v.object({ number: v.number(), reason: v.string() }))),
  lastNumber: v.optional(v.number()),
  count: v.optional(v.number()),
  /** How many entries there are of each level. */
  levels: v.optional(levelCounts),
  root: v.optional(v.string()),
  /** The freeze statement, a compact JWS. */
  freeze: v.optional(v.string()),
  /** What a third party signed of the freeze statement; null where nobody was asked, or nobody answered. */
  witness: v.optional(v.nullable(witness)),
  /** With a beacon from the freeze on, without one from the draw on. */
  serverSeed: v.optional(v.string()),
  /** The signature of the beacon's round; null without a beacon. */
  beacon: v.optional(v.nullable(v.string())),
  seed: v.optional(v.string()),
  /** Indexes of leaves, the first winner first. */
  ranking: v.optional(v.array(v.number())),
  winners: v.optional(v.array(v.string())),
  /** Null where the draw was cancelled after its list was frozen: then it admitted nobody. */
  drawnAt: v.optional(v.nullable(v.string())),
  /** Whether rank and number have to do with each other, by Spearman's correlation; a warning and no more. */
  uniformity: v.optional(v.nullable(v.object({ rho: v.number(), z: v.number(), isUnusual: v.boolean() }))),
  /** What became of each seat, in order. */
  awards: v.optional(
    v.array(
      v.object({
        at: v.string(),
        entryId: v.string(),
        outcome: v.picklist(["ADMITTED", "COMPLETED", "EXPIRED", "DENIED", "LEFT"]),
        reason: v.nullable(v.picklist(removalReasons)),
        seat: v.number(),
      }),
    ),
  ),
});
export const drawEntryProof = v.object({ leaf: v.string(), index: v.number(), path: v.array(v.string()) });

export type Draw = v.InferOutput<typeof draw>;
export type PublicDraw = v.InferOutput<typeof publicDraw>;
export type DrawEntry = v.InferOutput<typeof drawEntry>;
export type DrawEntryProof = v.InferOutput<typeof drawEntryProof>;
