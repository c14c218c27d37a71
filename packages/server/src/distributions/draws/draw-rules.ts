import { createHash, hash } from "node:crypto";
import { type DrawRules, encodeId } from "@stanchion/contract";
import { type DrandChain, roundAt } from "../../fairness/index.ts";
import { canonicalJson } from "../../platform/canonical-json.ts";

/** What the rules are made of. Ids are UUIDs. */
export interface RuledDraw {
  readonly id: string;
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly openAt: Date | null;
  readonly closeAt: Date;
  readonly drawAt: Date;
  readonly winnerCount: number;
  readonly capacity: number | null;
  readonly admissionExpirationSeconds: number;
  readonly completionGraceSeconds: number;
  readonly backfill: boolean;
  readonly entryLevel: DrawRules["entryLevel"];
  readonly commitment: Buffer;
  /** Null: no beacon. */
  readonly chain: DrandChain | null;
}

/** What binds the server to a seed of 32 bytes before anybody enters. */
export function commitToSeed(seed: Buffer): Buffer {
  return sha256(Buffer.from("fair-draw-v1/seed\0"), seed);
}

export function makeRules(draw: RuledDraw): DrawRules {
  return {
    admissionExpirationSeconds: draw.admissionExpirationSeconds,
    algorithm: "fair-draw-v1",
    backfill: draw.backfill,
    beacon: beaconOfRules(draw.chain, draw.drawAt),
    capacity: draw.capacity,
    closeAt: draw.closeAt.toISOString(),
    commitment: draw.commitment.toString("hex"),
    completionGraceSeconds: draw.completionGraceSeconds,
    drawAt: draw.drawAt.toISOString(),
    drawId: encodeId("draw", draw.id),
    entryLevel: draw.entryLevel,
    mode: draw.isLive ? "live" : "test",
    openAt: draw.openAt?.toISOString() ?? null,
    organizationId: encodeId("organization", draw.organizationId),
    unit: "consumer",
    winnerCount: draw.winnerCount,
  };
}

/** The one round that counts is named before anybody can know it: the first that does not come before the draw. */
function beaconOfRules(chain: DrandChain | null, drawAt: Date): DrawRules["beacon"] {
  if (chain === null) return { kind: "none" };
  const { beaconId, chainHash, genesis, groupHash, period, publicKey, scheme } = chain;
  const round = roundAt(chain, drawAt.getTime());
  return { beaconId, chainHash, genesis, groupHash, kind: "drand", period, publicKey, round, scheme };
}

/** The text that is kept and hashed, and its hash. */
export function writeRules(rules: DrawRules): { text: string; hash: Buffer } {
  const text = canonicalJson(rules);
  return { text, hash: sha256(Buffer.from(text)) };
}

/** What {@link writeRules} wrote. */
export function readRules(text: string): DrawRules {
  return JSON.parse(text);
}

/** The members in which two sets of rules differ. */
export function changedRules(before: DrawRules, after: DrawRules): readonly string[] {
  return Object.keys(after).filter((name) => {
    const member = name as keyof DrawRules;
    return canonicalJson(before[member]) !== canonicalJson(after[member]);
  });
}

const subjectHead = Buffer.from("fair-draw-v1/subject\0");
const saltBytes = 16;

/** What stands for an entrant in public, as hex: of 16 bytes that the entrant alone is given and the consumer's id on the wire. */
export function subjectOf(salt: Uint8Array, consumerWireId: string): string {
  const idAt = subjectHead.length + saltBytes;
  const data = Buffer.allocUnsafe(idAt + consumerWireId.length);
  data.set(subjectHead);
  data.set(salt, subjectHead.length);
  data.write(consumerWireId, idAt, "latin1");
  return hash("sha256", data);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const made = createHash("sha256");
  for (const part of parts) made.update(part);
  return made.digest();
}
