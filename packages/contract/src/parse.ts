/** From a schema and an input to a value, or to the contract's issues. */
import * as v from "valibot";
import { english, issueMessage } from "./catalogue.ts";
import type { IssueType, ValidationIssue } from "./errors.ts";
import { limits } from "./limits.ts";

export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** All of them, in the order of the schema's fields; unknown fields last. */
      readonly issues: readonly ValidationIssue[];
      /** Wrong JSON types and unknown fields: 400. */
      readonly unreadable: readonly ValidationIssue[];
      /** Rules that a value of the right type breaks, and missing members: 422. */
      readonly invalid: readonly ValidationIssue[];
    };

/**
 * Parses an object with an object schema of the contract. All issues at once (at most 100), in the order of the schema's fields.
 * The value holds only the schema's members.
 */
export function parseObject<T extends v.GenericSchema>(
  schema: T,
  input: unknown,
): ParseResult<v.InferOutput<T>> {
  const result = v.safeParse(schema, input);
  const found = result.success ? [] : result.issues.map((issue) => issueFrom(issue, schema));
  const overlooked = overlookedIssues(schema, input, []);
  const unknown = unknownFields(schema, input, []);
  if (result.success && overlooked.length + unknown.length === 0) return { ok: true, value: result.output };
  const issues = overlooked.length === 0 ? found : inOrder(schema, overlooked, found);
  const all = [...issues, ...unknown];
  const isUnreadable = (found: ValidationIssue): boolean =>
    found.type === "type" || found.type === "unknown_field";
  return {
    ok: false,
    issues: all.slice(0, limits.issuesMax),
    unreadable: all.filter(isUnreadable).slice(0, limits.issuesMax),
    invalid: all.filter((found) => !isUnreadable(found)).slice(0, limits.issuesMax),
  };
}

/**
 * An issue about one field, made by a rule that no schema can hold, such as a reference or an order of two times.
 * The field is a member's name, or the way to a nested one: `["variants", 0, "sku"]`; empty for the body as a whole.
 */
export function fieldIssue(
  field: string | FieldPath,
  type: IssueType,
  expected: string,
  received: string,
): ValidationIssue {
  const steps = typeof field === "string" ? (field === "" ? [] : [field]) : field;
  const path = steps.map((key) => ({ type: typeof key === "number" ? "array" : "object", key }) as const);
  return makeIssue(type, expected, received, path);
}

/**
 * A count as an issue says it.
 * @example countText(1, "item") // "1 item"; countText(2, "item") is "2 items"
 */
export function countText(count: number, one: "character" | "item" | "member"): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}

/** The names of an object schema's fields, in its order. */
export function fieldNamesOf(schema: unknown): readonly string[] {
  return Object.keys(unwrap(introspect(schema)).entries ?? {});
}

/** Whether an object schema's field is a number, so that a query's text is to be read as one. */
export function isNumberField(schema: unknown, name: string): boolean {
  const entries = unwrap(introspect(schema)).entries ?? {};
  const field = Object.hasOwn(entries, name) ? entries[name] : undefined;
  return field !== undefined && unwrap(field).type === "number";
}

/** The way from a body to a field: names of members and indexes of lists. */
export type FieldPath = readonly (string | number)[];

/** The issue of a unique field whose value is taken. */
export function duplicateIssue(field: string | FieldPath): ValidationIssue {
  return {
    ...fieldIssue(field, "unique", "unique_value", "duplicate_value"),
    message: "validation.unique",
  };
}

type Path = ValidationIssue["path"];

function makeIssue(type: IssueType, expected: string, received: string, found: Path): ValidationIssue {
  const path = found.map(shortStep);
  return {
    kind: "validation",
    type,
    expected,
    received: received.slice(0, limits.receivedCharactersMax).toWellFormed(),
    message: issueMessage(english, { type, expected, path }),
    path,
  };
}

/** A name that nobody knows can be as long as the body, and hold anything. */
function shortStep(step: Path[number]): Path[number] {
  if (typeof step.key === "number") return step;
  return { ...step, key: step.key.slice(0, limits.fieldNameCharactersMax).toWellFormed() };
}

function issueFrom(found: v.BaseIssue<unknown>, schema: v.GenericSchema): ValidationIssue {
  const path: Path = (found.path ?? []).map((step) => ({
    type: step.type === "array" ? ("array" as const) : ("object" as const),
    key: typeof step.key === "number" ? step.key : String(step.key),
  }));
  const received = isSecret(path) ? "hidden" : receivedText(found.input);
  if (found.kind === "schema") {
    if (found.received === "undefined")
      return makeIssue("required", expectsAt(schema, path), "undefined", path);
    if (found.type === "picklist" && typeof found.input === "string")
      return makeIssue("enum", found.expected ?? "a listed value", received, path);
    if (found.type === "never") return makeIssue("enum", "null", received, path);
    if (found.type === "literal" && typeof found.input === "boolean")
      return makeIssue("enum", found.expected ?? "a listed value", received, path);
    return makeIssue("type", plainType(found.expected), jsonType(found.input), path);
  }
  if (found.type === "check") {
    const at = found.message.indexOf(":");
    return makeIssue(found.message.slice(0, at) as IssueType, found.message.slice(at + 1), received, path);
  }
  const requirement = String((found as { requirement?: unknown }).requirement);
  if (found.type === "min_length" || found.type === "max_length") {
    const { length } = found.input as string | unknown[];
    const one = Array.isArray(found.input) ? "item" : "character";
    return makeIssue(found.type, countText(Number(requirement), one), countText(length, one), path);
  }
  if (found.type === "max_entries") {
    const count = Object.keys(Object(found.input)).length;
    return makeIssue(
      "max_length",
      countText(Number(requirement), "member"),
      countText(count, "member"),
      path,
    );
  }
  if (found.type === "min_value" || found.type === "max_value")
    return makeIssue(found.type, requirement, received, path);
  return makeIssue("pattern", found.expected ?? "the documented pattern", received, path);
}

/** Fields whose values are never echoed, whatever is wrong with them. */
const secretFields: ReadonlySet<unknown> = new Set([
  "accessCode",
  "accessToken",
  "carryCode",
  "code",
  "currentPassword",
  "exchangeCode",
  "newPassword",
  "password",
  "refreshToken",
  "secret",
  "token",
]);

function isSecret(path: Path): boolean {
  return secretFields.has(path.at(-1)?.key);
}

function plainType(expected: string | null): string {
  const words = (expected ?? "another type").replace(/[()]/g, "").split(" | ");
  return words.map((word) => (word === "Object" ? "object" : word === "Array" ? "array" : word)).join(" or ");
}

function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function receivedText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object") return jsonType(value);
  return String(value);
}

interface Introspected {
  readonly type: string;
  readonly expects: string;
  readonly entries?: Record<string, Introspected>;
  readonly wrapped?: Introspected;
  readonly item?: Introspected;
}

// Valibot's schemas are plain data; these are the members that it documents for introspection.
function introspect(schema: unknown): Introspected {
  return schema as Introspected;
}

function unwrap(schema: Introspected): Introspected {
  return schema.wrapped === undefined ? schema : unwrap(schema.wrapped);
}

function expectsAt(schema: v.GenericSchema, path: Path): string {
  let at: Introspected | undefined = unwrap(introspect(schema));
  for (const step of path) {
    const next: Introspected | undefined = step.type === "array" ? at.item : at.entries?.[String(step.key)];
    if (next === undefined) return "a value";
    at = unwrap(next);
  }
  return plainType(at.expects);
}

function unknownFields(schema: unknown, input: unknown, path: Path): ValidationIssue[] {
  const { type, entries, item } = unwrap(introspect(schema));
  if (item !== undefined && Array.isArray(input))
    return input.flatMap((value, key) => unknownFields(item, value, [...path, { type: "array", key }]));
  if (entries === undefined || !isObject(input)) return [];
  const found: ValidationIssue[] = [];
  for (const [key, value] of Object.entries(input)) {
    const step: Path = [...path, { type: "object", key }];
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined;
    if (known === undefined) {
      if (type !== "loose_object")
        found.push(makeIssue("unknown_field", "no such field", jsonType(value), step));
    } else found.push(...unknownFields(known, value, step));
    if (found.length >= limits.issuesMax) break;
  }
  return found;
}

/** What Valibot lets pass without a word: a list where an object is wanted, and two names that it leaves out of a record. */
function overlookedIssues(schema: unknown, input: unknown, path: Path): ValidationIssue[] {
  const { type, entries, item } = unwrap(introspect(schema));
  const isWanted = entries !== undefined || type === "record";
  if (isWanted && Array.isArray(input)) return [makeIssue("type", "object", "array", path)];
  if (type === "record" && isObject(input))
    return ["constructor", "prototype"]
      .filter((key) => Object.hasOwn(input, key))
      .map((key) => makeIssue("pattern", "another name", key, [...path, { type: "object", key }]));
  if (item !== undefined && Array.isArray(input))
    return input.flatMap((value, key) => overlookedIssues(item, value, [...path, { type: "array", key }]));
  if (entries === undefined || !isObject(input)) return [];
  return Object.entries(entries).flatMap(([key, entry]) =>
    Object.hasOwn(input, key) ? overlookedIssues(entry, input[key], [...path, { type: "object", key }]) : [],
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Both kinds of issue in the order of the fields, without what was found inside of a list that is no object. */
function inOrder(
  schema: unknown,
  overlooked: readonly ValidationIssue[],
  found: readonly ValidationIssue[],
): ValidationIssue[] {
  const isInside = ({ path }: ValidationIssue): boolean =>
    overlooked.some(
      ({ type, path: list }) => type === "type" && list.every(({ key }, at) => path[at]?.key === key),
    );
  const fields = fieldNamesOf(schema);
  const placeOf = ({ path: [field, index] }: ValidationIssue): number =>
    fields.indexOf(String(field?.key)) * 1e6 + (typeof index?.key === "number" ? index.key : 0);
  const all = [...overlooked, ...found.filter((issue) => !isInside(issue))];
  return all.sort((a, b) => placeOf(a) - placeOf(b));
}
