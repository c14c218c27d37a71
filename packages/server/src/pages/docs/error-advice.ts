/** What the pages say of a code beyond its row: whether to send again and how, and which codes are near it. */
import { type ErrorCode, errorCodes, errorTable, isRetryable } from "@stanchion/contract";

export interface RetryAdvice {
  /** `yes` after a wait, `wait` under a condition, `no` never unchanged. */
  readonly verdict: "yes" | "wait" | "no";
  /** For the page's list of facts. */
  readonly short: string;
  /** How, in whole sentences. */
  readonly how: string;
}

const spread =
  "Wait 1 s, then 2 s, each shortened at random by up to a half so that not everybody comes back at once, and give up after three tries.";
const sameKey =
  "What became of a write is unknown: repeat it with the same `Idempotency-Key` and it is done once.";

/** Whether the same request may be sent again, and how; the rules are the contract's for clients. */
export function retryAdvice(code: ErrorCode): RetryAdvice {
  const own = ownAdvice[code];
  if (own !== undefined) return own;
  const { status, error } = errorTable[code];
  if (!isRetryable(code))
    return {
      verdict: "no",
      short: "Do not send it again unchanged",
      how: "The same request is refused again as long as nothing else has changed. Change what the answer names, or wait until it has changed.",
    };
  if (error === "not_open_yet")
    return {
      verdict: "wait",
      short: "Wait for the opening",
      how: "Wait for as many seconds as `Retry-After` says, then send it again. The SDK does so by itself with `waitForOpening: true`.",
    };
  if (status === 503)
    return {
      verdict: "yes",
      short: "Send it again after Retry-After",
      how: `Wait for as many seconds as \`Retry-After\` says, 60 if it is missing. ${sameKey} The SDK tries three times by itself.`,
    };
  return {
    verdict: "yes",
    short: "Send it again a little later",
    how: `${spread} ${sameKey} ${status < 500 ? "The SDK leaves this one to you." : "The SDK does all of it by itself."}`,
  };
}

const ownAdvice: Partial<Record<ErrorCode, RetryAdvice>> = {
  RATE_LIMITED: {
    verdict: "yes",
    short: "Send it again after Retry-After",
    how: "Wait for as many seconds as `Retry-After` says, 30 if it is missing, and spread your calls: every call counts, refused ones too. The SDK waits and tries three times by itself.",
  },
  TOKEN_EXPIRED: {
    verdict: "wait",
    short: "Refresh once, then send it again",
    how: "Exchange the refresh token once, then send the request again with the new access token. The SDK does so unseen. For an admission token, read the entry's status: it carries a fresh one. An API key that has expired stays so: use another.",
  },
  INVALID_TOKEN: {
    verdict: "no",
    short: "Do not send it again unchanged",
    how: "Where `details.field` is `DPoP` it was the proof, `details.reason` says what of it and `details.hint` what to do; with the reason `nonce`, sign again with the nonce of the header `DPoP-Nonce`, once. The SDK does so unseen. Everything else is over for good: see that key and token are whole and of one organization, or start a new session.",
  },
  FP002: {
    verdict: "no",
    short: "Go on with the device that began",
    how: "Where `details.credential` stands, the token is bound to a device's key: whoever copied it cannot use it. `details.reason` says what is amiss. With `sent_as_bearer` send `Authorization: DPoP <token>`, with `no_proof` a proof in the header `DPoP`: the session is good. With `other_key` this device does not hold the key: one that has lost its key starts a new session, or the fan signs in again. Where it does not stand, the place, entry or admission was taken by another device: it is kept there.",
  },
  INVALID_STATE: {
    verdict: "no",
    short: "Not in this state",
    how: "Not before the state is another. `details.state` is that of the entry, where the call is about one, else of the queue, draw, key or whatever the path names. In draws two pass by themselves: `ENTERED` once it is drawn, which a draw that is cancelled or void never is, and `NOT_FROZEN` at `closeAt`; `LOST` may become `WON` with `backfill`. `OPEN` with `details.fields` says that somebody has entered, so that the rules stand. From all others of a draw nothing leads back.",
  },
  QUOTA_EXCEEDED: {
    verdict: "no",
    short: "Make room, then send it with a new Idempotency-Key",
    how: "The same request is refused as long as there is no room. A request with an `Idempotency-Key` has this answer kept under it for 24 hours: once there is room, send it with a new key, or the refusal comes again.",
  },
  IDEMPOTENCY_IN_PROGRESS: {
    verdict: "yes",
    short: "Wait and send it again with the same key",
    how: "Wait a second or two and send the same request with the same key: you get the first answer. The SDK waits by itself, up to six times.",
  },
  CONCURRENT_MODIFICATION: {
    verdict: "wait",
    short: "Read again first, if you sent If-Match",
    how: "With `If-Match`: read the resource, apply your change to what it is now, and send the new version. Without `If-Match`: the same request may be sent again as it is.",
  },
  ALREADY_IN_QUEUE: {
    verdict: "no",
    short: "Nothing to send: details are the answer",
    how: "The fan has a place and `details` hold it. The SDK's `enter` answers with it as if it had just been given.",
  },
  DRAW_NOT_OPEN: {
    verdict: "wait",
    short: "Wait for the opening",
    how: "Wait for as many seconds as `Retry-After` says, then send it again. Who enters first has no better chance than who enters last.",
  },
  ALREADY_REGISTERED: {
    verdict: "no",
    short: "Nothing to send: details are the answer",
    how: "The fan is in the draw and `details` hold the entry, with a receipt that is as good as the first.",
  },
};

/** Codes that are met in one and the same situation. */
const situations: readonly (readonly ErrorCode[])[] = [
  ["QUEUE_NOT_OPEN", "QUEUE_CLOSED", "QUEUE_FULL"],
  ["DRAW_NOT_OPEN", "DRAW_CLOSED", "DRAW_FULL"],
  ["ALREADY_REGISTERED", "NOT_IN_DRAW", "DRAW_CLOSED"],
  ["ALREADY_IN_QUEUE", "ALREADY_COMPLETED", "NOT_IN_QUEUE"],
  ["NOT_IN_QUEUE", "NOT_IN_DRAW"],
  ["ADMISSION_EXPIRED", "ADMISSION_USED", "ALREADY_COMPLETED", "INVALID_STATE"],
  ["ADMISSIONS_EXHAUSTED", "OUT_OF_STOCK", "QUEUE_FULL"],
  ["QUOTA_EXCEEDED", "QUEUE_FULL", "RATE_LIMITED"],
  ["TOKEN_EXPIRED", "TOKEN_REUSED", "INVALID_TOKEN"],
  [
    "AUTHENTICATION_REQUIRED",
    "PUBLISHABLE_KEY_REQUIRED",
    "SECRET_KEY_REQUIRED",
    "INVALID_TOKEN",
    "KEY_REVOKED",
  ],
  ["FP001", "FP002", "FP003"],
  ["FP002", "INVALID_TOKEN", "TOKEN_REUSED"],
  ["INSUFFICIENT_SCOPE", "INSUFFICIENT_ROLE", "RESOURCE_RESTRICTED", "SECRET_KEY_REQUIRED"],
  ["OTHER_ORGANIZATION", "RESOURCE_RESTRICTED", "ORIGIN_NOT_ALLOWED"],
  ["IDEMPOTENCY_IN_PROGRESS", "IDEMPOTENCY_KEY_REUSED", "INVALID_IDEMPOTENCY_KEY"],
  ["CONCURRENT_MODIFICATION", "INVALID_STATE", "RESOURCE_IN_USE"],
  ["ALREADY_EXISTS", "VALIDATION_ERROR"],
  ["INVALID_FIELD_TYPE", "UNKNOWN_FIELD", "VALIDATION_ERROR"],
  ["INVALID_JSON", "INVALID_CSV", "BODY_REQUIRED", "UNSUPPORTED_MEDIA_TYPE", "PAYLOAD_TOO_LARGE"],
  ["INVALID_PARAMETER", "MISSING_PARAMETER"],
  ["MALFORMED_REQUEST", "REQUEST_TIMEOUT", "URI_TOO_LONG", "HEADERS_TOO_LARGE"],
  ["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"],
  ["RATE_LIMITED", "OVERLOADED"],
  ["MAINTENANCE", "DEPLOYING", "OVERLOADED", "DATABASE_UNAVAILABLE"],
  ["INVALID_OTP", "OTP_EXPIRED", "IDENTITY_TAKEN"],
  ["INVALID_CREDENTIALS", "SECOND_FACTOR_REQUIRED", "INVALID_OTP", "RATE_LIMITED"],
  ["INSUFFICIENT_ROLE", "LAST_OWNER"],
  ["MAIL_PROVIDER_FAILED", "MAIL_PROVIDER_TIMEOUT", "UPSTREAM_UNAVAILABLE"],
  ["EMAIL_REQUIRED", "INVALID_OTP", "OTP_EXPIRED", "IDENTITY_TAKEN", "MAIL_PROVIDER_FAILED"],
  ["BEACON_FAILED", "BEACON_TIMEOUT"],
];

const relatedMax = 8;

/** The codes near this one: first those of the same situation, then those of the same type. */
export function relatedCodes(code: ErrorCode): readonly ErrorCode[] {
  const near = situations.filter((situation) => situation.includes(code)).flat();
  const alike = errorCodes.filter((other) => errorTable[other].error === errorTable[code].error);
  const related = new Set([...near, ...alike].filter((other) => other !== code));
  return [...related].slice(0, relatedMax);
}
