import {
  type ClientErrorCode,
  type ErrorCode,
  errorCodes,
  errorPagePath,
  errorTable,
  isRetryable,
} from "@stanchion/contract";
import { nearestWord } from "./nearest-word.ts";

/** The code that a text names, however it is written; null where it names none. */
export function readCode(text: string): ErrorCode | null {
  const upper = text.toUpperCase().replaceAll("-", "_");
  return errorCodes.find((code) => code === upper) ?? null;
}

/** The codes of an error type, such as `conflict`. */
export function codesOf(type: string): readonly ErrorCode[] {
  return errorCodes.filter((code) => errorTable[code].error === type);
}

/** A row of the error table for programs. */
export function factsOfCode(code: ErrorCode) {
  const { error, status, message, when, todo } = errorTable[code];
  return { code, error, status, message, when, todo, retryable: isRetryable(code), docs: docsOf(code) };
}

/** A row of the error table for people. */
export function explainCode(code: ErrorCode): string {
  const { error, status, message, when, todo } = errorTable[code];
  return `${code}   ${status} ${error}

  What happened   ${when}
  It says         ${message}
  What to do      ${todo}
  Try again       ${retryAdvice(code)}
  Page            ${docsOf(code)}`;
}

export function retryAdvice(code: ErrorCode): string {
  if (code === "CONCURRENT_MODIFICATION") return "Yes, unless If-Match was sent: then read it again first.";
  return isRetryable(code)
    ? "Yes: the same request may succeed later. Wait as long as Retry-After says."
    : "No: the same request gets the same answer as long as nothing else changes.";
}

export function docsOf(code: ErrorCode | ClientErrorCode): string {
  return `${(process.env.PUBLIC_URL ?? "").replace(/\/$/, "")}${errorPagePath(code)}`;
}

/** The code that is spelled most like a text; null where none is near. */
export function nearestCode(text: string): ErrorCode | null {
  return nearestWord(text.toUpperCase().replaceAll("-", "_"), errorCodes);
}
