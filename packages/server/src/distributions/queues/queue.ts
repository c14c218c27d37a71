import { encodeId, type PublicQueue, type Queue, type QueueStatus } from "@stanchion/contract";
import type { Selectable } from "kysely";
import { holdsJson, type KnownHold } from "../../catalog/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { stampsOf } from "../../platform/http/index.ts";

export type QueueRow = Selectable<Tables["queues"]>;

export interface QueueSchedule {
  readonly openAtMs: number | null;
  /** The queue's own closing or its experience's, whichever is first. */
  readonly closeAtMs: number | null;
  readonly isPaused: boolean;
  /** The order of those who come before the opening is yet to be drawn. */
  readonly isUndrawn: boolean;
}

/** The state of a queue at a moment: it follows from its times and whether it is paused, so nothing has to switch it. */
export function queueStatus(schedule: QueueSchedule, nowMs: number): QueueStatus {
  if (schedule.closeAtMs !== null && schedule.closeAtMs <= nowMs) return "CLOSED";
  if (schedule.openAtMs !== null && schedule.openAtMs > nowMs) return "SCHEDULED";
  if (schedule.isUndrawn) return "DRAWING";
  return schedule.isPaused ? "PAUSED" : "OPEN";
}

export interface QueueFacts {
  readonly status: QueueStatus;
  readonly waiting: number;
}

export function publicQueueOf(row: QueueRow, facts: QueueFacts): PublicQueue {
  return {
    id: encodeId("queue", row.id),
    name: row.name,
    experienceId: encodeId("experience", row.experienceId),
    sequenceId: encodeId("sequence", row.sequenceId),
    status: facts.status,
    openAt: row.openAt?.toISOString() ?? null,
    closeAt: row.closeAt?.toISOString() ?? null,
    timeZone: row.timeZone,
    waitlistUrl: row.waitlistUrl,
    capacity: row.capacity,
    waiting: facts.waiting,
    pageUrl: row.pageUrl,
    shuffleBeforeOpen: row.shuffleBeforeOpen,
    joinFrom: row.joinFrom?.toISOString() ?? null,
    beacon: row.beacon ?? { kind: "none" },
    rulesHash: row.rulesHash?.toString("hex") ?? null,
  };
}

export function queueOf(row: QueueRow & { readonly holds: readonly KnownHold[] }, facts: QueueFacts): Queue {
  return {
    ...publicQueueOf(row, facts),
    isPaused: row.isPaused,
    admitRate: row.admitRate,
    maxConcurrentAdmissions: row.maxConcurrentAdmissions,
    maxAdmissions: row.maxAdmissions,
    admissionExpirationSeconds: row.admissionExpirationSeconds,
    completionGraceSeconds: row.completionGraceSeconds,
    entryLevel: row.entryLevel,
    requireFingerprint: row.requireFingerprint,
    checkoutUrl: row.checkoutUrl,
    holds: holdsJson(row.holds),
    whenSoldOut: row.whenSoldOut,
    ...stampsOf(row),
  };
}

/** What a queue is made with where the caller says nothing. */
export const queueDefaults = {
  timeZone: "UTC",
  admissionExpirationSeconds: 600,
  completionGraceSeconds: 120,
  entryLevel: "guest",
  requireFingerprint: false,
  whenSoldOut: "end",
} as const;
