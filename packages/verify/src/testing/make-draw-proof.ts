import { bls12_381 } from "@noble/curves/bls12-381.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesFromHex, bytesFromText, hash, hexFromBytes, u64 } from "../bytes.ts";
import { canonicalJson } from "../canonical-json.ts";
import { type Beacon, type DrandBeacon, findDrandRound, hashDrandChain } from "../drand.ts";
import {
  commitToDrawSeed,
  type DrawRules,
  hashRemovals,
  hashRules,
  hashSubject,
  makeDrawSeed,
  pickWinners,
  type Removal,
  writeDrawLeaf,
} from "../draw.ts";
import type { DrawProof } from "../draw-proof.ts";
import { makeInclusionPath } from "../inclusion-proof.ts";
import type { Jwks } from "../jws.ts";
import { hashLeaf, rootOfLeaves } from "../merkle-tree.ts";
import { rankLeaves } from "../ranking.ts";
import type { Receipt } from "../receipt.ts";
import { timeOfRoundThatCounts } from "../round-that-counts.ts";
import { measureUniformity } from "../uniformity.ts";
import { madeUpBytes, madeUpHex, madeUpId, madeUpLevel } from "./made-up.ts";

export interface DrawPlan {
  readonly beacon?: Beacon;
  /** What the beacon brings in hex; without it the made-up chain's own signature. */
  readonly signature?: string;
  readonly drawAt?: string;
  /** Milliseconds from the close to the freeze. */
  readonly frozenAfterMs?: number;
  readonly entered?: number;
  readonly removals?: readonly Removal[];
  readonly backfill?: boolean;
  /** From the turn of one winner to that of the next; all at once without it. */
  readonly turnSeconds?: number;
  /** Rules in the place of the usual ones. */
  readonly rules?: Partial<DrawRules>;
}

const operatorKey = madeUpBytes(32, "operator");
const chainKey = madeUpBytes(32, "chain").with(0, 1);

export const operatorKeys: Jwks = {
  keys: [{ kty: "OKP", crv: "Ed25519", kid: "operator", x: base64Url(ed25519.getPublicKey(operatorKey)) }],
};

/** Everything that is published of a draw, with one entrant's receipt. */
export interface MadeDraw {
  readonly proof: DrawProof;
  readonly leaves: readonly string[];
  readonly jwks: Jwks;
  readonly receipt: Receipt;
}

export function makeDraw(plan: DrawPlan = {}): MadeDraw {
  const { entered = 7, removals = [{ number: 3, reason: "LEFT" }], frozenAfterMs = 500 } = plan;
  const serverSeed = madeUpHex(32, "server seed");
  const rules = makeRules(plan, serverSeed);
  const removed = new Set(removals.map(({ number }) => number));
  const numbers = Array.from({ length: entered }, (_, index) => index + 1).filter((one) => !removed.has(one));
  const bodies = numbers.map((number) => makeBody(rules, number));
  const leaves = bodies.map((body) => writeDrawLeaf({ ...body, drawId: rules.drawId }));
  const [root, rulesHash, count] = [rootOfLeaves(leaves.map(bytesFromText)), hashRules(rules), leaves.length];
  const frozenAt = new Date(Date.parse(rules.closeAt) + frozenAfterMs).toISOString();
  const statement = {
    algorithm: "fair-draw-v1",
    count,
    drawId: rules.drawId,
    frozenAt,
    lastNumber: entered,
    logHead: madeUpHex(32, "log"),
    removalsHash: hexFromBytes(hashRemovals(removals)),
    root: hexFromBytes(root),
    rulesHash: hexFromBytes(rulesHash),
    serverSeed: rules.beacon.kind === "none" ? null : serverSeed,
  };
  const beacon = plan.signature ?? signRound(rules.beacon, Date.parse(frozenAt));
  const parts = { rulesHash, root, count, serverSeed: bytesFromHex(serverSeed) };
  const seed = makeDrawSeed({ ...parts, beacon: bytesFromHex(beacon ?? "") });
  const ranking = rankLeaves(seed, count);
  const winners = pickWinners(bodies, ranking, rules.winnerCount).map(({ entryId }) => entryId);
  const proof: DrawProof = {
    algorithm: "fair-draw-v1",
    rules,
    rulesHash: hexFromBytes(rulesHash),
    commitment: rules.commitment,
    removals,
    lastNumber: entered,
    count,
    levels: Object.fromEntries(
      ["guest", "confirmed", "external"].map((level) => [
        level,
        bodies.filter((body) => body.level === level).length,
      ]),
    ),
    root: hexFromBytes(root),
    freeze: signStatement("freeze+jws", statement),
    serverSeed,
    beacon,
    seed: hexFromBytes(seed),
    ranking: [...ranking],
    winners,
    uniformity: measureUniformity(ranking),
    awards: winners.map((entryId, index) => ({
      at: admittedAt(rules, Date.parse(frozenAt), index * (plan.turnSeconds ?? 0)),
      entryId,
      outcome: "ADMITTED",
      reason: null,
      seat: index + 1,
    })),
  };
  return { proof, leaves, jwks: operatorKeys, receipt: makeReceipt(rules, 2) };
}

/** Five seconds after the time of the draw, but not before the round that counts, and so many more. */
function admittedAt({ drawAt, beacon }: DrawRules, frozenAtMs: number, seconds: number): string {
  const roundAtMs = beacon.kind === "none" ? 0 : timeOfRoundThatCounts("draw", beacon, frozenAtMs);
  return new Date(Math.max(Date.parse(drawAt) + 5000, roundAtMs) + seconds * 1000).toISOString();
}

/** The same proof as it was between the freeze and the result. */
export function withoutResult<Proof extends object>(proof: Proof): Omit<Proof, ResultField> {
  const kept = Object.entries(proof).filter(([name]) => !resultFields.includes(name as ResultField));
  return Object.fromEntries(kept) as Omit<Proof, ResultField>;
}

const resultFields = ["serverSeed", "beacon", "seed", "ranking", "winners", "awards"] as const;
type ResultField = (typeof resultFields)[number];

/** The receipt of an entry, in a group of three. */
export function makeReceipt(rules: DrawRules, number: number): Receipt {
  const bodies = [number, 101, 102].map((one) => makeBody(rules, one));
  const hashes = bodies.map((body) => hashLeaf(bytesFromText(canonicalJson(body))));
  const root = hexFromBytes(rootOfLeaves(bodies.map((body) => bytesFromText(canonicalJson(body)))));
  return {
    body: makeBody(rules, number),
    salt: madeUpHex(16, "salt", number),
    index: 0,
    size: 3,
    path: makeInclusionPath(hashes, 0).map(hexFromBytes),
    signature: signStatement("receipt+jws", { logHead: madeUpHex(32, "log"), logSize: 9, root, size: 3 }),
  };
}

/** A compact JWS by the operator. */
export function signStatement(typ: string, statement: object): string {
  const [header, payload] = [{ alg: "EdDSA", kid: "operator", typ }, statement].map((part) => {
    return base64Url(bytesFromText(canonicalJson(part)));
  });
  const input = `${header}.${payload}`;
  return `${input}.${base64Url(ed25519.sign(bytesFromText(input), operatorKey))}`;
}

/** A chain that is run by nobody else than the tests, with the round that `drawAt` waits for. */
export function makeChain(drawAt: string, scheme = "bls-unchained-g1-rfc9380"): DrandBeacon {
  const key = isLong(scheme) ? bls12_381.longSignatures : bls12_381.shortSignatures;
  const chain = {
    beaconId: "tests",
    genesis: 1_700_000_000,
    groupHash: madeUpHex(32, "group"),
    period: 30,
    publicKey: hexFromBytes(key.getPublicKey(chainKey).toBytes()),
  };
  const round = findDrandRound(chain, Date.parse(drawAt));
  return { ...chain, chainHash: hexFromBytes(hashDrandChain(chain)), kind: "drand", round, scheme };
}

/** What that chain brings in a round, in hex. */
export function signChainRound(scheme: string, round: number): string {
  const message = hash(u64(round));
  const { longSignatures, shortSignatures } = bls12_381;
  const signature = isLong(scheme)
    ? longSignatures.sign(
        longSignatures.hash(message, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"),
        chainKey,
      )
    : shortSignatures.sign(
        shortSignatures.hash(message, "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"),
        chainKey,
      );
  return hexFromBytes(signature.toBytes());
}

function isLong(scheme: string): boolean {
  return scheme === "pedersen-bls-unchained";
}

/** The rule of the freeze in the words of the algorithm: later than 30 s before the round, the first 60 s after the freeze. */
function signRound(beacon: Beacon, frozenAtMs: number): string | null {
  if (beacon.kind === "none") return null;
  const roundAtMs = (beacon.genesis + (beacon.round - 1) * beacon.period) * 1000;
  const isLate = frozenAtMs > roundAtMs - 30_000;
  return signChainRound(beacon.scheme, isLate ? findDrandRound(beacon, frozenAtMs + 60_000) : beacon.round);
}

function makeRules({ beacon = { kind: "none" }, ...plan }: DrawPlan, serverSeed: string): DrawRules {
  const drawAt = plan.drawAt ?? "2027-03-01T12:00:01.500Z";
  return {
    admissionExpirationSeconds: 900,
    algorithm: "fair-draw-v1",
    backfill: plan.backfill ?? true,
    beacon,
    capacity: null,
    closeAt: new Date(Date.parse(drawAt) - 60_000).toISOString(),
    commitment: hexFromBytes(commitToDrawSeed(bytesFromHex(serverSeed))),
    completionGraceSeconds: 60,
    drawAt,
    drawId: madeUpId("draw", "proof"),
    entryLevel: "guest",
    mode: "test",
    openAt: null,
    organizationId: madeUpId("org", "proof"),
    unit: "consumer",
    winnerCount: 2,
    ...plan.rules,
  };
}

function makeBody(rules: DrawRules, number: number) {
  const consumerId = madeUpId("cons", "proof", number);
  return {
    consumerId,
    distributionId: rules.drawId,
    enteredAt: "2027-03-01T10:00:00.123Z",
    entryId: madeUpId("ent", "proof", number),
    level: madeUpLevel(number),
    number,
    rulesHash: hexFromBytes(hashRules(rules)),
    subject: hexFromBytes(hashSubject(madeUpHex(16, "salt", number), consumerId)),
  };
}

function base64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
