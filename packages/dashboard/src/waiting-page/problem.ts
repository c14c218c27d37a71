import type { StanchionError } from "@stanchion/sdk";
import { texts } from "./texts.ts";
import { formatSpoken } from "./wording.ts";

/** What stands in the way, in plain words: what happened, what to do, and what to tell the organizer. */
export interface Problem {
  readonly title: string;
  /** What the operator says about it, as it was typed. */
  readonly notice: string | null;
  readonly text: string;
  readonly reference: string | null;
  /** Does its text count down? */
  readonly isCounting: boolean;
}

/** A failure and how the page met it. */
export interface Failure {
  readonly error: StanchionError;
  /** When it was met last, and when it began, by the local clock in ms since 1970. */
  readonly atMs: number;
  readonly sinceMs: number;
  /** Did the fan ask for it? Else the page met it by itself, and tries again by itself. */
  readonly isAction: boolean;
}

type Words = { readonly title: string; readonly text: string };

const { problems } = texts;

/** Puts a failure into words; null where there is nothing to say. `isInside`: the fan has a place to lose. */
export function problemOf(failure: Failure, isInside: boolean, nowMs: number): Problem | null {
  const { error } = failure;
  if (error.code === "ABORTED" || error.code === "NOT_IN_QUEUE") return null;
  if (error.code === "RATE_LIMITED") return rateLimitProblem(failure, nowMs);
  if (error.code === "MAINTENANCE") return maintenanceProblem(failure, isInside, nowMs);
  const words = wordsOf(failure);
  const isPassing = error.retryable && isInside;
  return {
    title: words.title,
    notice: null,
    text: isPassing ? `${words.text} ${texts.placeKept}` : words.text,
    reference: referenceOf(error),
    isCounting: false,
  };
}

/** What the operator says about it, and when this page tries again. */
function maintenanceProblem(failure: Failure, isInside: boolean, nowMs: number): Problem {
  const { error, isAction } = failure;
  const { title, text } = problems.planned;
  const { message } = error.details;
  const notice = typeof message === "string" ? message : null;
  const leftSeconds = secondsLeft(failure, nowMs);
  const wait = isAction ? problems.plannedActionWait : problems.plannedWait;
  const next = leftSeconds > 0 ? wait(formatSpoken(leftSeconds)) : problems.plannedOver;
  const parts = [...(notice === null ? [text] : []), ...(isInside ? [texts.placeKept] : []), next];
  return {
    title,
    notice,
    text: parts.join(" "),
    reference: referenceOf(error),
    isCounting: leftSeconds > 0,
  };
}

function secondsLeft({ error, atMs }: Failure, nowMs: number): number {
  return Math.ceil((error.retryAfterSeconds ?? 0) - (nowMs - atMs) / 1_000);
}

function rateLimitProblem(failure: Failure, nowMs: number): Problem {
  const { error, isAction } = failure;
  const { title, text } = problems.rateLimited;
  const leftSeconds = secondsLeft(failure, nowMs);
  const wait = isAction ? problems.rateLimitedActionWait : problems.rateLimitedWait;
  const next = leftSeconds > 0 ? wait(formatSpoken(leftSeconds)) : problems.rateLimitedOver;
  return {
    title,
    notice: null,
    text: `${text} ${next}`,
    reference: referenceOf(error),
    isCounting: leftSeconds > 0,
  };
}

function wordsOf({ error, isAction }: Failure): Words {
  switch (error.code) {
    case "NETWORK_ERROR":
    case "TIMEOUT":
    case "REQUEST_TIMEOUT":
      return isAction ? problems.networkAction : problems.network;
    case "INVALID_RESPONSE":
      return problems.portal;
    case "FP002":
      // Either the place is another device's, or this one has lost what its session was bound to.
      return "credential" in error.details ? problems.session : problems.device;
    case "FP001":
    case "FP003":
      return problems.deviceUnknown;
    case "RESOURCE_RESTRICTED":
      return "entryLevel" in error.details ? problems.restrictedLevel : problems.restricted;
    case "AUTHENTICATION_REQUIRED":
    case "INVALID_TOKEN":
    case "TOKEN_EXPIRED":
    case "TOKEN_REUSED":
      return problems.session;
    case "QUEUE_FULL":
      return problems.full;
    case "QUEUE_CLOSED":
      return problems.closed;
    case "QUEUE_NOT_OPEN":
      return problems.notOpen;
    case "ALREADY_COMPLETED":
      return problems.completed;
    case "ADMISSION_EXPIRED":
    case "ADMISSION_USED":
    case "INVALID_STATE":
      return problems.tooLate;
    case "QUEUE_NOT_FOUND":
      return problems.gone;
    case "OTHER_ORGANIZATION":
    case "ORIGIN_NOT_ALLOWED":
    case "KEY_REVOKED":
    case "PUBLISHABLE_KEY_REQUIRED":
    case "ROUTE_NOT_FOUND":
      return problems.setup;
    default:
      return wordsOfType({ error, isAction });
  }
}

// A newer server may send codes that this page does not know; it knows the type, or at least the status.
function wordsOfType({ error, isAction }: Pick<Failure, "error" | "isAction">): Words {
  if (error.type === "service_unavailable" || error.status === 503)
    return isAction ? problems.maintenanceAction : problems.maintenance;
  if (error.status >= 500) return problems.server;
  return problems.unknown;
}

function referenceOf(error: StanchionError): string | null {
  return error.requestId === null ? null : texts.reference(error.requestId);
}
