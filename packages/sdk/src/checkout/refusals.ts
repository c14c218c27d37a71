import type { ErrorBody } from "@stanchion/contract";
import { randomId } from "../random-id.ts";
import { StanchionError } from "../stanchion-error.ts";

const retryAfterSeconds = 5;

/** What a refusal says besides its error. */
export interface RefusalFacts {
  /** The line's page. */
  readonly waitingRoom: string;
  /** The address of the server that people know, for the error's page. */
  readonly publicUrl: string;
}

/** Nobody has shown an admission. */
export function admissionNeeded(): StanchionError {
  return new StanchionError({
    code: "AUTHENTICATION_REQUIRED",
    type: "unauthorized",
    status: 401,
    message: "The checkout is for those whose turn it is. Send the fan to details.waitingRoom.",
  });
}

/** The refusal of a call that a program made, in the shape of every error of Stanchion. */
export function refusalJson(error: StanchionError, { waitingRoom, publicUrl }: RefusalFacts): Response {
  const requestId = error.requestId ?? randomId();
  const status = statusOf(error);
  const body = {
    error: error.type,
    message: error.message,
    code: error.code,
    details: { ...error.details, waitingRoom },
    issues: [],
    requestId,
    retryable: status === 503,
    docs: new URL(error.docs, publicUrl).href,
  };
  return new Response(JSON.stringify(body satisfies Record<keyof ErrorBody, unknown>), {
    status,
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Request-Id": requestId,
      ...(status === 401 ? { "WWW-Authenticate": "Bearer" } : {}),
      ...(status === 503 ? { "Retry-After": String(retryAfterSeconds) } : {}),
    },
  });
}

/** For a person while no key of the server could be read: the browser itself asks again. */
export function waitPage(): Response {
  const text = "One moment: your turn is being looked up. This page comes back by itself.";
  return new Response(`<!doctype html><meta charset="utf-8"><title>One moment</title><p>${text}</p>`, {
    status: 503,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Retry-After": String(retryAfterSeconds),
      Refresh: String(retryAfterSeconds),
    },
  });
}

/** Could the server not be asked, so that nothing is known of the fan's turn? */
export function isOutage(error: StanchionError): boolean {
  return error.status === 0 || error.retryable || error.status >= 500;
}

function statusOf(error: StanchionError): number {
  return isOutage(error) || error.status < 400 ? 503 : error.status;
}
