import { describe, expect, it } from "vitest";
import { errorCodes, errorTable } from "./errors.ts";
import { openapiDocument } from "./openapi.ts";
import { errorsOf, operationNames, operationOf, pathIdKinds } from "./operations.ts";
import { rateClassNames } from "./rate-classes.ts";

/** Refusals that are given before an operation is found, or that are the contract's and no operation gives yet. */
const ofNoOperation: readonly string[] = ["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED", "MISSING_PARAMETER"];

describe.each(operationNames)("%s", (name) => {
  const operation = operationOf(name);

  it("has path parameters of known kinds", () => {
    for (const [, parameter = ""] of operation.path.matchAll(/\{(\w+)\}/g))
      expect([...Object.keys(pathIdKinds), "segment"]).toContain(parameter);
  });

  it("has a body only where its method takes one", () => {
    const takesBody = ["POST", "PUT", "PATCH"].includes(operation.method);
    expect(operation.body !== undefined || operation.textBody !== undefined).toBe(takesBody);
  });

  it("answers JSON, something else, or nothing", () => {
    expect(operation.answer === undefined && operation.answerType === undefined).toBe(
      operation.status === 204,
    );
  });

  it("names the thing of its path among its refusals", () => {
    const codes = errorsOf(operation);
    if (operation.path.includes("{consumerId}")) expect(codes).toContain("CONSUMER_NOT_FOUND");
    if (operation.path.includes("{productId}")) expect(codes).toContain("PRODUCT_NOT_FOUND");
    if (operation.path.includes("{webhookEndpointId}")) expect(codes).toContain("WEBHOOK_ENDPOINT_NOT_FOUND");
    if (operation.path.includes("{hookId}")) expect(codes).toContain("HOOK_NOT_FOUND");
    if (operation.path.includes("{orderId}")) expect(codes).toContain("ORDER_NOT_FOUND");
    if (operation.path.includes("{queueId}")) expect(codes).toContain("QUEUE_NOT_FOUND");
    if (operation.path.includes("{sequenceId}")) expect(codes).toContain("SEQUENCE_NOT_FOUND");
    if (operation.path.includes("{experienceId}")) expect(codes).toContain("EXPERIENCE_NOT_FOUND");
    // Another organization's requests are not told from none: their ids can be anybody's words.
    if (operation.path.includes("{memberId}")) expect(codes).toContain("MEMBER_NOT_FOUND");
    if (operation.path.includes("{invitationId}")) expect(codes).toContain("INVITATION_NOT_FOUND");
    if (operation.path.includes("{requestId}")) expect(codes).toContain("REQUEST_NOT_FOUND");
    // One's own sessions are of no organization.
    else if (operation.path.includes("{sessionId}")) expect(codes).toContain("SESSION_NOT_FOUND");
    else if (operation.path.includes("Id}") && operation.access !== "anyone" && operation.access !== "signed")
      expect(codes).toContain("OTHER_ORGANIZATION");
  });

  it("is limited by a known class, unless anyone may call it", () => {
    if (operation.rateClass === null) expect(operation.access).toBe("anyone");
    else expect(rateClassNames).toContain(operation.rateClass);
  });

  it("names the least role of a member who may call it, where a secret key may", () => {
    const { leastRole = null, access, method } = operation;
    if (access === "secret" || access === "member") expect(leastRole).not.toBeNull();
    if (access === "consumer" || access === "anyone" || access === "visitor") expect(leastRole).toBeNull();
    // What a viewer may call of an organization's things changes nothing.
    if (access === "secret" && leastRole === "viewer") expect(method).toBe("GET");
    expect(errorsOf(operation).includes("INSUFFICIENT_ROLE")).toBe(
      leastRole !== null && leastRole !== "viewer",
    );
  });

  it("takes an idempotency key where it is a POST outside of sessions that writes", () => {
    if (operation.idempotent) expect(operation.method).toBe("POST");
    if (/^\/api\/v1\/(auth|members)\//.test(operation.path)) expect(operation.idempotent).toBeUndefined();
  });

  it("declares each refusal once, in the order of statuses", () => {
    const codes = errorsOf(operation);
    expect(new Set(codes).size).toBe(codes.length);
    const statuses = codes.map((code) => errorTable[code].status);
    expect(statuses).toEqual([...statuses].sort((a, b) => a - b));
  });
});

describe("the operations", () => {
  it("differ in method and path", () => {
    const routes = operationNames.map((name) => `${operationOf(name).method} ${operationOf(name).path}`);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it("declare every row of the error table between them", () => {
    const declared = new Set<string>(operationNames.flatMap((name) => errorsOf(operationOf(name))));
    expect(errorCodes.filter((code) => !declared.has(code))).toEqual(
      errorCodes.filter((code) => ofNoOperation.includes(code)),
    );
  });
});

interface Found {
  readonly refs: string[];
  readonly operations: [string, string, Record<string, unknown>][];
}

interface Answered {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Record<string, unknown>;
}

function walk(value: unknown, visit: (value: Record<string, unknown>) => void): void {
  if (value === null || typeof value !== "object") return;
  visit(value as Record<string, unknown>);
  for (const inner of Object.values(value)) walk(inner, visit);
}

function inspect(document: Record<string, unknown>): Found {
  const refs: string[] = [];
  walk(document, (value) => {
    if (typeof value.$ref === "string") refs.push(value.$ref);
  });
  const paths = document.paths as Record<string, Record<string, Record<string, unknown>>>;
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Found["operations"][number] => [
      path,
      method,
      operation,
    ]),
  );
  return { refs, operations: found };
}

describe("the OpenAPI document", () => {
  // As a client reads it.
  const document = JSON.parse(JSON.stringify(openapiDocument("https://line.example.com")));
  const { refs, operations } = inspect(document);
  const follow = (ref: string): unknown => {
    let at: unknown = document;
    for (const step of ref.slice(2).split("/")) at = (at as Record<string, unknown> | undefined)?.[step];
    return at;
  };
  const resolve = (answer: Answered | undefined): Answered | undefined =>
    answer?.$ref === undefined ? answer : (follow(answer.$ref) as Answered | undefined);

  it("is of version 3.1 with what that needs", () => {
    expect(document).toMatchObject({
      openapi: "3.1.0",
      info: { title: expect.any(String), version: expect.any(String), license: { identifier: "Apache-2.0" } },
      servers: [{ url: "https://line.example.com" }],
    });
  });

  it("has no reference that leads nowhere", () => {
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of refs) {
      expect(ref.startsWith("#/")).toBe(true);
      expect(follow(ref), ref).toBeDefined();
    }
  });

  it("has every operation once, by its name", () => {
    expect(operations.map(([, , operation]) => operation.operationId).sort()).toEqual(
      [...operationNames].sort(),
    );
  });

  it("lists every parameter of a path, and each parameter once", () => {
    for (const [path, , operation] of operations) {
      const parameters = operation.parameters as { name: string; in: string; required: boolean }[];
      const inPath = parameters.filter((parameter) => parameter.in === "path");
      expect(inPath.map((parameter) => `{${parameter.name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every((parameter) => parameter.required)).toBe(true);
      const names = parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("has an answer for every status that an operation declares, and names each code in it", () => {
    for (const [, , { operationId, responses }] of operations) {
      const operation = operationOf(operationId as (typeof operationNames)[number]);
      const answers = responses as Record<string, Answered>;
      expect(answers[operation.status]).toBeDefined();
      for (const code of errorsOf(operation)) {
        const answer = resolve(answers[errorTable[code].status]);
        expect(answer?.description).toContain(code);
        expect(Object.keys(answer?.content ?? {})).toEqual(["application/json", "application/problem+json"]);
      }
      const declared = [
        operation.status,
        ...(operation.takesRange ? [206] : []),
        ...(operation.ifNoneMatch ? [304] : []),
        ...errorsOf(operation).map((code) => errorTable[code].status),
      ];
      expect(Object.keys(answers).map(Number)).toEqual([...new Set(declared)].sort((a, b) => a - b));
    }
  });

  it("has only tags that it lists and security schemes that it has", () => {
    const tags = (document.tags as { name: string }[]).map((tag) => tag.name);
    const schemes = Object.keys(document.components.securitySchemes);
    for (const [, , operation] of operations) {
      for (const tag of operation.tags as string[]) expect(tags).toContain(tag);
      for (const need of operation.security as Record<string, unknown>[])
        for (const scheme of Object.keys(need)) expect(schemes).toContain(scheme);
    }
  });

  it("closes what goes in: an unknown field is refused", () => {
    for (const [, , { requestBody }] of operations) {
      if (requestBody === undefined) continue;
      const { content } = requestBody as { content: Record<string, { schema: Record<string, unknown> }> };
      if (content["text/csv"] !== undefined) continue;
      expect(content["application/json"]?.schema.additionalProperties).toBe(false);
    }
  });
});
