/** The client of Stanchion for browsers and servers. */
export type {
  Board,
  Entry,
  EntryAdmission,
  EntryStatus,
  ErrorCode,
  ErrorType,
  PublicQueue,
  QueueStatus,
  ValidationIssue,
} from "@stanchion/contract";
export type { Auth, SignInOptions } from "./auth.ts";
export type { FailureListener } from "./overhear-failures.ts";
export type { QueueWatch, SnapshotListener } from "./queue-watch.ts";
export type { CallOptions, EnterOptions, Queues, WriteOptions } from "./queues.ts";
export type { Session } from "./session-store.ts";
export type { Connection, QueuePhase, QueueSnapshot } from "./snapshot.ts";
export { Stanchion, type StanchionOptions } from "./stanchion.ts";
export {
  type ClientErrorCode,
  StanchionError,
  type StanchionErrorCode,
  type StanchionErrorFacts,
  type StanchionErrorType,
} from "./stanchion-error.ts";
export type { SessionStorage } from "./storage.ts";
export type { Surroundings } from "./surroundings.ts";
