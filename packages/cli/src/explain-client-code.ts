import { type ClientErrorCode, clientErrorCodes, clientErrorTable } from "@stanchion/contract";
import { docsOf } from "./explain-code.ts";

/** The code of the SDK's own that a text names, however it is written; null where it names none. */
export function readClientCode(text: string): ClientErrorCode | null {
  const upper = text.toUpperCase().replaceAll("-", "_");
  return clientErrorCodes.find((code) => code === upper) ?? null;
}

/** A failure that the SDK makes, for programs. */
export function factsOfClientCode(code: ClientErrorCode) {
  const { type, message, when, todo, retryable, retry } = clientErrorTable[code];
  return { code, error: type, madeBy: "sdk", message, when, todo, retryable, retry, docs: docsOf(code) };
}

/** A failure that the SDK makes, for people. */
export function explainClientCode(code: ClientErrorCode): string {
  const { type, message, when, todo, retry } = clientErrorTable[code];
  return `${code}   made by the SDK, not by the server   ${type}

  What happened   ${when}
  It says         ${message}
  What to do      ${todo}
  Try again       ${retry}
  Page            ${docsOf(code)}`;
}
