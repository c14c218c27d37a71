/** The client of Stanchion for browsers and servers. */
export type {
  Board,
  DrawEntry,
  DrawEntryProof,
  DrawEntryStatus,
  DrawNews,
  DrawStatus,
  Entry,
  EntryAdmission,
  EntryStatus,
  ErrorCode,
  ErrorType,
  PublicDraw,
  PublicExperience,
  PublicQueue,
  QueueStatus,
  ValidationIssue,
} from "@stanchion/contract";
export type { Auth, CarryCode, SignInOptions } from "./auth.ts";
export type { Draws, DrawWatch } from "./draws.ts";
export type { CallOptions, EnterOptions, WatchOptions, WriteOptions } from "./entry-desk.ts";
export type { Experiences } from "./experiences.ts";
export type { Watch } from "./live-watch.ts";
export type { FailureListener } from "./overhear-failures.ts";
export type { Queues, QueueWatch, SnapshotListener } from "./queues.ts";
export type { Session } from "./session-store.ts";
export type { Connection, DrawPhase, DrawSnapshot, QueuePhase, QueueSnapshot } from "./snapshot.ts";
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
