/** From a JSON schema to values that keep it, almost keep it, or do not care. */
import * as fc from "fast-check";
import type { JsonSchema } from "./operation-surface.ts";

export type JsonValue = null | boolean | number | string | JsonValue[] | { [member: string]: JsonValue };

/** A text that stands for something of the world at the time of sending: an id seen before, a new one, a token, a moment. */
export function referenceTo(pool: string, at: number): string {
  return `@{${pool}:${at}}`;
}

const some = fc.nat({ max: 7 });
const referenced = (pool: string): fc.Arbitrary<string> => some.map((at) => referenceTo(pool, at));

/** Values that the schema allows, and that go with what is there. */
export function validValue(schema: JsonSchema, name: string): fc.Arbitrary<JsonValue> {
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as JsonValue[]));
  if (schema.const !== undefined) return fc.constant(schema.const as JsonValue);
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices))
    return fc.oneof(...(choices as JsonSchema[]).map((choice) => validValue(choice, name)));
  if (Array.isArray(schema.type))
    return fc.oneof(...(schema.type as string[]).map((type) => validValue({ ...schema, type }, name)));
  switch (schema.type) {
    case "string":
      return validText(schema, name);
    case "integer":
    case "number":
      return validNumber(schema);
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(validValue((schema.items ?? {}) as JsonSchema, name), { maxLength: 3 });
    case "object":
      return validObject(schema);
    default:
      return fc.constant(null);
  }
}

function validObject(schema: JsonSchema): fc.Arbitrary<JsonValue> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const needed = (schema.required ?? []) as string[];
  const free = schema.additionalProperties;
  if (properties.length === 0 && free !== null && typeof free === "object")
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), validValue(free as JsonSchema, ""), {
      maxKeys: 3,
    });
  const members = Object.fromEntries(
    properties.map(([member, inner]) => [member, validValue(inner, member)]),
  );
  return fc.record(members, { requiredKeys: needed }) as fc.Arbitrary<JsonValue>;
}

/** Texts whose schema cannot say all that makes them good. */
const knownTexts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc.oneof(
    fc.nat({ max: 30 }).map((n) => `fan${n}@mail.example`),
    referenced("memberEmail"),
  ),
  password: referenced("password"),
  currentPassword: referenced("password"),
  // The same again, so that it stays known.
  newPassword: referenced("password"),
  timeZone: fc.constantFrom("Europe/Oslo", "UTC", "America/New_York"),
  currency: fc.constantFrom("EUR", "USD", "JPY"),
  slug: fc.nat({ max: 1_000 }).map((n) => `drop-${n}`),
  refreshToken: referenced("refreshToken"),
  token: referenced("admissionToken"),
  after: referenced("cursor"),
  segment: fc.nat({ max: 2 }).map(String),
  requestId: referenced("req"),
  fingerprint: fc.constantFrom("device-0001", "device-0002"),
};

function validText(schema: JsonSchema, name: string): fc.Arbitrary<string> {
  const pattern = typeof schema.pattern === "string" ? schema.pattern : null;
  const prefix = /^\^([a-z]+)_\[0-7\]/.exec(pattern ?? "")?.[1];
  if (prefix !== undefined)
    return name === "id"
      ? fc.oneof(
          { weight: 5, arbitrary: referenced(`new ${prefix}`) },
          { weight: 1, arbitrary: referenced(prefix) },
        )
      : referenced(prefix);
  const known = knownTexts[name];
  if (known !== undefined) return known;
  if (pattern?.includes("[Tt][Pp]"))
    return fc.nat({ max: 9 }).map((n) => `https://shop.example/checkout/${n}`);
  if (pattern !== null && !pattern.startsWith("^[^")) return fc.stringMatching(new RegExp(pattern));
  if (schema.format === "date-time")
    return fc.integer({ min: -7_200, max: 7_200 }).map((s) => referenceTo("time", s));
  const minLength = Number(schema.minLength ?? 0);
  const maxLength = Math.min(Number(schema.maxLength ?? 40), 40);
  return fc.string({ unit: "grapheme-ascii", minLength, maxLength: Math.max(minLength, maxLength) });
}

function validNumber(schema: JsonSchema): fc.Arbitrary<number> {
  const min = Number(schema.minimum ?? -1_000);
  const max = Number(schema.maximum ?? 1_000);
  return fc.oneof(
    fc.integer({ min, max }),
    fc.constantFrom(min, max),
    fc.integer({ min, max: Math.min(max, min + 50) }),
  );
}

const strangeTexts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "",
    " ",
    "\0",
    "\ud83c",
    "null",
    "-1",
    "1e400",
    "../..",
    "%00",
    "x".repeat(9_000),
    "\u202e",
    "@",
    "🎟",
  ),
);

/** Anything that JSON can say. */
export const anyValue: fc.Arbitrary<JsonValue> = fc.oneof(
  strangeTexts,
  fc.constantFrom<JsonValue>(null, true, false, 0, -0, 1, -1, 1.5, 2 ** 53, 1e308, {}, []),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>,
);

/** An object that the schema allows but for one member, which is gone, unknown, or has another value. */
export function nearlyValidObject(schema: JsonSchema): fc.Arbitrary<JsonValue> {
  const change = fc.oneof(
    fc.record({ kind: fc.constant("drop" as const), at: some }),
    fc.record({ kind: fc.constant("replace" as const), at: some, value: anyValue }),
    fc.record({ kind: fc.constant("add" as const), name: fc.string({ maxLength: 12 }), value: anyValue }),
  );
  return fc.tuple(validValue(schema, ""), change).map(([value, { kind, ...how }]) => {
    const object = { ...(value as { [member: string]: JsonValue }) };
    if (kind === "add")
      return { ...object, [(how as { name: string }).name]: (how as { value: JsonValue }).value };
    const names = Object.keys(object);
    const name = names[(how as { at: number }).at % Math.max(1, names.length)];
    if (name === undefined) return object;
    if (kind === "drop") delete object[name];
    else object[name] = (how as { value: JsonValue }).value;
    return object;
  });
}

export { strangeTexts };
