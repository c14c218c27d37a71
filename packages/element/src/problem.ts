import type { StanchionError } from "@stanchion/sdk/state";
import { isSetupFault } from "./setup-fault.ts";
import { formatSpoken } from "./wording.ts";
import type { PlainKey, Words } from "./words.ts";

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

/** The keys of a problem's title and text. */
type ProblemKeys = readonly [title: PlainKey, text: PlainKey];

/** Puts a failure into words; null where there is nothing to say. `isInside`: the fan has a place to lose. */
export function problemOf(words: Words, failure: Failure, isInside: boolean, nowMs: number): Problem | null {
  const { error } = failure;
  if (error.code === "ABORTED" || error.code === "NOT_IN_QUEUE" || error.code === "NOT_IN_DRAW") return null;
  if (error.code === "RATE_LIMITED") return rateLimitProblem(words, failure, nowMs);
  if (error.code === "MAINTENANCE") return maintenanceProblem(words, failure, isInside, nowMs);
  const { say } = words;
  const [title, text] = keysOf(failure);
  const isKept = isInside && (error.retryable || (text === "setupText" && !isKeyOver(error)));
  return {
    title: say(title),
    notice: null,
    text: isKept ? say(text) + say("gap") + say("placeKept") : say(text),
    reference: referenceOf(words, error),
    isCounting: false,
  };
}

/** By the next key, the browser does not find what it keeps by this one. */
function isKeyOver({ code }: StanchionError): boolean {
  return code === "KEY_REVOKED" || code === "TOKEN_EXPIRED";
}

/** What the operator says about it, and when this page tries again. */
function maintenanceProblem(words: Words, failure: Failure, isInside: boolean, nowMs: number): Problem {
  const { error, isAction } = failure;
  const { say } = words;
  const { message } = error.details;
  const notice = typeof message === "string" ? message : null;
  const leftSeconds = secondsLeft(failure, nowMs);
  const time = formatSpoken(words, leftSeconds);
  const next = leftSeconds > 0 ? say(isAction ? "actionWait" : "plannedWait", { time }) : say("plannedOver");
  const parts = [
    ...(notice === null ? [say("plannedText")] : []),
    ...(isInside ? [say("placeKept")] : []),
    next,
  ];
  return {
    title: say("plannedTitle"),
    notice,
    text: parts.join(say("gap")),
    reference: referenceOf(words, error),
    isCounting: leftSeconds > 0,
  };
}

function secondsLeft({ error, atMs }: Failure, nowMs: number): number {
  return Math.ceil((error.retryAfterSeconds ?? 0) - (nowMs - atMs) / 1_000);
}

function rateLimitProblem(words: Words, failure: Failure, nowMs: number): Problem {
  const { error, isAction } = failure;
  const { say } = words;
  const leftSeconds = secondsLeft(failure, nowMs);
  const time = formatSpoken(words, leftSeconds);
  const next =
    leftSeconds > 0 ? say(isAction ? "actionWait" : "rateLimitedWait", { time }) : say("rateLimitedOver");
  return {
    title: say("rateLimitedTitle"),
    notice: null,
    text: say("rateLimitedText") + say("gap") + next,
    reference: referenceOf(words, error),
    isCounting: leftSeconds > 0,
  };
}

function keysOf({ error, isAction }: Failure): ProblemKeys {
  const { code } = error;
  // What a page has mistyped looks like what was deleted.
  if (code === "QUEUE_NOT_FOUND" || code === "DRAW_NOT_FOUND") return ["goneTitle", "goneText"];
  if (isSetupFault(error)) return ["setupTitle", "setupText"];
  switch (code) {
    case "NETWORK_ERROR":
    case "TIMEOUT":
    case "REQUEST_TIMEOUT":
      return isAction ? ["networkActionTitle", "networkActionText"] : ["networkTitle", "networkText"];
    case "INVALID_RESPONSE":
      return ["portalTitle", "portalText"];
    case "FP002":
      // Either the place is another device's, or this one has lost what its session was bound to.
      return "credential" in error.details ? ["sessionTitle", "sessionText"] : ["deviceTitle", "deviceText"];
    case "FP001":
    case "FP003":
      return ["deviceUnknownTitle", "deviceUnknownText"];
    case "RESOURCE_RESTRICTED":
      return "entryLevel" in error.details
        ? ["restrictedLevelTitle", "restrictedLevelText"]
        : ["restrictedTitle", "restrictedText"];
    case "INVALID_TOKEN":
      if (error.details.field === "carryCode") return ["carryGoneTitle", "carryGoneText"];
      return error.details.reason === "carried"
        ? ["movedTitle", "movedText"]
        : ["sessionTitle", "sessionText"];
    case "AUTHENTICATION_REQUIRED":
    case "TOKEN_EXPIRED":
    case "TOKEN_REUSED":
      return ["sessionTitle", "sessionText"];
    case "QUEUE_FULL":
    case "DRAW_FULL":
      return ["filledTitle", "fullText"];
    case "QUEUE_CLOSED":
    case "DRAW_CLOSED":
      return ["shutTitle", "closedText"];
    case "QUEUE_NOT_OPEN":
    case "DRAW_NOT_OPEN":
      return ["scheduledHeadline", "notOpenText"];
    case "ALREADY_COMPLETED":
      return ["doneTitle", "doneText"];
    case "ADMISSION_EXPIRED":
    case "ADMISSION_USED":
    case "INVALID_STATE":
      return ["tooLateTitle", "tooLateText"];
    default:
      return keysOfType({ error, isAction });
  }
}

// A newer server may send codes that this page does not know; it knows the type, or at least the status.
function keysOfType({ error, isAction }: Pick<Failure, "error" | "isAction">): ProblemKeys {
  if (error.type === "service_unavailable" || error.status === 503)
    return isAction ? ["maintenanceTitle", "maintenanceActionText"] : ["maintenanceTitle", "maintenanceText"];
  if (error.status >= 500) return ["serverTitle", "serverText"];
  return ["unknownTitle", "unknownText"];
}

function referenceOf({ say }: Words, error: StanchionError): string | null {
  return error.requestId === null ? null : say("reference", { requestId: error.requestId });
}
