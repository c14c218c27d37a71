import { createHash } from "node:crypto";
import { type DrawRules, encodeId } from "@stanchion/contract";
import { type DrandChain, ruledBeacon } from "../../fairness/index.ts";

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
    beacon: ruledBeacon(draw.chain, draw.drawAt.getTime()),
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

/** The rules as `writeRules` wrote them. */
export function readRules(text: string): DrawRules {
  return JSON.parse(text);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const made = createHash("sha256");
  for (const part of parts) made.update(part);
  return made.digest();
}
