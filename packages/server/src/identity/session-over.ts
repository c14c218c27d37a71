import { type ApiError, apiError } from "../platform/errors/index.ts";

const carriedHint = "Another device goes on with this session and its places.";

/** The refusal of the tokens of a session that was ended. */
export function sessionOver(isCarried: boolean): ApiError {
  return apiError("INVALID_TOKEN", isCarried ? { details: { reason: "carried", hint: carriedHint } } : {});
}
