/** The OpenAPI 3.1 document, made from the operations and the error table. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { type ErrorCode, errorTable, issueTypes } from "./errors.ts";
import { limits } from "./limits.ts";
import {
  errorsOf,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
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
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: serverUrl }],
    tags: [...new Set(operationNames.map((name) => operationOf(name).tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        publishableKey: { type: "apiKey", in: "header", name: "X-Publishable-Key" },
        consumerToken: { type: "http", scheme: "bearer", description: "A consumer's access token." },
        secretKey: { type: "http", scheme: "bearer", description: "A secret key, from servers only." },
      },
      headers: sharedHeaders,
      responses: refusals.components,
      schemas: { Error: errorSchema, Problem: problemSchema },
    },
  };
}

function operationObject(name: OperationName, operation: OperationShape, refusals: Refusals): Json {
  const responses: Record<string, Json> = { [String(operation.status)]: successResponse(operation) };
  for (const [status, codes] of codesByStatus(errorsOf(operation)))
    responses[status] = refusals.reference(codes);
  return {
    operationId: name,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.rateClass === null ? {} : { "x-rate-class": operation.rateClass }),
    security: security(operation),
    parameters: parameters(operation),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: operation.bodyNeeded !== false,
            content: { "application/json": { schema: inputSchema(operation.body) } },
          },
        }),
    responses,
  };
}

/** The error responses of all operations, each kept once: most operations refuse in the same few ways. */
class Refusals {
  readonly components: Record<string, Json> = {};

  reference(codes: readonly ErrorCode[]): Json {
    const name = codes.join("-");
    this.components[name] ??= errorResponse(codes);
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

function security({ access }: OperationShape): Json[] {
  if (access === "anyone") return [];
  if (access === "publishable") return [{ publishableKey: [] }, { secretKey: [] }];
  if (access === "maybeConsumer")
    return [{ publishableKey: [] }, { publishableKey: [], consumerToken: [] }, { secretKey: [] }];
  if (access === "consumer") return [{ publishableKey: [], consumerToken: [] }];
  return [{ secretKey: [] }];
}

function parameters(operation: OperationShape): Json[] {
  const found: Json[] = [];
  for (const [, name] of operation.path.matchAll(/\{(\w+)\}/g))
    found.push({ name, in: "path", required: true, schema: { type: "string" } });
  if (operation.query !== undefined) {
    const { properties } = jsonSchema(operation.query) as { properties: Record<string, Json> };
    for (const [name, schema] of Object.entries(properties))
      found.push({ name, in: "query", required: false, schema });
  }
  const header = (name: string, description: string, schema: Json = { type: "string" }): void => {
    found.push({ name, in: "header", required: false, description, schema });
  };
  header("X-Request-Id", "Kept when well-formed, else replaced.", {
    type: "string",
    pattern: `^[A-Za-z0-9_-]{1,${limits.requestIdCharactersMax}}$`,
  });
  if (operation.idempotent)
    header("Idempotency-Key", "Repeats with the same key replay the first answer for 24 hours.");
  if (operation.ifMatch) header("If-Match", 'The version that is to be changed, as `"3"`, or `*`.');
  if (operation.fingerprint) header("X-Fingerprint", "The device, 8 to 128 of [A-Za-z0-9_.:-].");
  if (operation.path.endsWith("/status"))
    header("X-Line-Token", "The lineToken of the entry: answers without the database.");
  return found;
}

function successResponse(operation: OperationShape): Json {
  const headers: Record<string, Json> = { "X-Request-Id": headerRef("X-Request-Id") };
  if (operation.rateClass !== null) for (const name of rateHeaders) headers[name] = headerRef(name);
  if (operation.ifMatch && operation.status === 200) headers.ETag = headerRef("ETag");
  if (operation.status === 201 && operation.path !== "/api/v1/auth/guest")
    headers.Location = headerRef("Location");
  const content =
    operation.answer === undefined
      ? operation.answerType === undefined
        ? undefined
        : { [operation.answerType]: { schema: { type: "string" } } }
      : { "application/json": { schema: jsonSchema(operation.answer) } };
  return {
    description: operation.status === 204 ? "Done." : "Success.",
    headers,
    ...(content ? { content } : {}),
  };
}

function errorResponse(codes: readonly ErrorCode[]): Json {
  const headers: Record<string, Json> = {
    "X-Request-Id": headerRef("X-Request-Id"),
    "Content-Language": headerRef("Content-Language"),
    Vary: headerRef("Vary"),
  };
  const status = errorTable[codes[0] ?? "INTERNAL_ERROR"].status;
  if (status === 423 || status === 429 || status === 503) headers["Retry-After"] = headerRef("Retry-After");
  if (status === 429) for (const name of rateHeaders) headers[name] = headerRef(name);
  if (status === 401) headers["WWW-Authenticate"] = { schema: { type: "string" } };
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
const integerHeader = (description: string): Json => ({ description, schema: { type: "integer" } });
const textHeader = (description: string): Json => ({ description, schema: { type: "string" } });
const sharedHeaders: Record<string, Json> = {
  "X-Request-Id": textHeader("The id of this request: in every answer, in every error body and in the log."),
  "Content-Language": textHeader("The language of the message: `en`."),
  Vary: textHeader("The request's headers that the answer depends on, such as `Origin, Accept`."),
  "Retry-After": integerHeader("Seconds to wait before trying again."),
  ETag: textHeader("The version of the resource."),
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

function jsonSchema(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: "ignore" }) as Json;
  return rest;
}

// What goes in is closed: an unknown field is refused, in nested objects too.
function inputSchema(schema: v.GenericSchema): Json {
  return closed(jsonSchema(schema)) as Json;
}

function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (part === null || typeof part !== "object") return part;
  const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  const isObject = inner.type === "object" && inner.additionalProperties === undefined;
  return isObject ? { ...inner, additionalProperties: false } : inner;
}
