import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { issueTypes, type ValidationIssue } from "./errors.ts";
import {
  clearable,
  dateTime,
  email,
  id,
  integer,
  metadata,
  name,
  neededInPatch,
  text,
  timeZone,
  webUrl,
} from "./fields.ts";
import { encodeId } from "./ids.ts";
import { limits } from "./limits.ts";
import { duplicateIssue, fieldIssue, parseObject } from "./parse.ts";
import * as shapes from "./resources.ts";

function issuesOf(schema: v.GenericSchema, input: unknown): readonly ValidationIssue[] {
  const parsed = parseObject(schema, input);
  return parsed.ok ? [] : parsed.issues;
}

/** The one issue that a value of a field named `field` meets. */
function issueOf(schema: v.GenericSchema, value: unknown): ValidationIssue | undefined {
  const issues = issuesOf(v.object({ field: schema }), value === undefined ? {} : { field: value });
  expect(issues.length).toBeLessThanOrEqual(1);
  return issues[0];
}

const queueId = encodeId("queue", "0190fd2e-7c4a-7bbb-8abc-0123456789ab");

describe("the issues of a field", () => {
  it.each<[string, v.GenericSchema, unknown, Partial<ValidationIssue>]>([
    ["missing", name, undefined, { type: "required", expected: "string", received: "undefined" }],
    ["cleared though needed", neededInPatch(name), null, { type: "required", received: "null" }],
    [
      "an e-mail that is none",
      email,
      "at home",
      { type: "email", expected: "valid email", received: "at home" },
    ],
    [
      "too short",
      text(8, 20),
      "seven..",
      { type: "min_length", expected: "8 characters", received: "7 characters" },
    ],
    [
      "empty",
      text(1, 3),
      "",
      {
        type: "min_length",
        expected: "1 character",
        received: "0 characters",
        message: "field must have at least 1 character.",
      },
    ],
    [
      "a list with one too many",
      v.pipe(v.array(v.string()), v.maxLength(0)),
      ["a"],
      { type: "max_length", expected: "0 items", received: "1 item" },
    ],
    [
      "too long",
      text(1, 3),
      "four",
      { type: "max_length", expected: "3 characters", received: "4 characters" },
    ],
    ["of another pattern", v.pipe(v.string(), v.regex(/^[a-z]+$/)), "A", { type: "pattern", received: "A" }],
    ["with NUL inside", name, "a\0b", { type: "pattern" }],
    ["with a lone surrogate", name, "a\ud800", { type: "pattern" }],
    ["a number for a text", name, 5, { type: "type", expected: "string", received: "number" }],
    ["null for a text", name, null, { type: "type", expected: "string", received: "null" }],
    ["a list for a text", name, ["a"], { type: "type", expected: "string", received: "array" }],
    ["a text for a number", integer(1, 5), "3", { type: "type", expected: "number", received: "string" }],
    [
      "a text for true or false",
      v.boolean(),
      "yes",
      { type: "type", expected: "boolean", received: "string" },
    ],
    ["too small", integer(1, 5), 0, { type: "min_value", expected: "1", received: "0" }],
    ["too great", integer(1, 5), 6, { type: "max_value", expected: "5", received: "6" }],
    ["1e400", integer(1, 5), Number.POSITIVE_INFINITY, { type: "max_value" }],
    ["-1e400", integer(1, 5), Number.NEGATIVE_INFINITY, { type: "min_value" }],
    ["not whole", integer(1, 5), 1.5, { type: "format", expected: "integer", received: "1.5" }],
    ["not listed", v.picklist(["a", "b"]), "c", { type: "enum", received: "c" }],
    ["a number where texts are listed", v.picklist(["a", "b"]), 1, { type: "type", received: "number" }],
    ["what is not offered yet", clearable(v.literal(false)), true, { type: "enum", received: "true" }],
    ["what must stay empty", clearable(v.never()), "x", { type: "enum", expected: "null" }],
    [
      "a time without an offset",
      dateTime,
      "2026-01-01T10:00:00",
      { type: "format", expected: "date-time with offset" },
    ],
    ["a day alone", dateTime, "2026-01-01", { type: "format" }],
    ["the 30th of February", dateTime, "2026-02-30T10:00:00Z", { type: "format" }],
    ["the 29th of February in a common year", dateTime, "2026-02-29T10:00:00Z", { type: "format" }],
    ["the hour 25", dateTime, "2026-01-01T25:00:00Z", { type: "format" }],
    ["a time before 1970", dateTime, "1969-12-31T23:59:59Z", { type: "format" }],
    ["no id", id("queue"), "queue_1", { type: "format", expected: "queue id" }],
    ["an id of another kind", id("sequence"), queueId, { type: "format", expected: "sequence id" }],
    ["no time zone", timeZone, "Mars/Olympus", { type: "format", expected: "IANA time zone" }],
    ["an offset for a time zone", timeZone, "+02:00", { type: "format" }],
    ["no URL", webUrl, "example", { type: "format", expected: "http or https URL" }],
    ["a URL of another protocol", webUrl, "javascript:alert(1)", { type: "format" }],
    [
      "a URL without slashes, which a page reads as one of its own",
      webUrl,
      "https:example.com",
      { type: "format" },
    ],
    ["a URL with slashes that lean", webUrl, "https:\\\\example.com", { type: "format" }],
    ["a URL with a blank before it", webUrl, " https://example.com", { type: "format" }],
    ["a URL with a line break in it", webUrl, "https://example.com/\nX: y", { type: "format" }],
    ["a URL with a letter that nobody sees", webUrl, "https://example.com/\u202e", { type: "format" }],
    ["a URL with a password", webUrl, "https://me:secret@example.com", { type: "format" }],
    ["a URL with NUL behind", webUrl, "https://example.com/\0", { type: "pattern" }],
  ])("names the rule for one that is %s", (_, schema, value, expected) => {
    const issue = issueOf(schema, value);
    expect(issue).toMatchObject({
      kind: "validation",
      ...expected,
      path: [{ type: "object", key: "field" }],
    });
    expect(issueTypes).toContain(issue?.type);
    expect(issue?.message).toMatch(/^field .*\.$/);
  });

  it.each<[string, v.GenericSchema, unknown]>([
    ["a leap day", dateTime, "2028-02-29T23:59:59.123456789+14:00"],
    ["a time in lower case", dateTime, "2026-01-01t10:00:00z"],
    ["a time zone", timeZone, "Europe/Berlin"],
    ["an id", id("queue"), queueId],
    ["a text beyond the basic plane", name, "🎟️ Drop"],
    ["a needed field left out of a patch", neededInPatch(name), undefined],
    ["a cleared option", clearable(name), null],
    ["a URL in capitals, with a host of another alphabet", webUrl, "HTTPS://EXÄMPLE.com/ü"],
    ["an https URL with a port and a query", webUrl, "https://example.com:8443/checkout?x=1"],
  ])("has none for %s", (_, schema, value) => {
    expect(issueOf(schema, value)).toBeUndefined();
  });

  it("shows at most 100 characters of what was received, and no half characters", () => {
    const issue = issueOf(id("queue"), `${"x".repeat(99)}🎟${"y".repeat(50)}`);
    expect(issue?.received).toHaveLength(limits.receivedCharactersMax);
    expect(issue?.received.isWellFormed()).toBe(true);
  });
});

describe("parsing a body", () => {
  const schema = v.object({
    first: name,
    second: integer(1, 5),
    third: v.optional(v.boolean()),
    inner: v.optional(v.object({ list: v.array(v.object({ key: name })) })),
  });

  it("gives the value with the schema's members", () => {
    expect(parseObject(schema, { second: 2, first: "a" })).toEqual({
      ok: true,
      value: { first: "a", second: 2 },
    });
  });

  it("tells what cannot be read from what breaks a rule", () => {
    const parsed = parseObject(schema, { first: "", second: "x", other: 1 });
    expect(parsed).toMatchObject({
      ok: false,
      unreadable: [{ type: "type" }, { type: "unknown_field" }],
      invalid: [{ type: "min_length" }],
    });
  });

  it("names the issues in the order of the schema's fields, whatever the order sent", () => {
    const issues = issuesOf(shapes.queueCreate, {
      checkoutUrl: "x",
      closeAt: "x",
      admitRate: 0,
      name: "",
      id: "x",
    });
    expect(issues.map((issue) => issue.path[0]?.key)).toEqual([
      "id",
      "name",
      "admitRate",
      "closeAt",
      "checkoutUrl",
    ]);
  });

  it("names every unknown field, with its JSON type", () => {
    const issues = issuesOf(schema, { first: "a", second: 1, x: null, y: [], toString: "z" });
    expect(issues.map(({ type, received, path }) => [type, received, path[0]?.key])).toEqual([
      ["unknown_field", "null", "x"],
      ["unknown_field", "array", "y"],
      ["unknown_field", "string", "toString"],
    ]);
  });

  it("names at most 100 issues", () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`field${index}`, 1]));
    expect(issuesOf(schema, many)).toHaveLength(limits.issuesMax);
    const list = Array.from({ length: 300 }, () => ({ key: "" }));
    expect(issuesOf(schema, { first: "a", second: 1, inner: { list } })).toHaveLength(limits.issuesMax);
  });

  it("leads from the body down to a nested field", () => {
    const [issue] = issuesOf(schema, { first: "a", second: 1, inner: { list: [{ key: "a" }, {}] } });
    expect(issue).toMatchObject({
      type: "required",
      expected: "string",
      path: [
        { type: "object", key: "inner" },
        { type: "object", key: "list" },
        { type: "array", key: 1 },
        { type: "object", key: "key" },
      ],
    });
    expect(issue?.message).toBe("inner.list.1.key is needed.");
  });

  it("finds unknown fields in nested objects and lists", () => {
    const issues = issuesOf(schema, { first: "a", second: 1, inner: { list: [{ key: "a", z: 1 }], y: 1 } });
    expect(issues.map((issue) => issue.path.map((step) => step.key).join("."))).toEqual([
      "inner.list.0.z",
      "inner.y",
    ]);
  });

  it("refuses a list where an object is wanted, and nothing of what it holds", () => {
    const nested = v.object({ list: v.array(v.object({ key: name })), notes: metadata, last: name });
    const issues = issuesOf(nested, { last: "", notes: ["x"], list: [["x"], { key: 1 }] });
    expect(issues.map(({ type, path }) => [type, ...path.map((step) => step.key)])).toEqual([
      ["type", "list", 0],
      ["type", "list", 1, "key"],
      ["type", "notes"],
      ["min_length", "last"],
    ]);
  });

  it("refuses names that would be left out of a record without a word", () => {
    const record = v.object({ notes: metadata, last: name });
    const issues = issuesOf(record, { last: 1, notes: { constructor: "x", prototype: "y", kept: "z" } });
    expect(issues.map(({ type, path }) => [type, ...path.map((step) => step.key)])).toEqual([
      ["pattern", "notes", "constructor"],
      ["pattern", "notes", "prototype"],
      ["type", "last"],
    ]);
  });

  it("never shows the value of a secret field", () => {
    const secret = v.object({ token: text(3, 5), code: v.pipe(v.string(), v.regex(/^\d+$/)) });
    for (const value of ["xq", "xqxqxq", "xq\0", ["xq"]])
      expect(JSON.stringify(issuesOf(secret, { token: value, code: value }))).not.toContain("xq");
  });

  it("refuses a body that is no object, with an empty path", () => {
    for (const body of ["text", 5, null])
      expect(issuesOf(schema, body)[0]).toMatchObject({ type: "type", expected: "object", path: [] });
  });
});

describe("issues that no schema can hold", () => {
  it("give a taken value the contract's exact words", () => {
    expect(duplicateIssue("slug")).toEqual({
      kind: "validation",
      type: "unique",
      expected: "unique_value",
      received: "duplicate_value",
      message: "validation.unique",
      path: [{ type: "object", key: "slug" }],
    });
  });

  it("say in words what an order of two times must be, and must not be", () => {
    const messageOf = (expected: string) => fieldIssue("drawAt", "order", expected, "x").message;
    expect(messageOf("after now")).toBe("drawAt must be after now.");
    expect(messageOf("not before closeAt")).toBe("drawAt must not be before closeAt.");
  });

  it("have an empty path for the body as a whole", () => {
    expect(fieldIssue("", "order", "after openAt", "x").path).toEqual([]);
  });
});

describe("the schemas of bodies", () => {
  it("take a patch that changes nothing", () => {
    for (const schema of [shapes.experiencePatch, shapes.sequencePatch, shapes.queuePatch])
      expect(parseObject(schema, {})).toEqual({ ok: true, value: {} });
  });

  it("let options be cleared and needed fields not", () => {
    expect(parseObject(shapes.queuePatch, { capacity: null }).ok).toBe(true);
    expect(issuesOf(shapes.queuePatch, { name: null, admitRate: null }).map((issue) => issue.type)).toEqual([
      "required",
      "required",
    ]);
  });
});
