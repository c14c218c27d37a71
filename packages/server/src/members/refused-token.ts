import { type ApiError, apiError } from "../platform/errors/index.ts";

/** Of a token that was mailed and comes back in a body: which member it is, since a session may come along that is fine. */
export function refusedToken(code: "INVALID_TOKEN" | "TOKEN_EXPIRED"): ApiError {
  return apiError(code, { details: { field: "token" } });
}
