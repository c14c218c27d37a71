import { type Draw, type DrawStatus, encodeId, type PublicDraw } from "@stanchion/contract";
import type { Selectable } from "kysely";
import { holdsJson, type KnownHold } from "../../catalog/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { stampsOf } from "../../platform/http/index.ts";
import { readRules } from "./draw-rules.ts";

export type DrawRow = Selectable<Tables["draws"]>;

/** A draw with what its state follows from besides its own row. */
export interface DrawWithFacts extends DrawRow {
  /** The draw's own closing or its experience's, whichever is first: from then on nobody enters. */
  readonly effectiveCloseAt: Date;
  /** Of all who ever entered. */
  readonly lastNumber: number;
  /** How many of those are out. */
  readonly removed: number;
  readonly frozenAt: Date | null;
  /** When the result was published. */
  readonly publishedAt: Date | null;
  /** When the beacon's round was given up. */
  readonly voidedAt: Date | null;
  /** What each winner's admission holds of the stock. */
  readonly holds: readonly KnownHold[];
  readonly databaseNow: Date;
}

export interface DrawSchedule {
  readonly openAtMs: number | null;
  readonly closeAtMs: number;
  readonly isCancelled: boolean;
}

/** The state of a draw at a moment: it follows from its times, so nothing has to switch it. */
export function drawStatus({ openAtMs, closeAtMs, isCancelled }: DrawSchedule, nowMs: number): DrawStatus {
  if (isCancelled) return "CANCELLED";
  if (closeAtMs <= nowMs) return "CLOSED";
  return openAtMs !== null && openAtMs > nowMs ? "SCHEDULED" : "OPEN";
}

/** What the state of a draw follows from. */
export type DrawStatusFacts = Pick<
  DrawWithFacts,
  "openAt" | "effectiveCloseAt" | "cancelledAt" | "publishedAt" | "voidedAt" | "databaseNow"
>;

export function statusOfDraw(row: DrawStatusFacts): DrawStatus {
  if (row.cancelledAt === null && row.voidedAt !== null) return "VOID";
  if (row.publishedAt !== null) return "COMPLETED";
  const schedule = {
    openAtMs: row.openAt?.getTime() ?? null,
    closeAtMs: row.effectiveCloseAt.getTime(),
    isCancelled: row.cancelledAt !== null,
  };
  return drawStatus(schedule, row.databaseNow.getTime());
}

/** Does the list of a draw that was not cancelled stand for good? It is frozen by the draw's own closing, not its experience's. */
export function isListFixed({ frozenAt, closeAt, databaseNow }: DrawWithFacts): boolean {
  return frozenAt !== null || closeAt.getTime() <= databaseNow.getTime();
}

export function publicDrawOf(row: DrawWithFacts): PublicDraw {
  return {
    id: encodeId("draw", row.id),
    name: row.name,
    experienceId: encodeId("experience", row.experienceId),
    sequenceId: encodeId("sequence", row.sequenceId),
    status: statusOfDraw(row),
    openAt: row.openAt?.toISOString() ?? null,
    closeAt: row.closeAt.toISOString(),
    drawAt: row.drawAt.toISOString(),
    winnerCount: row.winnerCount,
    capacity: row.capacity,
    backfill: row.backfill,
    entryLevel: row.entryLevel,
    beacon: row.beacon,
    entries: row.lastNumber - row.removed,
    rules: readRules(row.rules),
    rulesHash: row.rulesHash.toString("hex"),
    commitment: row.commitment.toString("hex"),
    drawnAt: row.publishedAt?.toISOString() ?? null,
  };
}

export function drawOf(row: DrawWithFacts): Draw {
  return {
    ...publicDrawOf(row),
    admissionExpirationSeconds: row.admissionExpirationSeconds,
    completionGraceSeconds: row.completionGraceSeconds,
    admitRate: row.admitRate,
    requireFingerprint: row.requireFingerprint,
    checkoutUrl: row.checkoutUrl,
    holds: holdsJson(row.holds),
    cancelledAt: row.cancelledAt?.toISOString() ?? null,
    ...stampsOf(row),
  };
}

/** What a draw is made with where the caller says nothing. */
export const drawDefaults = {
  admissionExpirationSeconds: 600,
  completionGraceSeconds: 120,
  backfill: false,
  entryLevel: "guest",
  requireFingerprint: false,
} as const;
