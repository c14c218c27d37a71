import { createHash } from "node:crypto";
import { encodeId, type LineRules } from "@stanchion/contract";
import { type DrandChain, ruledBeacon } from "../../fairness/index.ts";

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
