import type { ClientErrorCode } from "./client-errors.ts";

/**
 * The error table: every refusal that the API can give. The server renders from it, the SDK has its types from it,
 * OpenAPI and the error pages are generated from it. Nobody types a status or a code anywhere else.
 *
 * `message` says what happened and what to do next; `{name}` is filled from the details. `when` is for the error's page.
 */
export interface ErrorRow {
  /** The type, snake_case: what a client switches on. */
  readonly error: string;
  readonly status: number;
  readonly message: string;
  /** What brings it about, for the error's page. */
  readonly when: string;
  /** What the caller's developer should do, for the error's page. */
  readonly todo: string;
}

const readAgain =
  "Read the message and correct the request; sending it again unchanged gives the same answer.";

export const errorTable = {
  // 400, 408, 413, 414, 415, 431: the request cannot be read.
  INVALID_JSON: {
    error: "bad_request",
    status: 400,
    message:
      "The body is not JSON that can be taken: one object in UTF-8, at most 64 levels deep, without a member named __proto__.",
    when: "The body cannot be parsed, is not an object, nests deeper than 64 levels or has a member named __proto__.",
    todo: readAgain,
  },
  INVALID_CSV: {
    error: "bad_request",
    status: 400,
    message: "The body is not a CSV table that can be read. See details for the line and the reason.",
    when: "The body is no UTF-8, a quote is not closed or stands where none can, a line has more or fewer cells than the first, or a column stands there twice.",
    todo: readAgain,
  },
  BODY_REQUIRED: {
    error: "bad_request",
    status: 400,
    message: "This operation needs a JSON body. Send one with Content-Type: application/json.",
    when: "The operation takes a body and none was sent.",
    todo: readAgain,
  },
  INVALID_FIELD_TYPE: {
    error: "bad_request",
    status: 400,
    message: "A field has the wrong JSON type. See issues for each field.",
    when: "A field is, for example, a number where the operation takes a text.",
    todo: "Correct every field that issues names; the last element of each path is the field.",
  },
  UNKNOWN_FIELD: {
    error: "bad_request",
    status: 400,
    message:
      "The body has a field that this operation does not know. See issues; remove it or correct its spelling.",
    when: "A member of the body is not part of the operation.",
    todo: "Remove the field or correct its spelling.",
  },
  INVALID_PARAMETER: {
    error: "bad_request",
    status: 400,
    message: "The parameter {parameter} is not valid. See issues.",
    when: "A query parameter or a header has a value that it cannot have; or a query parameter is unknown, where details.known lists those that the operation has.",
    todo: readAgain,
  },
  MISSING_PARAMETER: {
    error: "bad_request",
    status: 400,
    message: "The parameter {parameter} is missing. Add it to the request.",
    when: "A query parameter or header that the operation needs was not sent.",
    todo: readAgain,
  },
  INVALID_IDEMPOTENCY_KEY: {
    error: "bad_request",
    status: 400,
    message: "The Idempotency-Key must be 1 to 255 visible ASCII characters.",
    when: "The header is empty, too long or has characters outside visible ASCII.",
    todo: "Use a random key for each operation, such as a UUID.",
  },
  MALFORMED_REQUEST: {
    error: "bad_request",
    status: 400,
    message: "The request is not valid HTTP. Check the client or proxy that sent it.",
    when: "The HTTP parser refused the request before any operation was found.",
    todo: "Check the HTTP client and every proxy between it and this server.",
  },
  FP001: {
    error: "bad_request",
    status: 400,
    message: "This needs a device fingerprint. Send the X-Fingerprint header.",
    when: "The queue or draw requires a fingerprint and none was sent.",
    todo: "Send X-Fingerprint with the same value on every call from one device.",
  },
  FP003: {
    error: "bad_request",
    status: 400,
    message: "The device fingerprint is malformed. Use 8 to 128 of the characters A-Z a-z 0-9 _ . : -",
    when: "X-Fingerprint is too short, too long or has other characters.",
    todo: readAgain,
  },
  REQUEST_TIMEOUT: {
    error: "bad_request",
    status: 408,
    message: "The request arrived too slowly. Send it again on a better connection.",
    when: "Headers or body did not arrive within the time limit.",
    todo: "Send the request again.",
  },
  URI_TOO_LONG: {
    error: "bad_request",
    status: 414,
    message: "The address is longer than 8 KiB. Put data into the body instead.",
    when: "The request's address is over 8 KiB.",
    todo: readAgain,
  },
  HEADERS_TOO_LARGE: {
    error: "bad_request",
    status: 431,
    message: "The headers are too large. Send fewer or shorter headers and cookies.",
    when: "All headers together are over 16 KiB.",
    todo: readAgain,
  },
  PAYLOAD_TOO_LARGE: {
    error: "payload_too_large",
    status: 413,
    message: "The body is over the limit of {limitBytes} bytes. Send less at once.",
    when: "The body is over 1 MiB, or over the limit that the operation names.",
    todo: readAgain,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    error: "unsupported_media_type",
    status: 415,
    message: "Send the body as Content-Type: {mediaType} in UTF-8, without a Content-Encoding.",
    when: "The body has another media type, another charset or a Content-Encoding, such as gzip.",
    todo: readAgain,
  },

  // 401
  AUTHENTICATION_REQUIRED: {
    error: "unauthorized",
    status: 401,
    message:
      "This operation needs a session: a consumer's access token as Authorization: Bearer, or for members the cookie of who is signed in.",
    when: "No credential was sent, or one of another kind.",
    todo: "As a consumer, start a session with POST /api/v1/auth/guest and send its access token; as a member, sign in with POST /api/v1/members/sign-in.",
  },
  PUBLISHABLE_KEY_REQUIRED: {
    error: "unauthorized",
    status: 401,
    message: "This operation needs a publishable key. Send it in the X-Publishable-Key header.",
    when: "The X-Publishable-Key header is missing.",
    todo: "Send the pk_test_ or pk_live_ key of your organization.",
  },
  SECRET_KEY_REQUIRED: {
    error: "unauthorized",
    status: 401,
    message:
      "This operation needs a secret key. Send Authorization: Bearer sk_… from your server, never from a browser.",
    when: "The operation is for servers, and the call has no secret key.",
    todo: "Call it from your server with an sk_test_ or sk_live_ key.",
  },
  INVALID_TOKEN: {
    error: "invalid_token",
    status: 401,
    message:
      "The credential is not valid here. Check that it is complete and belongs to this server and organization. {hint}",
    when: "A key or token is malformed, forged, unknown, revoked or spent, or two credentials do not belong together. details.field names where it was: the member of the body, or the header of a key (with details.credential apiKey) or of a proof.",
    todo: "For a key: copy it again; the session that came with it is still good. For a consumer: start a new session. For an invitation: have another sent. For a new password: ask for another mail.",
  },
  TOKEN_REUSED: {
    error: "invalid_token",
    status: 401,
    message: "This refresh token was used before, so the session was ended. Start a new session.",
    when: "A refresh token was presented again after its successor was used, or later than 10 seconds after it was issued.",
    todo: "Keep only the newest refresh token. If you did, someone else may have copied it.",
  },
  KEY_REVOKED: {
    error: "invalid_token",
    status: 401,
    message: "This API key was revoked. Use another key of the organization.",
    when: "The key was revoked, or it was rotated and the time in which the old one went on is over.",
    todo: "Use the key that took its place, or make a new one and deploy it.",
  },
  TOKEN_EXPIRED: {
    error: "token_expired",
    status: 401,
    message:
      "The token or key has expired. Refresh the session, ask for a new admission token, or use another API key, and try again.",
    when: "The token was good once and its time is over; so too a member's session, an API key that had an expiry (details.credential is apiKey), and an invitation or the token for a new password (details.field is token).",
    todo: "Access token: POST /api/v1/auth/refresh. Admission token: read the entry's status again. Member: sign in again. API key: make a new one and deploy it. Invitation: have another sent. New password: ask for another mail.",
  },

  INVALID_CREDENTIALS: {
    error: "invalid_credentials",
    status: 401,
    message: "The e-mail address or the password is not right. Check both, or ask for a new password.",
    when: "A member's password is wrong, or nobody has this address. Said alike of known and unknown addresses, in the same time.",
    todo: "Let the person type both again, or reset the password by mail.",
  },
  SECOND_FACTOR_REQUIRED: {
    error: "invalid_credentials",
    status: 401,
    message:
      "The password is right. Send it again together with a code of the authenticator, or a recovery code.",
    when: "A member whose second factor is on signs in without a code.",
    todo: "Ask the person for the code and send it as `code`, with address and password as before.",
  },
  INVALID_OTP: {
    error: "invalid_credentials",
    status: 401,
    message: "The code is not right. Check it, or ask for a new one.",
    when: "The one-time code is wrong, was used already, or no code was asked for. Said alike of known and unknown addresses. Of members: the code of the authenticator or the recovery code is wrong or was used.",
    todo: "Let the person type the code of the newest mail again. After five wrong codes only a new one helps.",
  },
  OTP_EXPIRED: {
    error: "invalid_credentials",
    status: 401,
    message: "The code was right and its time is over. Ask for a new one.",
    when: "The one-time code is the last one that was sent, and older than 10 minutes.",
    todo: "Ask for a new code.",
  },

  // 403
  OTHER_ORGANIZATION: {
    error: "forbidden",
    status: 403,
    message: "This belongs to another organization. Check the id and the key.",
    when: "The id exists, in an organization that the credential does not belong to.",
    todo: "Use the key of the organization that owns it.",
  },
  INSUFFICIENT_ROLE: {
    error: "forbidden",
    status: 403,
    message: "This needs the role {roleNeeded}. {hint}",
    when: "A member called an operation that needs a higher role, or a member or a secret key, which counts as an admin, would give or take a role above its own; details.roleNeeded names the least that may.",
    todo: "Let a member of that role do it, or have the role changed by an admin or owner.",
  },
  INSUFFICIENT_SCOPE: {
    error: "forbidden",
    status: 403,
    message: "The secret key lacks the scope {scope}. Use a key that has it.",
    when: "The operation needs a scope that the secret key was not given, or the key would give another key what it has not itself.",
    todo: "Make a key with the scope that details name. Whoever lacks one that can make keys makes it on the host: stanchion keys create.",
  },
  RESOURCE_RESTRICTED: {
    error: "forbidden",
    status: 403,
    message: "This is not open to you. {hint}",
    when: "The operator has blocked the consumer, the queue or draw asks for a higher entry level (details.entryLevel), or the page is for the server's own machine only (/dev/mailbox, /metrics), reached through no proxy. Who was blocked or taken out is told so in details.hint.",
    todo: "Where details name an entry level, let the consumer confirm first; a block is lifted only by the operator.",
  },
  EMAIL_REQUIRED: {
    error: "forbidden",
    status: 403,
    message:
      "No e-mail address is known to be yours. Confirm one by a code, with this session's token, and ask again: your place is kept.",
    when: "A mail is asked for by a guest, or by a consumer whose address was neither confirmed by a code nor vouched for by the shop.",
    todo: "Ask for the address, then call POST /api/v1/auth/otp/request and POST /api/v1/auth/otp/verify with the present access token; go on with the tokens that come back.",
  },
  ORIGIN_NOT_ALLOWED: {
    error: "forbidden",
    status: 403,
    message: "A page of this web origin may not ask this. {hint}",
    when: "A browser page of an origin that the organization does not list used a key, a secret key came from a browser, or a member's cookie came from a page that is not this server's own, or for a write without an Origin.",
    todo: "For a key of your pages: add the origin to the organization's allowed origins. For members: call from a page at the server's own address, PUBLIC_URL. Never put a secret key into a web page.",
  },
  FP002: {
    error: "forbidden",
    status: 403,
    message: "This call was not shown to come from the device that it belongs to. {hint}",
    when: "With details.credential: the token is bound to a device's key, and details.reason says what is amiss: it was sent as Bearer (sent_as_bearer), without a proof (no_proof), or with a proof by another key (other_key). Without: the device is not the one that entered.",
    todo: "For sent_as_bearer send Authorization: DPoP <token>; for no_proof add the header DPoP; for other_key go on with the device that began, or start a new session on this one. Without details.credential: go on with the device that entered.",
  },

  // 404, 405
  ROUTE_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such address. Check the path against the reference.",
    when: "No operation has this path; details.didYouMean names a near one where there is one.",
    todo: "Correct the path.",
  },
  CONSUMER_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such consumer. Check the id, and whether the key is for test or live.",
    when: "The id is no consumer's, of the other mode, deleted (details.deleted), or of a guest who has not entered anywhere yet.",
    todo: readAgain,
  },
  PRODUCT_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such product. Check the id, and whether the key is for test or live.",
    when: "The id is no product's, or of the other mode, or deleted (details.deleted).",
    todo: readAgain,
  },
  EXPERIENCE_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such experience. Check the id, and whether the key is for test or live.",
    when: "The id is no experience's, or of the other mode, or deleted (details.deleted).",
    todo: readAgain,
  },
  API_KEY_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such API key. Check the id, and whether yours is for test or live.",
    when: "The id is no API key's, or of a key of the other mode. A revoked key can still be read.",
    todo: readAgain,
  },
  WEBHOOK_ENDPOINT_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such webhook endpoint. Check the id, and whether the key is for test or live.",
    when: "The id is no webhook endpoint's, or of the other mode, or deleted (details.deleted).",
    todo: readAgain,
  },
  SEQUENCE_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such sequence. Check the id, and whether the key is for test or live.",
    when: "The id is no sequence's, or of the other mode, or deleted (details.deleted).",
    todo: readAgain,
  },
  QUEUE_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such queue. Check the id, and whether the key is for test or live.",
    when: "The id is no queue's, or of the other mode, or deleted (details.deleted).",
    todo: readAgain,
  },
  ORGANIZATION_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such organization. Check the id.",
    when: "The id is no organization's.",
    todo: "Take the id from a receipt's or a draw's rules (organizationId).",
  },
  DRAW_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such draw. Check the id, and whether the key is for test or live.",
    when: "The id is no draw's, or of the other mode, or deleted (details.deleted).",
    todo: readAgain,
  },
  ENTRY_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "The frozen list of this draw has no such entry. Check the id.",
    when: "The id is no entry's of the draw, or of one that was out before the list was frozen.",
    todo: "Take the id from the receipt. Why an entry was out, the proof's removals say by its number.",
  },
  SEGMENT_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such segment of this line. Segments are numbered from 0 to the one of lastTicket.",
    when: "The segment is no number, or beyond the line's last ticket.",
    todo: "Work out the segment as floor(rank / 4096).",
  },
  NOT_IN_QUEUE: {
    error: "not_found",
    status: 404,
    message: "This consumer never entered this queue. Enter or check both ids.",
    when: "The consumer has no entry in the queue.",
    todo: "As a fan, call enter and keep to one session: it holds the place. As a shop, check consumerId.",
  },
  NOT_IN_DRAW: {
    error: "not_found",
    status: 404,
    message: "This consumer never entered this draw. Enter or check both ids.",
    when: "The consumer has no entry in the draw.",
    todo: "As a fan, call enter and keep to one session: it holds the entry. As a shop, check consumerId.",
  },
  ORDER_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such order. Check the id, and whether the key is for test or live.",
    when: "The id is no order's, or of the other mode.",
    todo: readAgain,
  },
  HOOK_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such hook. Check the id, and whether the key is for test or live.",
    when: "The id is no hook's, or of the other mode, or deleted (details.deleted). A shop system is told so too.",
    todo: "As a shop system, call the hook's url as it was shown when the hook was made. Else read the message and correct the id.",
  },
  MEMBER_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such member in the organization. Check the id.",
    when: "The id is no member's, or of one who was taken out (details.deleted).",
    todo: readAgain,
  },
  INVITATION_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "There is no such invitation. Check the id.",
    when: "The id is no invitation's.",
    todo: readAgain,
  },
  SESSION_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message: "You have no such session. It may have ended already.",
    when: "The id is no session's of who asks, or the session has ended.",
    todo: "List your sessions again.",
  },
  REQUEST_NOT_FOUND: {
    error: "not_found",
    status: 404,
    message:
      "No request with this id is kept here. Check the id, and whether the key is for test or live; not every request is kept.",
    when: "No kept request of the organization and mode has this id. For 7 days are kept: refusals, what a secret key wrote, and answers that took over a second. Of many equal refusals at once the newest are kept; other successes are not.",
    todo: "Copy the id from requestId or X-Request-Id again. An answer of the last second may still be on its way: ask once more. What is not kept can be found in the server's log by its operator, where the answer was a refusal.",
  },
  METHOD_NOT_ALLOWED: {
    error: "method_not_allowed",
    status: 405,
    message: "This address does not take {method}. See the Allow header.",
    when: "The path exists and the method does not.",
    todo: "Use a method of the Allow header.",
  },

  // 409
  ALREADY_IN_QUEUE: {
    error: "already_in_queue",
    status: 409,
    message: "This consumer is already in the queue. The place is kept; the details are the entry.",
    when: "enter was called again while the consumer has a live entry.",
    todo: "Use the details as the answer: they are the present entry. No further call is needed.",
  },
  ALREADY_REGISTERED: {
    error: "already_registered",
    status: 409,
    message: "This consumer is already in the draw. The entry is kept; the details are the entry.",
    when: "enter was called again while the consumer is in the draw.",
    todo: "Use the details as the answer: they are the present entry, with a receipt. No further call is needed.",
  },
  ALREADY_EXISTS: {
    error: "already_exists",
    status: 409,
    message: "Something with the id {id} exists already. Use another id, or leave it out.",
    when: "A create gave an id that is taken.",
    todo: "Read the existing thing, or create with another id.",
  },
  CONCURRENT_MODIFICATION: {
    error: "concurrent_modification",
    status: 409,
    message: "It was changed by someone else meanwhile. Read it again, then repeat your change.",
    when: "If-Match does not name the present version, or a lock could not be had in time.",
    todo: "Read the resource, apply your change to what it is now, and send it with the new ETag.",
  },
  QUEUE_FULL: {
    error: "conflict",
    status: 409,
    message: "Nobody more can join now: at most {limit} may wait, and as many do. {hint}",
    when: "As many people wait as the queue's `capacity` allows; or, where `details.quota` is `people`, as many in all lines and draws of the organization together as whoever runs the server lets it have. `details.hint` says which it is.",
    todo: "Tell the fan that the line is full; a place may come free. Against the quota of people: close other queues, or ask whoever runs the server for a larger one.",
  },
  QUOTA_EXCEEDED: {
    error: "conflict",
    status: 409,
    message: "The organization has used up its quota of {quota}: {used} of {limit}. {hint}",
    when: "Whoever runs the server has set how many open queues and draws the organization may have, or how many messages may go out in its name within 24 hours, and this would be one more. `details` name the quota.",
    todo: "For `openQueues` close or delete queues that are done, or wait until a draw has closed. For `deliveries` wait until `details.resetsAt`. Or ask whoever runs the server for more; `GET /organizations/current` shows what is used. Then send the request with a new Idempotency-Key: under the old one this answer is kept.",
  },
  QUEUE_CLOSED: {
    error: "conflict",
    status: 409,
    message: "The queue is closed and takes nobody any more.",
    when: "The queue was closed by hand or by its schedule.",
    todo: "Tell the fan that entry is over.",
  },
  DRAW_FULL: {
    error: "conflict",
    status: 409,
    message: "Nobody more can enter now: at most {limit} may be in, and as many are. {hint}",
    when: "As many people are in the draw as its `capacity` allows; or, where `details.quota` is `people`, as many in all lines and draws of the organization together as whoever runs the server lets it have. `details.hint` says which it is.",
    todo: "Tell the fan that the draw is full; a place comes free when someone leaves before the close. Against the quota of people: wait until another draw has closed, or ask whoever runs the server for a larger one.",
  },
  DRAW_CLOSED: {
    error: "conflict",
    status: 409,
    message: "The draw takes nobody any more: {state}.",
    when: "The draw's closeAt has passed, its experience has closed, or it was cancelled; details.state says which.",
    todo: "Tell the fan that entry is over.",
  },
  ADMISSION_EXPIRED: {
    error: "conflict",
    status: 409,
    message: "The admission has expired. Only a queue can be entered again.",
    when: "The time to buy is over; for complete, the grace after it too.",
    todo: "Send the fan back to the line. In a draw there is no second turn.",
  },
  ADMISSION_USED: {
    error: "conflict",
    status: 409,
    message: "The admission was used already: it is good for one completion.",
    when: "The admission was completed before, or completed for another order; or another order of it is being paid (details.orderId).",
    todo: "Treat it as spent; do not start a second checkout with it. An order that is being paid is cancelled first.",
  },
  ALREADY_COMPLETED: {
    error: "conflict",
    status: 409,
    message: "This consumer has completed here already, and that is final.",
    when: "The consumer's entry is COMPLETED, in a queue or a draw.",
    todo: "Show the fan the order. A completion is not taken back.",
  },
  ADMISSIONS_EXHAUSTED: {
    error: "conflict",
    status: 409,
    message: "No more people can be admitted now: {cap} is reached ({limit}).",
    when: "admit would pass maxConcurrentAdmissions or maxAdmissions.",
    todo: "Wait until a place comes free, or raise the cap.",
  },
  OUT_OF_STOCK: {
    error: "conflict",
    status: 409,
    message: "There is not enough left of what is to be held or sold.",
    when: "An admission by hand, an order or a draw needs more units than are available.",
    todo: "details.items says how many there are of each. Ask for fewer, raise the stock, or wait: what is held may come free.",
  },
  RESOURCE_IN_USE: {
    error: "conflict",
    status: 409,
    message: "This is still in use and cannot be deleted. {hint}",
    when: "A delete would take away something that has live entries or children; details count them, and details.hint says what to do.",
    todo: "Close the queue and let it drain, delete the children first, or take a product out of the experiences that offer it. A draw in which somebody is cannot be deleted, only called off: POST /api/v1/draws/{id}/cancel.",
  },
  INVALID_STATE: {
    error: "conflict",
    status: 409,
    message: "This cannot be done in the present state, {state}. {hint}",
    when: "The state in details does not allow the operation.",
    todo: "Do what `details.hint` says; `details.state` names what stands in the way.",
  },
  LAST_OWNER: {
    error: "conflict",
    status: 409,
    message: "This is the last owner of the organization. Make somebody else an owner first.",
    when: "The last owner would leave, be taken out or get a lower role.",
    todo: "Invite or raise another owner, then try again.",
  },
  IDENTITY_TAKEN: {
    error: "conflict",
    status: 409,
    message:
      "This address belongs to someone who is known here already, and this session holds places of its own. Sign in without the session to go on as that person, or leave those places first.",
    when: "A guest who waits or is admitted somewhere confirmed an address that another consumer has. Nothing was merged, and the code is still good.",
    todo: "Ask the person: go on as the guest, or call verify without the guest's token and give the guest's places up.",
  },
  IDEMPOTENCY_IN_PROGRESS: {
    error: "conflict",
    status: 409,
    message: "A request with this Idempotency-Key is still under way. Wait a moment and send it again.",
    when: "The first request with the key has not been answered yet.",
    todo: "Wait and repeat with the same key.",
  },

  // 422, 423, 429
  VALIDATION_ERROR: {
    error: "validation_error",
    status: 422,
    message: "The body can be read, but some values break a rule. See issues for each field.",
    when: "A field is missing, too long, out of bounds or names something that does not exist.",
    todo: "Correct every field that issues names.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    error: "validation_error",
    status: 422,
    message: "This Idempotency-Key was used for another request. Use a new key for each operation.",
    when: "The same key came with another body or path within 24 hours.",
    todo: "Make a new key for each new operation; repeat a key only to repeat the same request.",
  },
  QUEUE_NOT_OPEN: {
    error: "not_open_yet",
    status: 423,
    message: "The queue opens at {openAt}. {hint}",
    when: "The queue's openAt is in the future, and where its order is drawn at the opening its joinFrom too.",
    todo: "Wait for Retry-After seconds; the SDK does so with waitForOpening.",
  },
  DRAW_NOT_OPEN: {
    error: "not_open_yet",
    status: 423,
    message: "The draw opens at {openAt}. Come back then: coming early is no advantage.",
    when: "The draw's openAt is in the future.",
    todo: "Wait for Retry-After seconds.",
  },
  RATE_LIMITED: {
    error: "rate_limited",
    status: 429,
    message: "Too many requests. {hint} Wait {retryAfter} s before the next try.",
    when: "More calls of the class in details.class came than its limit allows in its window; or more wrong one-time codes than one may try, or more codes asked for than are sent to one address.",
    todo: "Wait for Retry-After seconds; spread your calls.",
  },

  // 5xx
  INTERNAL_ERROR: {
    error: "internal_error",
    status: 500,
    message: "Something went wrong on our side. Try again; if it stays, tell us the request id.",
    when: "A fault of the server. It is logged with the request id.",
    todo: "Try again later and report the request id.",
  },
  MAINTENANCE: {
    error: "service_unavailable",
    status: 503,
    message: "We are closed for planned maintenance. Your place is kept; try again in {retryAfter} s.",
    when: "The operator has announced maintenance; details.message is what the operator says about it, where there is something to say. Nobody is admitted meanwhile, and time to check out does not run.",
    todo: "Wait for Retry-After seconds and send the request again. Show details.message to people, as plain text.",
  },
  DEPLOYING: {
    error: "service_unavailable",
    status: 503,
    message: "The server is restarting. Your place is kept; try again in a moment.",
    when: "The process is stopping and takes no new work.",
    todo: "Wait for Retry-After seconds and send the request again.",
  },
  OVERLOADED: {
    error: "service_unavailable",
    status: 503,
    message: "The server has more to do than it can. Your place is kept; try again in a moment.",
    when: "Too much is under way at once.",
    todo: "Wait for Retry-After seconds and send the request again.",
  },
  DATABASE_UNAVAILABLE: {
    error: "service_unavailable",
    status: 503,
    message: "The database cannot be reached right now. Your place is kept; try again in a moment.",
    when: "The connection to the database was lost, or it is starting, stopping or out of connections.",
    todo: "Wait for Retry-After seconds. The outcome of a write is unknown: repeat it with the same Idempotency-Key.",
  },
  UPSTREAM_UNAVAILABLE: {
    error: "service_unavailable",
    status: 503,
    message:
      "A service that this needs has failed several times and is left alone for a moment. Try again in {retryAfter} s.",
    when: "The mail provider failed several times in a row. It is tried again by itself.",
    todo: "Wait for Retry-After seconds and send the request again.",
  },
  MAIL_PROVIDER_FAILED: {
    error: "upstream_error",
    status: 502,
    message: "The mail could not be sent. {hint}",
    when: "The mail provider refused the mail or could not be reached; or, with live keys, none is configured, which details.hint says. The cause is in the server's log under the request id.",
    todo: "Where none is configured, no mail goes out until whoever runs the server has set SMTP_URL and MAIL_FROM. Else try again; if it stays, let the operator look into the log for the request id, and at SMTP_URL.",
  },
  MAIL_PROVIDER_TIMEOUT: {
    error: "upstream_timeout",
    status: 504,
    message:
      "The mail provider did not answer in time. The mail may still arrive; if it does not, try again.",
    when: "Connecting to the mail provider and handing the mail over took longer than it may.",
    todo: "Wait a moment for the mail, then try again.",
  },
  BEACON_FAILED: {
    error: "upstream_error",
    status: 502,
    message: "No address gave a round of this beacon that its key has signed. Draws wait for theirs.",
    when: "Whoever runs the server has named addresses of a randomness beacon that cannot be reached, refuse, or answer what the chain's key did not sign. Each one's reason is in the server's log under the request id.",
    todo: "Try again in a moment. If it stays, let the operator look into the log for the request id, and at DRAND_URLS.",
  },
  BEACON_TIMEOUT: {
    error: "upstream_timeout",
    status: 504,
    message: "The randomness beacon did not answer in time. Draws wait for their round.",
    when: "No address of the randomness beacon answered within five seconds.",
    todo: "Try again in a moment. If it stays, let the operator look whether the server reaches the addresses of DRAND_URLS.",
  },
} as const satisfies Record<string, ErrorRow>;

/** The finer word of an error, SCREAMING_SNAKE or FPnnn. */
export type ErrorCode = keyof typeof errorTable;
/** The type of an error, snake_case: what a client switches on. */
export type ErrorType = (typeof errorTable)[ErrorCode]["error"];

export const errorCodes = Object.keys(errorTable) as readonly ErrorCode[];

/** One broken rule of one field. */
export interface ValidationIssue {
  readonly kind: "validation";
  readonly type: IssueType;
  readonly expected: string;
  readonly received: string;
  readonly message: string;
  /** From the body down to the field; empty for the body as a whole. A client reads the field from the last element. */
  readonly path: readonly { readonly type: "object" | "array"; readonly key: string | number }[];
}

export const issueTypes = [
  "required",
  "email",
  "min_length",
  "max_length",
  "pattern",
  "unique",
  "type",
  "unknown_field",
  "min_value",
  "max_value",
  "enum",
  "format",
  "reference",
  "order",
] as const;
export type IssueType = (typeof issueTypes)[number];

/** The one shape of every answer that is not a success. */
export interface ErrorBody {
  readonly error: ErrorType;
  readonly message: string;
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues?: readonly ValidationIssue[];
  readonly requestId: string;
  readonly retryable: boolean;
  readonly docs: string;
}

/** May the same request succeed later, unchanged? */
export function isRetryable(code: ErrorCode, sentIfMatch = false): boolean {
  const { status } = errorTable[code];
  if (code === "IDEMPOTENCY_IN_PROGRESS") return true;
  if (code === "CONCURRENT_MODIFICATION") return !sentIfMatch;
  return status === 408 || status === 423 || status === 429 || status >= 500;
}

/** The path of an error's page under the server's address. */
export function errorPagePath(code: ErrorCode | ClientErrorCode): string {
  return `/docs/errors/${code}`;
}
