import { bytesFromHex, bytesFromText, hexFromBytes } from "../bytes.ts";
import { canonicalJson } from "../canonical-json.ts";
import { type Beacon, findDrandRound, timeOfDrandRound } from "../drand.ts";
import { hashRemovals, hashRules, hashSubject } from "../draw.ts";
import { makeInclusionPath } from "../inclusion-proof.ts";
import type { Jwks } from "../jws.ts";
import { commitToLineSeed, type LineRules, makeLineSeed, writeLineLeaf } from "../line.ts";
import type { LineProof } from "../line-proof.ts";
import { hashLeaf, rootOfLeaves } from "../merkle-tree.ts";
import type { Receipt } from "../receipt.ts";
import { madeUpHex, madeUpId, madeUpLevel } from "./made-up.ts";
import { operatorKeys, signChainRound, signStatement } from "./make-draw-proof.ts";

export interface MadeLine {
  readonly proof: LineProof;
  readonly leaves: readonly string[];
  readonly jwks: Jwks;
}

export const lineOpenAt = "2027-03-01T12:00:00.250Z";

/** The opening of a line of `n` with everything that is published of it. */
export function makeLine(
  n: number,
  beacon: Beacon = { kind: "none" },
  frozenAfterMs = 100,
  openAt = lineOpenAt,
): MadeLine {
  const serverSeed = madeUpHex(32, "line seed");
  const rules: LineRules = {
    algorithm: "fair-line-v1",
    beacon,
    commitment: hexFromBytes(commitToLineSeed(bytesFromHex(serverSeed))),
    entryLevel: "guest",
    mode: "test",
    openAt,
    organizationId: madeUpId("org", "line"),
    queueId: madeUpId("queue", "line"),
  };
  const bodies = Array.from({ length: n }, (_, index) => makeBody(rules, index + 1));
  const leaves = bodies.map((body) => writeLineLeaf({ ...body, queueId: rules.queueId }));
  const [root, rulesHash] = [rootOfLeaves(leaves.map(bytesFromText)), hashRules(rules)];
  const frozenAtMs = Date.parse(openAt) + frozenAfterMs;
  const signature = signRound(beacon, frozenAtMs);
  const parts = { rulesHash, root, count: n, serverSeed: bytesFromHex(serverSeed) };
  const freeze = signStatement("freeze+jws", {
    algorithm: "fair-line-v1",
    frozenAt: new Date(frozenAtMs).toISOString(),
    lastNumber: n,
    logHead: madeUpHex(32, "log"),
    n,
    queueId: rules.queueId,
    removalsHash: hexFromBytes(hashRemovals([])),
    root: hexFromBytes(root),
    rulesHash: hexFromBytes(rulesHash),
    serverSeed: beacon.kind === "none" ? null : serverSeed,
  });
  const countOf = (name: string): number => bodies.filter(({ level }) => level === name).length;
  const proof: LineProof = {
    algorithm: "fair-line-v1",
    rules,
    rulesHash: hexFromBytes(rulesHash),
    commitment: rules.commitment,
    n,
    levels: { guest: countOf("guest"), confirmed: countOf("confirmed"), external: countOf("external") },
    root: hexFromBytes(root),
    freeze,
    serverSeed,
    beacon: signature,
    seed: hexFromBytes(makeLineSeed({ ...parts, beacon: bytesFromHex(signature ?? "") })),
  };
  return { proof, leaves, jwks: operatorKeys };
}

/** The rule of the freeze in the words of the algorithm: not before the round, the first 60 s after the freeze. */
function signRound(beacon: Beacon, frozenAtMs: number): string | null {
  if (beacon.kind === "none") return null;
  const isLate = frozenAtMs >= timeOfDrandRound(beacon, beacon.round);
  return signChainRound(beacon.scheme, isLate ? findDrandRound(beacon, frozenAtMs + 60_000) : beacon.round);
}

/** The receipt of a ticket, alone in its group. */
export function makeLineReceipt(rules: LineRules, ticket: number, enteredAt = enteredBeforeOpening): Receipt {
  const body = makeBody(rules, ticket, enteredAt);
  const hashes = [hashLeaf(bytesFromText(canonicalJson(body)))];
  const root = hexFromBytes(hashes[0] ?? new Uint8Array());
  return {
    body,
    salt: madeUpHex(16, "line salt", ticket),
    index: 0,
    size: 1,
    path: makeInclusionPath(hashes, 0).map(hexFromBytes),
    signature: signStatement("receipt+jws", { logHead: madeUpHex(32, "log"), logSize: 9, root, size: 1 }),
  };
}

const enteredBeforeOpening = "2027-03-01T11:00:00.123Z";
export const enteredAfterOpening = "2027-03-01T12:10:00.123Z";

function makeBody(rules: LineRules, ticket: number, enteredAt = enteredBeforeOpening) {
  const consumerId = madeUpId("cons", "line", ticket);
  return {
    consumerId,
    distributionId: rules.queueId,
    enteredAt,
    entryId: madeUpId("ent", "line", ticket),
    level: madeUpLevel(ticket),
    rulesHash: hexFromBytes(hashRules(rules)),
    subject: hexFromBytes(hashSubject(madeUpHex(16, "line salt", ticket), consumerId)),
    ticket,
  };
}
