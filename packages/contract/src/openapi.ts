/** The OpenAPI 3.1 document, made from the operations and the error table. */
import { type ErrorCode, errorTable, issueTypes } from "./errors.ts";
import { answerSchema, bounded, inputSchema } from "./json-schemas.ts";
import { limits } from "./limits.ts";
import { descriptionOf, documentDescription, documentTags, parameterDescription } from "./operation-texts.ts";
import {
  errorsOf,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
  readsProof,
} from "./operations.ts";
import { rateClasses } from "./rate-classes.ts";

type Json = Record<string, unknown>;

/**
 * The whole document. `serverUrl` is the public address of the server; the document has no other varying part.
 *
 * @example openapiDocument("https://line.example.com")
 */
export function openapiDocument(serverUrl: string): Json {
  const paths: Record<string, Json> = {};
  const refusals = new Refusals();
  for (const name of operationNames) {
    const operation = operationOf(name);
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = operationObject(name, operation, refusals);
    paths[operation.path] = path;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Stanchion",
      version: "1.0.0",
      summary: "Fair lines for launches that far more people want than there is of it",
      description: documentDescription,
      contact: { name: "The operator of this server" },
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [
      {
        url: serverUrl,
        description: "Production: this server, for test and live keys.",
        "x-internal": false,
      },
    ],
    tags: documentTags(),
    paths,
    components: {
      securitySchemes: {
        publishableKey: { type: "apiKey", in: "header", name: "X-Publishable-Key" },
        consumerToken: {
          type: "http",
          scheme: "bearer",
          description:
            "A consumer's access token. One that is bound to a device's key (`tokenType` is `DPoP`) is sent as `Authorization: DPoP <token>`, with a proof in the header `DPoP`.",
        },
        secretKey: { type: "http", scheme: "bearer", description: "A secret key, from servers only." },
        memberSession: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-stanchion_session",
          description:
            "The session of a member. Writes need an Origin of this server's own. Over plain http on the machine itself the cookie is called stanchion_session.",
        },
      },
      headers: sharedHeaders,
      responses: refusals.components,
      schemas: { Error: bounded(errorSchema, ""), Problem: bounded(problemSchema, "") },
    },
  };
}

function operationObject(name: OperationName, operation: OperationShape, refusals: Refusals): Json {
  const responses: Record<string, Json> = { [String(operation.status)]: successResponse(operation) };
  if (operation.takesRange) responses["206"] = part;
  if (operation.ifNoneMatch) responses["304"] = notModified;
  for (const [status, codes] of codesByStatus(errorsOf(operation)))
    responses[status] = refusals.reference(codes, operation.rateClass !== null);
  return {
    operationId: name,
    tags: [operation.tag],
    summary: operation.summary,
    description: descriptionOf(operation),
    "x-access": operation.access,
    ...((operation.scope ?? null) === null ? {} : { "x-scope": operation.scope }),
    ...(operation.rateClass === null ? {} : { "x-rate-class": operation.rateClass }),
    security: security(operation),
    parameters: parameters(operation),
    ...requestBody(operation),
    responses,
  };
}

function requestBody({ body, bodyNeeded, textBody }: OperationShape): Json {
  if (textBody !== undefined) {
    const schema = { type: "string", pattern: "^[^\\u0000]*$", maxLength: textBody.bytesMax };
    return { requestBody: { required: true, content: { [textBody.mediaType]: { schema } } } };
  }
  if (body === undefined) return {};
  const content = { "application/json": { schema: inputSchema(body) } };
  return { requestBody: { required: bodyNeeded !== false, content } };
}

/** The error responses of all operations, each kept once: most operations refuse in the same few ways. */
class Refusals {
  readonly components: Record<string, Json> = {};

  reference(codes: readonly ErrorCode[], isLimited: boolean): Json {
    const name = `${codes.join("-")}${isLimited ? "" : ".unlimited"}`;
    this.components[name] ??= errorResponse(codes, isLimited);
    return { $ref: `#/components/responses/${name}` };
  }
}

function codesByStatus(codes: readonly ErrorCode[]): Map<string, ErrorCode[]> {
  const groups = new Map<string, ErrorCode[]>();
  for (const code of codes) {
    const status = String(errorTable[code].status);
    groups.set(status, [...(groups.get(status) ?? []), code]);
  }
  return groups;
}

function security(operation: OperationShape): Json[] {
  const isForMembers = operation.leastRole !== null && operation.access !== "member";
  return [...securityOf(operation), ...(isForMembers ? [{ memberSession: [] }] : [])];
}

function securityOf({ access }: OperationShape): Json[] {
  // Not an empty list: that nobody needs to say who he is, is meant.
  if (access === "anyone" || access === "visitor" || access === "signed") return [{}];
  if (access === "member") return [{ memberSession: [] }];
  if (access === "publishable") return [{ publishableKey: [] }, { secretKey: [] }];
  if (access === "maybeConsumer")
    return [{ publishableKey: [] }, { publishableKey: [], consumerToken: [] }, { secretKey: [] }];
  if (access === "consumer") return [{ publishableKey: [], consumerToken: [] }];
  return [{ secretKey: [] }];
}

function parameters(operation: OperationShape): Json[] {
  const found: Json[] = [];
  for (const [, name = ""] of operation.path.matchAll(/\{(\w+)\}/g)) {
    const schema =
      name === "segment" ? { type: "string", pattern: "^\\d+$", maxLength: 10 } : { type: "string" };
    const description = parameterDescription(name);
    found.push({ name, in: "path", required: true, description, schema: bounded(schema, name) });
  }
  if (operation.query !== undefined) {
    const { properties } = inputSchema(operation.query) as { properties: Record<string, Json> };
    for (const [name, schema] of Object.entries(properties))
      found.push({ name, in: "query", required: false, description: parameterDescription(name), schema });
  }
  const header = (name: string, description: string, pattern: string, maxLength: number): void => {
    const schema = { type: "string", pattern, maxLength };
    found.push({ name, in: "header", required: false, description, schema });
  };
  const { requestIdCharactersMax, idempotencyKeyCharactersMax, fingerprintCharactersMax } = limits;
  const visible = "^[\\u0021-\\u007e]+$";
  header(
    "X-Request-Id",
    "Kept when well-formed, else replaced.",
    `^[A-Za-z0-9_-]{1,${requestIdCharactersMax}}$`,
    requestIdCharactersMax,
  );
  if (operation.leastRole) {
    header("X-Stanchion-Mode", "Of a member's call: test, unless it is live.", "^(test|live)$", 4);
    header(
      "X-Stanchion-Organization",
      "Of a member's call: the organization, where the member is in several; else the one joined first.",
      "^org_[0-9a-z]{26}$",
      30,
    );
  }
  if (operation.idempotent)
    header(
      "Idempotency-Key",
      "Repeats with the same key replay the first answer for 24 hours.",
      visible,
      idempotencyKeyCharactersMax + 2,
    );
  if (operation.ifMatch)
    header(
      "If-Match",
      'The version that is to be changed, as `"3"`, or `*`.',
      '^(\\*|(W/)?"\\d{1,15}")$',
      20,
    );
  if (operation.ifNoneMatch)
    header(
      "If-None-Match",
      "The ETag of what you have, or a list of them: 304 where it is still what there is.",
      '^(\\*|(W/)?"[\\u0021\\u0023-\\u007e]*"(, *(W/)?"[\\u0021\\u0023-\\u007e]*")*)$',
      limits.urlBytesMax,
    );
  if (readsProof(operation))
    header(
      "DPoP",
      "A proof that this device holds its key (RFC 9449), by ES256 or EdDSA. Needed with a token that is bound to a key; sent when a session starts, it binds the session.",
      "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$",
      limits.proofCharactersMax,
    );
  if (operation.fingerprint)
    header(
      "X-Fingerprint",
      "The device, 8 to 128 of [A-Za-z0-9_.:-].",
      "^[A-Za-z0-9_.:-]{8,128}$",
      fingerprintCharactersMax,
    );
  if (operation.path.endsWith("/status"))
    header("X-Line-Token", "The lineToken of the entry: answers without the database.", visible, 4_096);
  return found;
}

function successResponse(operation: OperationShape): Json {
  const headers = { ...alwaysHeaders };
  if (operation.rateClass !== null) for (const name of rateHeaders) headers[name] = headerRef(name);
  if (readsProof(operation)) headers["DPoP-Nonce"] = headerRef("DPoP-Nonce");
  if (operation.setsCookie) headers["Set-Cookie"] = headerRef("Set-Cookie");
  if ((operation.ifMatch && operation.status === 200) || operation.ifNoneMatch)
    headers.ETag = headerRef("ETag");
  if (operation.status === 201 && !operation.path.startsWith("/api/v1/auth/"))
    headers.Location = headerRef("Location");
  const content =
    operation.answer === undefined
      ? operation.answerType === undefined
        ? undefined
        : { [operation.answerType]: { schema: otherAnswers[operation.answerType] ?? {} } }
      : { "application/json": { schema: answerSchema(operation.answer) } };
  return {
    description: operation.status === 204 ? "Done." : "Success.",
    headers,
    ...(content ? { content } : {}),
  };
}

/** Answers that are not JSON: the bitmap of a segment, a stream, metrics. */
const otherAnswers: Readonly<Record<string, Json>> = {
  "application/octet-stream": { type: "string", format: "binary", maxLength: limits.boardSegmentRanks / 8 },
  "text/event-stream": { type: "string", format: "binary", maxLength: Number.MAX_SAFE_INTEGER },
  "text/csv": { type: "string", pattern: "^[^\\u0000]*$", maxLength: Number.MAX_SAFE_INTEGER },
  "text/plain": { type: "string", pattern: "^[^\\u0000]*$", maxLength: 10_000_000 },
};

function errorResponse(codes: readonly ErrorCode[], isLimited: boolean): Json {
  const headers: Record<string, Json> = {
    ...alwaysHeaders,
    "Content-Language": headerRef("Content-Language"),
  };
  const status = errorTable[codes[0] ?? "INTERNAL_ERROR"].status;
  if (status === 423 || status === 429 || status === 503) headers["Retry-After"] = headerRef("Retry-After");
  if (isLimited) for (const name of rateHeaders) headers[name] = headerRef(name);
  if (status === 401) for (const name of ["WWW-Authenticate", "DPoP-Nonce"]) headers[name] = headerRef(name);
  const narrowed = {
    properties: {
      error: { enum: [...new Set(codes.map((code) => errorTable[code].error))] },
      code: { enum: codes },
    },
  };
  const schemaOf = (name: string): Json => ({ allOf: [{ $ref: `#/components/schemas/${name}` }, narrowed] });
  return {
    description: codes.map((code) => `\`${code}\`: ${errorTable[code].when}`).join("\n\n"),
    headers,
    content: {
      "application/json": { schema: schemaOf("Error") },
      "application/problem+json": { schema: schemaOf("Problem") },
    },
  };
}

const headerRef = (name: string): Json => ({ $ref: `#/components/headers/${name}` });
const rateHeaders = [
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "RateLimit-Policy",
  "RateLimit",
];
/** What every answer can have. */
const alwaysHeaders: Readonly<Record<string, Json>> = {
  "X-Request-Id": headerRef("X-Request-Id"),
  "Access-Control-Allow-Origin": headerRef("Access-Control-Allow-Origin"),
  Vary: headerRef("Vary"),
};
const part: Json = {
  description: "The bytes that `Range` asks for; with `If-Range`, while its ETag is that of what there is.",
  headers: { ...alwaysHeaders, ETag: headerRef("ETag") },
};
const notModified: Json = {
  description: "Not modified: what `If-None-Match` names is what there is. No body.",
  headers: { ...alwaysHeaders, ETag: headerRef("ETag") },
};
const integerHeader = (description: string): Json => ({
  description,
  schema: bounded({ type: "integer" }, ""),
});
const textHeader = (description: string): Json => ({
  description,
  schema: { type: "string", pattern: "^[\\u0020-\\u007e]*$", maxLength: limits.urlBytesMax },
});
const sharedHeaders: Record<string, Json> = {
  "X-Request-Id": textHeader("The id of this request: in every answer, in every error body and in the log."),
  "Access-Control-Allow-Origin": textHeader(
    "The origin of the call, or `*` where the answer is the same for all. Absent where the call named no origin.",
  ),
  "WWW-Authenticate": textHeader("How to say who asks."),
  "DPoP-Nonce": textHeader(
    "The nonce for the proofs to come, where one is told: with new tokens, when the present one is about to end, and where a proof needs one.",
  ),
  "Content-Language": textHeader("The language of the message: `en`."),
  Vary: textHeader("The request's headers that the answer depends on, such as `Origin, Accept`."),
  "Retry-After": integerHeader("Seconds to wait before trying again."),
  "Set-Cookie": textHeader("The session, HttpOnly and SameSite=Strict; taken back where it has ended."),
  ETag: textHeader("What the answer is known by: of a resource, its version."),
  Location: textHeader("The relative address of what was created."),
  "X-RateLimit-Limit": integerHeader("Calls allowed in one window."),
  "X-RateLimit-Remaining": integerHeader("Calls left in the window."),
  "X-RateLimit-Reset": integerHeader("Unix time in seconds at which the window ends."),
  "RateLimit-Policy": textHeader(
    `Such as \`"general";q=${rateClasses.general.limit};w=${rateClasses.general.windowSeconds}\`.`,
  ),
  RateLimit: textHeader('Such as `"general";r=99;t=60`.'),
};

const errorSchema: Json = {
  type: "object",
  required: ["error", "message", "code", "details", "requestId", "retryable", "docs"],
  properties: {
    error: { type: "string" },
    message: { type: "string" },
    code: { type: "string" },
    details: { type: "object" },
    issues: {
      type: "array",
      maxItems: limits.issuesMax,
      items: {
        type: "object",
        required: ["kind", "type", "expected", "received", "message", "path"],
        properties: {
          kind: { const: "validation" },
          type: { enum: issueTypes },
          expected: { type: "string" },
          received: { type: "string" },
          message: { type: "string" },
          path: {
            type: "array",
            items: {
              type: "object",
              required: ["type", "key"],
              properties: { type: { enum: ["object", "array"] }, key: { type: ["string", "integer"] } },
            },
          },
        },
      },
    },
    requestId: { type: "string" },
    retryable: { type: "boolean" },
    docs: { type: "string" },
  },
};

/** The same facts as RFC 9457 has them, for those who accept application/problem+json. */
const problemSchema: Json = {
  allOf: [
    { $ref: "#/components/schemas/Error" },
    {
      type: "object",
      required: ["type", "title", "status", "detail", "instance"],
      properties: {
        type: { type: "string", description: "The same as `docs`." },
        title: { type: "string", description: "The status in words." },
        status: { type: "integer" },
        detail: { type: "string", description: "The same as `message`." },
        instance: { type: "string", description: "The same as `requestId`." },
      },
    },
  ],
};
