import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { KeyActor } from "../platform/http/index.ts";

const fields = { publishable: "X-Publishable-Key", secret: "Authorization" } as const;

/** The refusal of a key that nobody has made, or of the wrong kind. `kind`: which was to be sent there. */
export function unknownKey(kind: KeyActor["keyKind"]): ApiError {
  const field = fields[kind];
  // The field says that it is the key, so that a client does not give up the session for it.
  return apiError("INVALID_TOKEN", {
    details: { field, credential: "apiKey", hint: `It is the ${kind} key in the header ${field}.` },
  });
}
