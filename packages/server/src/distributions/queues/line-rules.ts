import { createHash } from "node:crypto";
import { encodeId, type LineRules, type RuledBeacon } from "@stanchion/contract";
import { type DrandChain, roundThatCounts, ruledBeacon } from "../../fairness/index.ts";

/** What the rules are made of. Ids are UUIDs. */
export interface RuledLine {
  readonly id: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly openAt: Date;
  readonly entryLevel: LineRules["entryLevel"];
  readonly commitment: Buffer;
  /** Null: no beacon. */
  readonly chain: DrandChain | null;
}

/** The beacon is the first round this long after the opening, so that the list can be fixed before it. */
const openingToRoundMs = 15_000;

/** A line is fixed at its opening, so that its round cannot leave more than these 15 seconds: it only must not have come. */
const freezeToRoundMsMin = 1;

/** The round that decides the order of a line that was fixed then, in ms since 1970. */
export function roundOfOpening(beacon: Extract<RuledBeacon, { kind: "drand" }>, frozenAtMs: number): number {
  return roundThatCounts(beacon, frozenAtMs, freezeToRoundMsMin);
}

export interface LineSeedParts {
  readonly rulesHash: Buffer;
  readonly root: Buffer;
  /** How many came before the opening. */
  readonly cohortSize: number;
  readonly serverSeed: Buffer;
  /** The signature of the beacon's round; empty without one. */
  readonly beacon: Buffer;
}

/** What decides a line's order: rules, list and chance, under one hash. */
export function makeLineSeed({ rulesHash, root, cohortSize, serverSeed, beacon }: LineSeedParts): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(cohortSize));
  const made = createHash("sha256").update("fair-line-v1\0");
  for (const part of [rulesHash, root, size, serverSeed, beacon]) made.update(part);
  return made.digest();
}

/** What binds the server to a seed of 32 bytes before anybody joins. */
export function commitToLineSeed(seed: Buffer): Buffer {
  return createHash("sha256").update("fair-line-v1/seed\0").update(seed).digest();
}

export function makeLineRules(line: RuledLine): LineRules {
  return {
    algorithm: "fair-line-v1",
    beacon: ruledBeacon(line.chain, line.openAt.getTime() + openingToRoundMs),
    commitment: line.commitment.toString("hex"),
    entryLevel: line.entryLevel,
    mode: line.isLive ? "live" : "test",
    openAt: line.openAt.toISOString(),
    organizationId: encodeId("organization", line.organizationId),
    queueId: encodeId("queue", line.id),
  };
}

/** The rules as `writeRules` wrote them. */
export function readLineRules(text: string): LineRules {
  return JSON.parse(text);
}

/** The chain of a queue's present rules: it stays good for it, whatever chains the server is told of later. */
export function chainOfRules({ rules }: { readonly rules: string | null }): DrandChain | null {
  if (rules === null) return null;
  const { beacon } = readLineRules(rules);
  return beacon.kind === "none" ? null : beacon;
}
