/** Every operation of the API: who may call it, what it takes, what it answers and how it refuses. */
import { type ErrorCode, errorCodes, errorTable } from "./errors.ts";
import type { IdKind } from "./ids.ts";
import { consumerOperations } from "./operations/consumer-operations.ts";
import { drawOperations } from "./operations/draw-operations.ts";
import { drawOutcomeOperations } from "./operations/draw-outcome-operations.ts";
import { experienceOperations } from "./operations/experience-operations.ts";
import { fairnessOperations } from "./operations/fairness-operations.ts";
import { hookOperations } from "./operations/hook-operations.ts";
import { memberOperations } from "./operations/member-operations.ts";
import type { OperationShape } from "./operations/operation-shape.ts";
import { orderOperations } from "./operations/order-operations.ts";
import { organizationOperations } from "./operations/organization-operations.ts";
import { productOperations } from "./operations/product-operations.ts";
import { queueOperations } from "./operations/queue-operations.ts";
import { serviceOperations } from "./operations/service-operations.ts";
import { sessionOperations } from "./operations/session-operations.ts";
import { webhookOperations } from "./operations/webhook-operations.ts";
import * as shapes from "./resources.ts";
import { leastRoles } from "./roles.ts";
import { neededScopes } from "./scopes.ts";

export type { Access, OperationShape } from "./operations/operation-shape.ts";

export const operations = {
  ...sessionOperations,
  ...consumerOperations,
  ...productOperations,
  ...experienceOperations,
  ...queueOperations,
  ...fairnessOperations,
  ...drawOperations,
  ...drawOutcomeOperations,
  ...orderOperations,
  ...hookOperations,
  ...memberOperations,
  ...organizationOperations,
  ...webhookOperations,
  ...serviceOperations,
} as const satisfies Record<string, OperationShape>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as readonly OperationName[];

const shapesByName = Object.fromEntries(
  operationNames.map((name): [string, OperationShape] => [
    name,
    { ...operations[name], leastRole: leastRoles[name], scope: neededScopes[name] },
  ]),
) as Readonly<Record<OperationName, OperationShape>>;

/** The operation of this name, seen through the common shape. */
export function operationOf(name: OperationName): OperationShape {
  return shapesByName[name];
}

const always: readonly ErrorCode[] = [
  "MALFORMED_REQUEST",
  "REQUEST_TIMEOUT",
  "URI_TOO_LONG",
  "HEADERS_TOO_LARGE",
  "INTERNAL_ERROR",
];

/** Does the operation look at a proof in the header DPoP: with a consumer's token, or to start or renew a session? */
export function readsProof({ access, takesProof }: OperationShape): boolean {
  return access === "consumer" || access === "maybeConsumer" || takesProof === true;
}

/** Every refusal that the operation can give: its own, and those that follow from what it takes. */
export function errorsOf(operation: OperationShape): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([...always, ...operation.errors]);
  const add = (...more: ErrorCode[]): void => {
    for (const code of more) codes.add(code);
  };
  // A stream that is refused says `busy` and ends: a browser's EventSource gives up for ever on a 503.
  const isStream = operation.answerType === "text/event-stream";
  if (!operation.path.startsWith("/health/live") && !isStream) add("DEPLOYING");
  if (operation.path.startsWith("/api/") || operation.path === "/health/ready") add("DATABASE_UNAVAILABLE");
  if (!operation.staysUp && !isStream) add("MAINTENANCE", "OVERLOADED");
  if (operation.rateClass !== null) add("RATE_LIMITED");
  if (operation.access === "publishable") add("PUBLISHABLE_KEY_REQUIRED");
  if (operation.access === "maybeConsumer") add("PUBLISHABLE_KEY_REQUIRED");
  if (operation.access === "consumer") add("PUBLISHABLE_KEY_REQUIRED", "AUTHENTICATION_REQUIRED");
  // A token that is bound to a device's key, and no proof by that key.
  if (operation.access === "consumer" || operation.access === "maybeConsumer") add("FP002");
  if (operation.access === "secret") add("SECRET_KEY_REQUIRED");
  if (operation.access === "member") add("AUTHENTICATION_REQUIRED");
  if (operation.access === "signed") add("INVALID_TOKEN");
  const isOpen = operation.access === "anyone" || operation.access === "signed";
  const needsCredential = !isOpen && operation.access !== "visitor";
  if (needsCredential) add("INVALID_TOKEN");
  if (needsCredential && operation.access !== "member") add("KEY_REVOKED", "TOKEN_EXPIRED");
  if (!isOpen) add("ORIGIN_NOT_ALLOWED", "INVALID_PARAMETER");
  const leastRole = operation.leastRole ?? null;
  if (leastRole !== null) add("TOKEN_EXPIRED");
  if (leastRole !== null && leastRole !== "viewer") add("INSUFFICIENT_ROLE");
  if ((operation.scope ?? null) !== null) add("INSUFFICIENT_SCOPE");
  if (operation.query !== undefined) add("INVALID_PARAMETER");
  if (operation.method !== "GET") add("PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE");
  if (operation.textBody !== undefined)
    add("INVALID_CSV", "UNKNOWN_FIELD", "BODY_REQUIRED", "VALIDATION_ERROR");
  else if (operation.method !== "GET") add("INVALID_JSON");
  // Every write can meet another one; a guest's start writes nothing.
  if (operation.method !== "GET" && operation.rateClass !== "guest") add("CONCURRENT_MODIFICATION");
  if (operation.body !== undefined) {
    // Other systems send what they like besides.
    if (!operation.takesBytes) add("UNKNOWN_FIELD");
    if (operation.body !== shapes.noBody) add("INVALID_FIELD_TYPE");
    if (operation.bodyNeeded !== false) add("BODY_REQUIRED", "VALIDATION_ERROR");
  }
  if (operation.idempotent)
    add("INVALID_IDEMPOTENCY_KEY", "IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_IN_PROGRESS");
  if (operation.ifMatch) add("INVALID_PARAMETER");
  return errorCodes
    .filter((code) => codes.has(code))
    .sort((a, b) => errorTable[a].status - errorTable[b].status);
}

/** The kinds of id that stand in paths, by the parameter's name. A request's can be the caller's own text. */
export const pathIdKinds: Readonly<Record<string, IdKind>> = {
  consumerId: "consumer",
  productId: "product",
  experienceId: "experience",
  sequenceId: "sequence",
  queueId: "queue",
  drawId: "draw",
  entryId: "entry",
  keyId: "apiKey",
  requestId: "request",
  sessionId: "session",
  memberId: "member",
  invitationId: "invitation",
  organizationId: "organization",
  webhookEndpointId: "webhookEndpoint",
  orderId: "order",
  hookId: "hook",
};
