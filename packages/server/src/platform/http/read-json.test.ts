import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";
import { isMediaType, readJson } from "./read-json.ts";

const nested = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`;

describe("reading JSON", () => {
  it.each([
    ["64 levels of objects", nested(64)],
    ["64 levels of lists", `${"[".repeat(64)}${"]".repeat(64)}`],
    ["a byte-order mark in front", "\ufeff{}"],
    ["white space around", " \n\t{} \r\n"],
    ["a member named constructor", '{"constructor":1}'],
    ["a text that says __proto__", '{"a":"__proto__"}'],
  ])("takes %s", (_, text) => {
    expect(() => readJson(Buffer.from(text))).not.toThrow();
  });

  it.each([
    ["65 levels of objects", Buffer.from(nested(65))],
    ["65 levels of lists", Buffer.from(`${"[".repeat(65)}${"]".repeat(65)}`)],
    ["a million levels", Buffer.from("[".repeat(1_000_000))],
    ["half a million closed levels", Buffer.from(`${"[".repeat(500_000)}${"]".repeat(500_000)}`)],
    ["a member named __proto__", Buffer.from('{"__proto__":{}}')],
    ["a member named __proto__ deep inside", Buffer.from('{"a":[{"b":{"__proto__":1}}]}')],
    ["one spelled with escapes", Buffer.from('{"\\u005f_proto__":1}')],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["UTF-16", Buffer.from("{}", "utf16le")],
    ["a trailing comma", Buffer.from('{"a":1,}')],
    ["single quotes", Buffer.from("{'a':1}")],
    ["NaN", Buffer.from('{"a":NaN}')],
    ["a comment", Buffer.from("{}// done")],
    ["two values", Buffer.from("{}{}")],
    ["white space alone", Buffer.from("  ")],
    ["a truncated body", Buffer.from('{"name":"a')],
    ["a bare line break in a text", Buffer.from('{"a":"\n"}')],
  ])("refuses %s", (_, body) => {
    expect(() => readJson(body)).toThrow("INVALID_JSON");
  });

  it("takes the last of a member that stands twice", () => {
    expect(readJson(Buffer.from('{"a":1,"a":2}'))).toEqual({ a: 2 });
  });

  it("keeps numbers beyond all bounds for the rules to refuse", () => {
    expect(readJson(Buffer.from("[1e400,-1e400]"))).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });
});

describe("the media type of JSON", () => {
  it.each(["application/json", "APPLICATION/JSON ; charset=UTF8", 'application/json;charset="utf-8";x=y'])(
    "is %s",
    (type) => expect(isMediaType("application/json", type)).toBe(true),
  );
  it.each(["", "text/json", "application/json+x", "application/json; charset=latin1", "application/jsonx"])(
    "is not %s",
    (type) => expect(isMediaType("application/json", type)).toBe(false),
  );
});

describe("strange JSON in a body", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());
  const create = (rawBody: string) => shop.call("POST", "/api/v1/queues", { rawBody });

  it.each([
    ["broken JSON", "{", 400, "INVALID_JSON"],
    ["65 levels", `{"name":"a","admitRate":1,"x":${nested(64)}}`, 400, "INVALID_JSON"],
    ["__proto__", '{"name":"a","admitRate":1,"__proto__":{"capacity":1}}', 400, "INVALID_JSON"],
    ["a list", "[]", 400, "INVALID_JSON"],
    ["null", "null", 400, "INVALID_JSON"],
    ["a text", '"name"', 400, "INVALID_JSON"],
    ["a number", "5", 400, "INVALID_JSON"],
    ["a field of the wrong type", '{"name":5,"admitRate":1}', 400, "INVALID_FIELD_TYPE"],
    ["an unknown field", '{"name":"a","admitRate":1,"colour":"red"}', 400, "UNKNOWN_FIELD"],
    [
      "an unknown field and a wrong type",
      '{"name":5,"admitRate":1,"colour":"red"}',
      400,
      "INVALID_FIELD_TYPE",
    ],
    ["a member of every object", '{"name":"a","admitRate":1,"toString":1}', 400, "UNKNOWN_FIELD"],
  ])("is refused for %s", async (_, rawBody, status, code) => {
    const answer = await create(rawBody);
    expect([answer.status, errorOf(answer).code]).toEqual([status, code]);
  });

  it.each([
    ["NUL in a name", '{"name":"a\\u0000","admitRate":1}', "name", "pattern"],
    ["a lone surrogate in a name", '{"name":"\\ud83c","admitRate":1}', "name", "pattern"],
    [
      "NUL in an address",
      '{"name":"a","admitRate":1,"checkoutUrl":"https://a.example/\\u0000"}',
      "checkoutUrl",
      "pattern",
    ],
    ["1e400", '{"name":"a","admitRate":1e400}', "admitRate", "max_value"],
    ["-1e400", '{"name":"a","admitRate":-1e400}', "admitRate", "min_value"],
    ["a fraction", '{"name":"a","admitRate":1.5}', "admitRate", "format"],
    ["no name", '{"admitRate":1}', "name", "required"],
  ])("breaks a rule with %s", async (_, rawBody, field, type) => {
    const answer = await create(rawBody);
    expect(answer.status).toBe(422);
    expect(errorOf(answer).issues).toMatchObject([{ type, path: [{ key: field }] }]);
  });

  it("is taken with a byte-order mark, and with a member twice the last counts", async () => {
    const answer = await create('\ufeff{"name":"first","admitRate":1,"name":"last"}');
    expect(answer.status).toBe(201);
    expect(answer.body.name).toBe("last");
  });

  it("with both kinds of fault is unreadable, and the issues of both are named", async () => {
    const answer = await create('{"name":"","admitRate":"fast","colour":"red"}');
    expect(answer.status).toBe(400);
    expect(
      errorOf(answer)
        .issues?.map((issue) => issue.type)
        .sort(),
    ).toEqual(["min_length", "type", "unknown_field"]);
  });

  it("never has the value of a secret field echoed", async () => {
    for (const refreshToken of ["s3cret".repeat(300), ["s3cret"], { s3cret: 1 }]) {
      const { publishableKey } = shop;
      const answer = await server.call("POST", "/api/v1/auth/refresh", {
        publishableKey,
        body: { refreshToken },
      });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).not.toContain("s3cret");
    }
  });
});
