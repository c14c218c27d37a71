/** What the SDK adds to the server's errors: the failures that it finds by itself, before or instead of an answer. */
export const clientErrorTable = {
  NETWORK_ERROR: {
    type: "network_error",
    message: "The server could not be reached. Check the connection and CORS.",
    when: "There was no answer: no network, a wrong address or certificate, a firewall, a connection that broke off, or a browser that hides the answer from the page. `cause` is what `fetch` threw.",
    todo: "Open `/health/live` of the server from the same place. Where that works, look at the call in the browser's network panel. Tell a fan that the place is kept: it is.",
    retryable: "yes",
    retry:
      "The SDK tries three times by itself before it throws, but changes and deletes once. What became of a write is unknown: repeat it with the same `idempotencyKey` and it is done once.",
  },
  TIMEOUT: {
    type: "timeout",
    message: "The server did not answer within {timeoutMs} ms.",
    when: "One try took longer than `timeoutMs` allows, 15 seconds if you set none, its answer's body included.",
    todo: "Look whether the server is busy or the connection slow. Do not make `timeoutMs` shorter than what the server may take to say that its database is away: 15 seconds.",
    retryable: "yes",
    retry:
      "The SDK tries three times by itself before it throws, but changes and deletes once. What became of a write is unknown: repeat it with the same `idempotencyKey` and it is done once.",
  },
  ABORTED: {
    type: "aborted",
    message: "The signal cancelled the call.",
    when: "The `signal` that you gave with the call ended it, on its way or while it waited between two tries. `cause` is the signal's reason.",
    todo: "Nothing: your program asked for it. A write may have been done all the same.",
    retryable: "no",
    retry:
      "The SDK does not send it again. When you do, give a new signal, and with a write the same `idempotencyKey`.",
  },
  INVALID_RESPONSE: {
    type: "invalid_response",
    message: "An answer with status {status} is not Stanchion's. Check baseUrl and proxies.",
    when: "Something else answered: a proxy's or CDN's page, a captive portal, another server at that address. `status` is that answer's.",
    todo: "Check `baseUrl` (`url` on servers), then what stands between. An answer without `X-Request-Id` did not come from this server.",
    retryable: "if the status is 429, 502, 503 or 504",
    retry:
      "With the statuses 429, 502, 503 and 504 the SDK tries three times by itself, but changes and deletes once; with any other it throws at once.",
  },
  INVALID_ARGUMENT: {
    type: "invalid_argument",
    message: "{argument} must be a text, not empty.",
    when: "An id that the call needs is empty or no text, such as `queueId` of a page that was opened without one. Of an element on a page: an attribute is missing or cannot be right. Nothing was sent. `details.argument` names the argument.",
    todo: "Look where your program takes the value from: a missing parameter of the address, a field that is still empty, an object in the place of its id.",
    retryable: "no",
    retry:
      "The SDK does not send it at all. The same call fails in the same way until the argument is right.",
  },
  WEBHOOK_NOT_VERIFIED: {
    type: "webhook_not_verified",
    message: "The webhook could not be verified. {why}",
    when: "`verifyWebhook` was given a request that is not Stanchion's, not of the last five minutes, or not as it was sent. `details.reason` says which: `missing_header`, `bad_timestamp`, `too_old`, `too_new`, `bad_signature` or `no_event`.",
    todo: "Answer 401 and do nothing else. If it was Stanchion's: give the body as the bytes that came, before a parser of JSON had them; the secret of this very endpoint; and look at this machine's clock.",
    retryable: "no",
    retry:
      "Nothing is sent by it. Stanchion sends the webhook again by itself when you answer anything but 2xx.",
  },
} as const satisfies Record<string, ClientErrorRow>;

export interface ClientErrorRow {
  /** `StanchionError.type`. */
  readonly type: string;
  /** What the error says, in English; `{name}` is filled in. */
  readonly message: string;
  readonly when: string;
  readonly todo: string;
  /** Is `StanchionError.retryable` true? */
  readonly retryable: "yes" | "no" | `if ${string}`;
  /** What the SDK does by itself, and what to mind when sending it again. */
  readonly retry: string;
}

export type ClientErrorCode = keyof typeof clientErrorTable;
export type ClientErrorType = (typeof clientErrorTable)[ClientErrorCode]["type"];

export const clientErrorCodes = Object.keys(clientErrorTable) as readonly ClientErrorCode[];
