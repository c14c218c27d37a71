import type { ErrorCode, OperationName } from "@stanchion/contract";

/** Codes that operations declare as a promise of their shape, and that no request can bring about there. */
export interface UnreachablePair {
  readonly codes: readonly ErrorCode[];
  readonly operations: (name: OperationName) => boolean;
  readonly reason: string;
}

const isOneOf =
  (...names: readonly OperationName[]) =>
  (name: OperationName): boolean =>
    names.includes(name);

export const unreachablePairs: readonly UnreachablePair[] = [
  {
    codes: ["INTERNAL_ERROR"],
    operations: isOneOf("readLiveness", "readReadiness", "readMetrics", "readJwks", "readOpenapi"),
    reason: "they read no table and take no input, so nothing that can be arranged makes them fail",
  },
  {
    codes: ["DATABASE_UNAVAILABLE", "OVERLOADED", "CONCURRENT_MODIFICATION", "INTERNAL_ERROR"],
    operations: isOneOf("requestPasswordReset"),
    reason: "it answers before any table is looked at, so that nobody learns by the time who is known",
  },
  {
    codes: ["IDEMPOTENCY_KEY_REUSED"],
    operations: isOneOf("enterQueue", "enterDraw"),
    reason:
      "a key of an entry is good within its queue or draw, and the request has nothing else that could differ",
  },
  {
    codes: ["IDEMPOTENCY_IN_PROGRESS"],
    operations: isOneOf("enterQueue", "leaveQueue", "enterDraw", "leaveDraw"),
    reason: "simultaneous calls of one consumer are written as one, and each gets the answer",
  },
  {
    codes: ["CONCURRENT_MODIFICATION", "IDEMPOTENCY_IN_PROGRESS"],
    operations: isOneOf("validateAdmission", "validateDrawAdmission"),
    reason:
      "it waits for nothing but the row of its Idempotency-Key, and a token of no worth is refused before a lock is met",
  },
  {
    codes: ["ADMISSION_EXPIRED"],
    operations: isOneOf("validateAdmission", "validateDrawAdmission"),
    reason: "a token ends with its admission at the latest, and TOKEN_EXPIRED comes first",
  },
];
