/** What draws and lines have in common that anyone can check: beacons, receipts, and the parts of a proof. */
import * as v from "valibot";
import { clearable } from "./fields.ts";
import { limits } from "./limits.ts";
import { entryLevels } from "./resource-parts.ts";

export const beaconKinds = ["none", "drand"] as const;
/** Where the randomness comes from: `none` is the server's own seed alone; `drand` names a public chain by its name or hash. */
export const beaconChoice = v.object({
  kind: v.picklist(beaconKinds),
  chain: clearable(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(limits.chainNameCharactersMax),
      v.regex(/^[A-Za-z0-9._-]+$/),
    ),
  ),
});
export const beacon = v.object({ kind: v.picklist(beaconKinds), chain: v.optional(v.string()) });
/** What the rules say of the randomness; with drand the one round of one chain that will count. */
export const rulesBeacon = v.union([
  v.object({ kind: v.literal("none") }),
  v.object({
    kind: v.literal("drand"),
    beaconId: v.string(),
    chainHash: v.string(),
    genesis: v.number(),
    groupHash: v.string(),
    period: v.number(),
    publicKey: v.string(),
    round: v.number(),
    scheme: v.string(),
  }),
]);
export type RuledBeacon = v.InferOutput<typeof rulesBeacon>;

/** What is claimed to be proved; whoever checks works it out anew. */
export const proofLevels = ["consistent", "beacon", "witnessed", "beacon run by an unknown party"] as const;
/** What a third party signed of a freeze statement. */
export const witness = v.object({
  kind: v.literal("rfc3161"),
  at: v.string(),
  digest: v.string(),
  token: v.string(),
});
/** How many entries there are of each level. */
export const levelCounts = v.object({ guest: v.number(), confirmed: v.number(), external: v.number() });

const receiptBody = {
  consumerId: v.string(),
  distributionId: v.string(),
  enteredAt: v.string(),
  entryId: v.string(),
  level: v.picklist(entryLevels),
  rulesHash: v.string(),
  subject: v.string(),
};
const receiptProof = {
  /** Known to the entrant alone: with it the subject shows whose it is. */
  salt: v.string(),
  index: v.number(),
  size: v.number(),
  path: v.array(v.string()),
  /** Compact JWS over logHead, logSize, root and size. */
  signature: v.string(),
};
/** Proves that the server has taken the entry, and what it knew then. All hashes in lower-case hex. */
export const drawReceipt = v.object({
  body: v.object({ ...receiptBody, number: v.number() }),
  ...receiptProof,
});
export const lineReceipt = v.object({
  body: v.object({ ...receiptBody, ticket: v.number() }),
  ...receiptProof,
});
/** A round that has come, as the chain's key signed it. */
export const beaconRound = v.object({
  chain: v.string(),
  chainHash: v.string(),
  /** Whether it is on the list of chains of which it is known who runs them. */
  isKnown: v.boolean(),
  round: v.number(),
  cameAt: v.string(),
  signature: v.string(),
});
export type Receipt = v.InferOutput<typeof drawReceipt>;
export type LineReceipt = v.InferOutput<typeof lineReceipt>;
export type Beacon = v.InferOutput<typeof beacon>;
