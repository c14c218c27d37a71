/** Every operation, every field, every fault: what the schema forbids is refused over HTTP, in the contract's words. */
import {
  decodeId,
  encodeId,
  type IdKind,
  type IssueType,
  limits,
  type OperationName,
  operationNames,
  operationOf,
  pathIdKinds,
} from "@stanchion/contract";
import type { GenericSchema } from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type FieldFault,
  faultsOf,
  fieldNames,
  goodValue,
  type Path,
  withValue,
} from "./testing/body-cases.ts";
import {
  type CallOptions,
  errorOf,
  signedHook,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestFan,
  type TestMember,
  type TestServer,
  type TestShop,
  wideLimits,
} from "./testing/index.ts";

let server: TestServer;
let shop: TestShop;
let fan: TestFan;
let member: TestMember;
let hook: Awaited<ReturnType<typeof signedHook>>;
const ids: Partial<Record<IdKind, string>> = {};

beforeAll(async () => {
  const authentication = { limit: 1_000_000, windowSeconds: 60 };
  server = await startTestServer({
    isWorker: false,
    env: { RATE_LIMITS: JSON.stringify({ ...wideLimits, authentication }) },
  });
  shop = await server.shop();
  fan = await shop.fan();
  member = await shop.member();
  const own = await member.call("GET", "/api/v1/members/me");
  ids.member = String(own.body.id);
  const invited = { email: "ada@example.com", role: "viewer" };
  ids.invitation = String((await shop.call("POST", "/api/v1/invitations", { body: invited })).body.id);
  const queue = await shop.queue();
  ids.queue = queue.id;
  ids.draw = (await shop.draw()).id;
  ids.experience = String(queue.experienceId);
  ids.sequence = String(queue.sequenceId);
  await fan.enter(queue.id);
  ids.consumer = fan.consumerId;
  ids.apiKey = String(
    (await shop.call("POST", "/api/v1/api-keys", { body: { name: "K", kind: "secret" } })).body.id,
  );
  const endpoint = { url: "https://shop.example/hooks", events: ["queue.paused"] };
  ids.webhookEndpoint = String(
    (await shop.call("POST", "/api/v1/webhook-endpoints", { body: endpoint })).body.id,
  );
  hook = await signedHook(server, shop);
  ids.hook = hook.id;
  ids.order = String((await shop.call("POST", "/api/v1/orders", { body: {} })).body.id);
  ids.product = String(
    (await shop.call("POST", "/api/v1/products", { body: { name: "P", sku: "P" } })).body.id,
  );
});
afterAll(() => server.stop());

/** The operation's path with ids of things that are there. */
function pathOf(name: OperationName): string {
  return operationOf(name).path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
    const kind = pathIdKinds[parameter];
    return kind === undefined ? "0" : (ids[kind] ?? strangeId(kind));
  });
}

function send(name: OperationName, options: CallOptions & { path?: string } = {}): Promise<TestAnswer> {
  const { method, access } = operationOf(name);
  const path = options.path ?? pathOf(name);
  const { publishableKey } = shop;
  switch (access) {
    case "anyone":
    case "visitor":
      return server.call(method, path, options);
    case "member":
      return member.call(method, path, options);
    case "publishable":
    case "maybeConsumer":
      return server.call(method, path, { publishableKey, ...options });
    case "consumer":
      return fan.call(method, path, options);
    case "secret":
      return shop.call(method, path, options);
    case "signed":
      if (options.path !== undefined) return server.call(method, path, options);
      return hook.send(String(options.rawBody ?? "") || bodyText(options));
  }
}

function bodyText({ body }: CallOptions): string {
  return body === undefined ? "" : JSON.stringify(body);
}

const unreadable: readonly IssueType[] = ["type", "unknown_field"];
const issuesOf = (answer: TestAnswer) => errorOf(answer).issues ?? [];
const keysOf = ({ path }: { path: readonly { key: string | number }[] }): Path => path.map(({ key }) => key);
const secretFields = [
  "refreshToken",
  "token",
  "code",
  "exchangeCode",
  "carryCode",
  "accessCode",
  "password",
  "currentPassword",
  "newPassword",
];

function expectFault(answer: TestAnswer, fault: FieldFault): void {
  const isUnreadable = unreadable.includes(fault.type);
  expect([answer.status, errorOf(answer).error]).toEqual(
    isUnreadable ? [400, "bad_request"] : [422, "validation_error"],
  );
  expect(errorOf(answer).code).toBe(isUnreadable ? "INVALID_FIELD_TYPE" : "VALIDATION_ERROR");
  const issues = issuesOf(answer);
  const issue = issues.find((one) => one.type === fault.type);
  expect(issue, answer.text).toBeDefined();
  // One fault in one field: a field may break two of its rules, but no other field is blamed.
  for (const one of issues) expect(keysOf(one)).toEqual(fault.path);
  expect(issue?.path.map(({ type }) => type)).toEqual(
    fault.path.map((key) => (typeof key === "number" ? "array" : "object")),
  );
  expect(issue?.kind).toBe("validation");
  if (fault.expected !== undefined) expect(issue?.expected).toBe(fault.expected);
  if (fault.received !== undefined && !secretFields.includes(String(fault.path.at(-1))))
    expect(issue?.received).toBe(fault.received);
  for (const { received, message } of issues) {
    expect(received.length).toBeLessThanOrEqual(limits.receivedCharactersMax);
    expect(message).not.toBe("");
  }
}

const withBody = operationNames.filter((name) => operationOf(name).body !== undefined);
const bodyOf = (name: OperationName): GenericSchema => operationOf(name).body as GenericSchema;

describe.each(withBody)("the body of %s", (name) => {
  const schema = bodyOf(name);
  const faults = faultsOf(schema);
  const fields = fieldNames(schema);

  it.skipIf(faults.length === 0).each(faults.map((fault) => [fault.name, fault] as const))(
    "with %s is refused for just that",
    async (_, fault) => {
      expectFault(await send(name, { body: withValue(schema, fault.path, fault.value) }), fault);
    },
  );

  it.skipIf(operationOf(name).bodyNeeded === false)("is missed", async () => {
    expect(errorOf(await send(name)).code).toBe("BODY_REQUIRED");
  });

  it("cannot be anything but an object", async () => {
    for (const rawBody of ["[]", '"text"', "7", "true", "null"]) {
      const answer = await send(name, { rawBody, headers: { "Content-Type": "application/json" } });
      expect([rawBody, answer.status, errorOf(answer).code]).toEqual([rawBody, 400, "INVALID_JSON"]);
    }
  });

  it.skipIf(operationOf(name).takesBytes)("has no fields but its own, at every level", async () => {
    const objects: Path[] = [[], ...faults.map(({ path }) => path.slice(0, -1))].filter(
      (path) => typeof path.at(-1) === "number" || path.length === 0,
    );
    for (const path of objects) {
      const answer = await send(name, { body: withValue(schema, [...path, "unheardOf"], "x") });
      expect([answer.status, errorOf(answer).code]).toEqual([400, "UNKNOWN_FIELD"]);
      expect(issuesOf(answer)).toMatchObject([
        { type: "unknown_field", expected: "no such field", received: "string" },
      ]);
      expect(issuesOf(answer).map(keysOf)).toEqual([[...path, "unheardOf"]]);
    }
  });

  /** A fault of this kind for each field that can have one, all in one body, the last field first. */
  const spoiled = (isWanted: (fault: FieldFault) => boolean) => {
    const chosen = fields.flatMap(
      (field) => faults.find((one) => one.path[0] === field && isWanted(one)) ?? [],
    );
    const body = { ...(goodValue(schema) as object) } as Record<string, unknown>;
    for (const { path } of chosen) delete body[String(path[0])];
    for (const { path, value } of chosen.toReversed())
      if (value !== undefined) body[String(path[0])] = path.length === 1 ? value : undefined;
    return { chosen, body };
  };
  const isFlat = ({ path }: FieldFault): boolean => path.length === 1;

  it.skipIf(fields.length === 0)("names every broken rule at once, in the order of the fields", async () => {
    const { chosen, body } = spoiled((fault) => isFlat(fault) && !unreadable.includes(fault.type));
    if (chosen.length === 0) return;
    const answer = await send(name, { body });
    expect(answer.status).toBe(422);
    expect([...new Set(issuesOf(answer).map(({ path }) => path[0]?.key))]).toEqual(
      chosen.map(({ path }) => path[0]),
    );
  });

  it.skipIf(fields.length === 0)("names every wrong type at once, in the order of the fields", async () => {
    const { chosen, body } = spoiled((fault) => isFlat(fault) && fault.type === "type");
    const answer = await send(name, { body });
    expect([answer.status, errorOf(answer).code]).toEqual([400, "INVALID_FIELD_TYPE"]);
    expect(issuesOf(answer).map(({ path, type }) => [path[0]?.key, type])).toEqual(
      chosen.map(({ path }) => [path[0], "type"]),
    );
  });

  it.skipIf(fields.length < 2)(
    "with both kinds of fault is 400, and the order stays that of the fields",
    async () => {
      const kinds = fields.map((field, index) => ({ field, isRule: index % 2 === 0 }));
      const { chosen, body } = spoiled((fault) => {
        const isRule = kinds.find(({ field }) => field === fault.path[0])?.isRule ?? false;
        return isFlat(fault) && (isRule ? !unreadable.includes(fault.type) : fault.type === "type");
      });
      body.unheardOf = 1;
      const answer = await send(name, { body });
      expect(answer.status).toBe(400);
      expect([...new Set(issuesOf(answer).map(({ path }) => path[0]?.key))]).toEqual([
        ...chosen.map(({ path }) => path[0]),
        "unheardOf",
      ]);
      expect(issuesOf(answer).some(({ type }) => !unreadable.includes(type))).toBe(true);
    },
  );

  it.skipIf(operationOf(name).takesBytes)("brings at most 100 issues", async () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`field${index}`, 1]));
    const answer = await send(name, { body: { ...(goodValue(schema) as object), ...many } });
    expect(answer.status).toBe(400);
    expect(issuesOf(answer)).toHaveLength(limits.issuesMax);
  });

  it.skipIf(!fields.some((field) => secretFields.includes(field)))(
    "never comes back where it is secret",
    async () => {
      const secret = "Xq7mZ2vK9sL4";
      for (const field of fields.filter((one) => secretFields.includes(one)))
        for (const value of [secret, `${secret}\0`, secret.repeat(500), [secret], { [field]: secret }]) {
          const answer = await send(name, { body: withValue(schema, [field], value) });
          expect(answer.status).toBeGreaterThanOrEqual(400);
          expect(answer.text).not.toContain(secret);
        }
    },
  );
});

const withQuery = operationNames.filter((name) => operationOf(name).query !== undefined);

/** A text for those operations that take one, so that it is not what is missed. */
function goodTable(name: OperationName): CallOptions {
  const { textBody } = operationOf(name);
  return textBody === undefined
    ? {}
    : { rawBody: "name,sku\nBoot,boot\n", headers: { "Content-Type": textBody.mediaType } };
}

describe.each(withQuery)("the query of %s", (name) => {
  const schema = operationOf(name).query as GenericSchema;
  const sent = faultsOf(schema).filter(({ value }) => ["string", "number"].includes(typeof value));
  const expectParameter = (answer: TestAnswer, parameter: string, type?: IssueType): void => {
    expect([answer.status, errorOf(answer).code]).toEqual([400, "INVALID_PARAMETER"]);
    const known = fieldNames(schema);
    expect(errorOf(answer).details).toEqual({
      parameter,
      ...(issuesOf(answer).some((issue) => issue.type === "unknown_field") ? { known } : {}),
    });
    expect(errorOf(answer).message).toContain(parameter);
    for (const issue of issuesOf(answer)) expect(keysOf(issue)).toEqual([parameter]);
    if (type !== undefined) expect(issuesOf(answer).map((issue) => issue.type)).toContain(type);
  };
  const ask = (query: string) => send(name, { ...goodTable(name), path: `${pathOf(name)}?${query}` });

  // In an address everything is text: what is no number there is of the wrong type, and a number is a text.
  const faults = sent.filter(({ type, value }) => type !== "type" || typeof value === "string");
  it.each(faults.map((fault) => [fault.name, fault] as const))(
    "with %s is refused for just that",
    async (_, fault) => {
      const parameter = String(fault.path[0]);
      expectParameter(
        await ask(`${parameter}=${encodeURIComponent(String(fault.value))}`),
        parameter,
        fault.type,
      );
    },
  );

  it("has no parameters but its own, each once", async () => {
    expectParameter(await ask("unheardOf=1"), "unheardOf", "unknown_field");
    expectParameter(await ask("first=1&first=2"), "first");
  });

  it("does not take a cursor that is none", async () => {
    for (const after of ["x", "AAAA", "MTIzNA", "-1"]) expectParameter(await ask(`after=${after}`), "after");
  });
});

const closed = operationNames.filter((name) => {
  const { query, access } = operationOf(name);
  return query === undefined && access !== "anyone" && access !== "signed";
});

it.each(closed)("%s takes no query", async (name) => {
  const { body } = operationOf(name);
  const answer = await send(name, {
    path: `${pathOf(name)}?unheardOf=1`,
    ...(body === undefined ? {} : { body: goodValue(body as GenericSchema) }),
  });
  expect([answer.status, errorOf(answer).code]).toEqual([400, "INVALID_PARAMETER"]);
  expect(errorOf(answer).details).toEqual({ parameter: "unheardOf" });
});

describe("an id in a path", () => {
  const withIds = operationNames.filter((name) =>
    [...operationOf(name).path.matchAll(/\{(\w+)\}/g)].some(([, parameter = ""]) => parameter in pathIdKinds),
  );

  it.each(withIds)("of %s that is none, or names nothing, is 404", async (name) => {
    const { path, body } = operationOf(name);
    const [, parameter = ""] = /\{(\w+)\}/.exec(path) ?? [];
    const kind = pathIdKinds[parameter];
    if (kind === undefined) throw new Error(`${parameter} is no id`);
    const good = ids[kind] ?? strangeId(kind);
    const wrong = [
      "x",
      "1",
      good.toUpperCase(),
      `${good}0`,
      good.slice(0, -1),
      decodeId(kind, good) ?? "",
      encodeId(kind === "queue" ? "experience" : "queue", decodeId(kind, good) ?? ""),
      strangeId(kind),
      "%00",
      "..%2f",
    ];
    for (const id of wrong) {
      const answer = await send(name, {
        path: path.replace(`{${parameter}}`, id).replace(/\{\w+\}/g, "0"),
        ...(body === undefined ? {} : { body: goodValue(body as GenericSchema) }),
      });
      expect([id, answer.status, errorOf(answer).code]).toEqual([
        id,
        404,
        expect.stringMatching(/^[A-Z_]+_NOT_FOUND$/),
      ]);
    }
  });
});

describe("a header", () => {
  const takers = (isTaken: (name: OperationName) => boolean | undefined) => operationNames.filter(isTaken);
  const goodBody = (name: OperationName) => {
    const { body } = operationOf(name);
    return body === undefined ? goodTable(name) : { body: goodValue(body as GenericSchema) };
  };

  it.each(takers((name) => operationOf(name).ifMatch))("If-Match of %s must be a version", async (name) => {
    for (const given of ["1", '"x"', '"1', '"-1"', "two words"]) {
      const answer = await send(name, { ...goodBody(name), headers: { "If-Match": given } });
      expect([given, answer.status, errorOf(answer).code]).toEqual([given, 400, "INVALID_PARAMETER"]);
      expect(errorOf(answer).details).toEqual({ parameter: "If-Match" });
    }
  });

  it.each(takers((name) => operationOf(name).idempotent))(
    "Idempotency-Key of %s must be visible ASCII, 1 to 255 of it",
    async (name) => {
      for (const given of ["", '""', "two words", "x".repeat(256), "é"]) {
        const good = goodBody(name);
        const headers = { ...("headers" in good ? good.headers : {}), "Idempotency-Key": given };
        const answer = await send(name, { ...good, headers });
        expect([given, answer.status, errorOf(answer).code]).toEqual([given, 400, "INVALID_IDEMPOTENCY_KEY"]);
      }
    },
  );

  it.each(takers((name) => operationOf(name).fingerprint && operationOf(name).access === "consumer"))(
    "X-Fingerprint of %s must be one",
    async (name) => {
      for (const given of ["short", "x".repeat(129), "with space in it", "semi;colon;"]) {
        const answer = await send(name, { ...goodBody(name), headers: { "X-Fingerprint": given } });
        expect([given, answer.status, errorOf(answer).code]).toEqual([given, 400, "FP003"]);
      }
    },
  );
});
