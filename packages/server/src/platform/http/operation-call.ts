import {
  decodeId,
  type ErrorCode,
  fieldNamesOf,
  type IdKind,
  isNumberField,
  limits,
  type OperationShape,
  parseObject,
  type ValidationIssue,
} from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import { type ApiError, apiError, validationError } from "../errors/index.ts";
import type { Actor, ConsumerActor, MemberActor, Tenant } from "./actor.ts";

/** The schemas that operations take bodies and queries by; their type is all that is needed here. */
type Schema = NonNullable<OperationShape["body"]>;
type Output<S extends Schema> = NonNullable<S["~types"]>["output"];

const notFoundCodes: Partial<Record<IdKind, ErrorCode>> = {
  consumer: "CONSUMER_NOT_FOUND",
  product: "PRODUCT_NOT_FOUND",
  experience: "EXPERIENCE_NOT_FOUND",
  sequence: "SEQUENCE_NOT_FOUND",
  queue: "QUEUE_NOT_FOUND",
  organization: "ORGANIZATION_NOT_FOUND",
  draw: "DRAW_NOT_FOUND",
  session: "SESSION_NOT_FOUND",
  apiKey: "API_KEY_NOT_FOUND",
  member: "MEMBER_NOT_FOUND",
  invitation: "INVITATION_NOT_FOUND",
  webhookEndpoint: "WEBHOOK_ENDPOINT_NOT_FOUND",
  order: "ORDER_NOT_FOUND",
  hook: "HOOK_NOT_FOUND",
};

/** One call of one operation, as its verb sees it. Its body can be read (400 is behind us); whether its values keep the rules shows on reading. */
export class OperationCall {
  readonly request: FastifyRequest;
  readonly operation: OperationShape;
  private readonly body: unknown;
  private readonly bodyIssues: readonly ValidationIssue[];

  constructor(request: FastifyRequest, operation: OperationShape) {
    this.request = request;
    this.operation = operation;
    const parsed = parseBody(operation, request.body);
    this.body = parsed.value;
    this.bodyIssues = parsed.issues;
    // What anyone may read is made for caches, which add parameters of their own.
    const refusesQuery =
      operation.query === undefined && operation.access !== "anyone" && operation.access !== "signed";
    if (refusesQuery && request.raw.url?.includes("?")) refuseQuery(request);
  }

  get requestId(): string {
    return this.request.call.requestId;
  }

  get actor(): Actor {
    return this.request.call.actor;
  }

  /** Does the organization itself ask, by a secret key or a member? It sees what a publishable key does not. */
  get isByOperator(): boolean {
    const { actor } = this;
    return actor.kind === "member" || (actor.kind === "key" && actor.keyKind === "secret");
  }

  /** Who an Idempotency-Key belongs to, besides the organization. */
  get callerId(): string {
    const { actor } = this;
    if (actor.kind === "key") return actor.keyId;
    if (actor.kind === "member") return actor.memberId;
    throw new Error("the operation is not for keys and members");
  }

  get member(): MemberActor {
    const { actor } = this;
    if (actor.kind !== "member") throw new Error("the operation is not for members");
    return actor;
  }

  get consumer(): ConsumerActor {
    const { actor } = this;
    if (actor.kind !== "consumer") throw new Error("the operation is not for consumers");
    return actor;
  }

  get tenant(): Tenant {
    const { actor } = this;
    if (actor.kind === "anyone") throw new Error("the operation is for anyone");
    return actor.tenant;
  }

  /** A parameter of the path as it was sent. */
  pathParam(name: string): string {
    return (this.request.params as Record<string, string | undefined>)[name] ?? "";
  }

  /** The UUID of the id in the path; 404 of its kind where it is no id. */
  idParam(kind: IdKind, name = `${kind}Id`): string {
    const given = this.pathParam(name);
    const uuid = decodeId(kind, given);
    if (uuid === null) throw apiError(notFoundCodes[kind] ?? "ROUTE_NOT_FOUND");
    return uuid;
  }

  /** The body; 422 where a value breaks a rule. To be read after the things in the path were found, so that 404 and 403 come first. */
  readBody<S extends Schema>(_schema: S): Output<S> {
    if (this.bodyIssues.length > 0) throw validationError(this.bodyIssues);
    return this.body as Output<S>;
  }

  /** The body of an operation that takes a text. */
  readText(): string {
    return this.request.body as string;
  }

  /** The query, each parameter once; 400 where one is unknown or not valid. */
  readQuery<S extends Schema>(schema: S): Output<S> {
    return parseQuery(schema, this.request.query as Record<string, unknown>);
  }

  /**
   * The versions that If-Match names, any of which will do; null: whatever it is. A weak ETag can match nothing by HTTP's
   * rules, so it is refused at once instead of failing for ever.
   */
  expectedVersions(): readonly number[] | null {
    const given = this.request.headers["if-match"];
    if (given === undefined || given.trim() === "*") return null;
    if (!versionList.test(given)) throw parameterError("If-Match", '"<version>" or *', given);
    return Array.from(given.matchAll(/\d+/g), ([version]) => Number(version));
  }

  /** X-Fingerprint; FP003 where it is malformed, null where it was not sent. */
  fingerprint(): string | null {
    const given = this.request.headers["x-fingerprint"];
    if (given === undefined) return null;
    const value = Array.isArray(given) ? given.join(",") : given;
    if (!isFingerprint(value)) throw apiError("FP003");
    return value;
  }

  /** The Idempotency-Key without its quotes, or null. */
  idempotencyKey(): string | null {
    return readIdempotencyKey(this.request.headers["idempotency-key"]);
  }
}

const versionList = /^[ \t]*"\d{1,15}"(?:[ \t]*,[ \t]*"\d{1,15}")*[ \t]*$/;

const fingerprintPattern = new RegExp(
  `^[A-Za-z0-9_.:-]{${limits.fingerprintCharactersMin},${limits.fingerprintCharactersMax}}$`,
);

export function isFingerprint(value: string): boolean {
  return fingerprintPattern.test(value);
}

const visibleAscii = /^[\x21-\x7e]+$/;

export function readIdempotencyKey(given: string | string[] | undefined): string | null {
  if (given === undefined) return null;
  const value = Array.isArray(given) ? given.join(",") : given;
  const bare = value.startsWith('"') ? (/^"(.*)"$/.exec(value)?.[1] ?? value) : value;
  if (bare.length > limits.idempotencyKeyCharactersMax || !visibleAscii.test(bare))
    throw apiError("INVALID_IDEMPOTENCY_KEY");
  return bare;
}

function parseBody(
  operation: OperationShape,
  given: unknown,
): { value: unknown; issues: readonly ValidationIssue[] } {
  if (operation.textBody !== undefined && given === undefined) throw apiError("BODY_REQUIRED");
  if (operation.body === undefined || operation.takesBytes) return { value: undefined, issues: [] };
  if (given === undefined) {
    if (operation.bodyNeeded !== false) throw apiError("BODY_REQUIRED");
    return { value: {}, issues: [] };
  }
  if (given === null || typeof given !== "object" || Array.isArray(given))
    throw apiError("INVALID_JSON", { details: { expected: "object" } });
  const parsed = parseObject(operation.body, given);
  if (parsed.ok) return { value: parsed.value, issues: [] };
  if (parsed.unreadable.length > 0) {
    const code = parsed.unreadable.some((issue) => issue.type === "type")
      ? "INVALID_FIELD_TYPE"
      : "UNKNOWN_FIELD";
    throw apiError(code, { issues: parsed.issues });
  }
  return { value: undefined, issues: parsed.invalid };
}

function parseQuery<S extends Schema>(schema: S, query: Record<string, unknown>): Output<S> {
  const isNumber = (name: string, value: unknown): boolean =>
    isNumberField(schema, name) && /^-?\d+(\.\d+)?$/.test(String(value));
  const read = Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (Array.isArray(value)) throw parameterError(name, "one value", "several values");
      return [name, isNumber(name, value) ? Number(value) : value];
    }),
  );
  const parsed = parseObject(schema, read);
  if (parsed.ok) return parsed.value as Output<S>;
  const { issues } = parsed;
  throw apiError("INVALID_PARAMETER", {
    details: {
      parameter: String(issues[0]?.path[0]?.key ?? ""),
      ...(issues.some(({ type }) => type === "unknown_field") ? { known: fieldNamesOf(schema) } : {}),
    },
    issues,
  });
}

function refuseQuery(request: FastifyRequest): void {
  const [name] = Object.keys(request.query as Record<string, unknown>);
  if (name !== undefined) throw parameterError(name, "no such parameter", "a value");
}

/** A parameter, in the query or a header, that cannot be what it is. */
export function parameterError(given: string, expected: string, received: string): ApiError {
  const name = given.slice(0, limits.fieldNameCharactersMax).toWellFormed();
  const issue: ValidationIssue = {
    kind: "validation",
    type: "format",
    expected,
    received: received.slice(0, limits.receivedCharactersMax).toWellFormed(),
    message: `${name} must be ${expected}.`,
    path: [{ type: "object", key: name }],
  };
  return apiError("INVALID_PARAMETER", { details: { parameter: name }, issues: [issue] });
}

/** Refuses a change that was made for another version than the present one. */
export function requireVersion(call: OperationCall, version: number): void {
  const expected = call.expectedVersions();
  if (expected !== null && !expected.includes(version))
    throw apiError("CONCURRENT_MODIFICATION", { details: { version } });
}
