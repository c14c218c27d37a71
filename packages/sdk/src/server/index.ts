/** The client of Stanchion for servers, with a secret key. */
export type {
  Admission,
  Entry,
  EntryStatus,
  ErrorCode,
  ErrorType,
  Experience,
  Queue,
  QueueStatus,
  Sequence,
  ValidationIssue,
} from "@stanchion/contract";
export type { FailureListener } from "../overhear-failures.ts";
export {
  type ClientErrorCode,
  StanchionError,
  type StanchionErrorCode,
  type StanchionErrorFacts,
  type StanchionErrorType,
} from "../stanchion-error.ts";
export type { Surroundings } from "../surroundings.ts";
export type {
  FingerprintOptions,
  IdempotentOptions,
  IfMatchOptions,
  ServerCallOptions,
  ServerCalls,
} from "./call-types.ts";
export type { ListAnswer, ListPage } from "./list-pages.ts";
export { StanchionServer, type StanchionServerOptions } from "./stanchion-server.ts";
export type { StreamEvent } from "./stream-events.ts";
export { type VerifiedAdmission, type VerifyAdmissionOptions, verifyAdmission } from "./verify-admission.ts";
export {
  eventsIn,
  type VerifyWebhookOptions,
  verifyWebhook,
  type WebhookEvent,
  type WebhookHeaders,
} from "./verify-webhook.ts";
