/** What can be wrong with a body or a query, worked out from its schema: one fault after the other, and what each must be called. */
import { countText, encodeId, type IdKind, type IssueType, idPrefixes, limits } from "@stanchion/contract";
import * as v from "valibot";

export type Path = readonly (string | number)[];

/** A fault in one field, and the issue that it must bring. */
export interface FieldFault {
  /** Such as `variants.0.sku too long`. */
  readonly name: string;
  readonly path: Path;
  /** Undefined: the field is left out. */
  readonly value: unknown;
  readonly type: IssueType;
  readonly expected?: string;
  readonly received?: string;
}

/** The parts of Valibot's schemas that it documents for introspection. */
interface Introspected {
  readonly type: string;
  readonly pipe?: readonly Action[];
  readonly wrapped?: Introspected;
  readonly entries?: Readonly<Record<string, Introspected>>;
  readonly item?: Introspected;
  readonly value?: Introspected;
  readonly options?: readonly string[];
}
interface Action {
  readonly kind: string;
  readonly type: string;
  readonly requirement?: number;
  readonly message?: string;
}
interface Field {
  readonly schema: Introspected;
  readonly isOptional: boolean;
  readonly isNullable: boolean;
  readonly actions: readonly Action[];
}

const uuid = "0190fd2e-7c4a-7bbb-8abc-0123456789ab";
const samples: readonly unknown[] = [
  "text",
  "a@example.com",
  "https://example.com/",
  "2030-01-01T00:00:00Z",
  "UTC",
  "EUR",
  "120.00",
  "123456",
  "https://shop.example",
  "publishable",
  "queues:read",
  "queue.paused",
  "viewer",
  "none",
  "BOT",
  "hmac",
  "#1a2b3c",
  "de",
  ...(Object.keys(idPrefixes) as IdKind[]).map((kind) => encodeId(kind, uuid)),
  1,
  10,
  false,
  true,
];

/** A value that keeps every rule of the schema that can be seen in it alone. */
export function goodValue(schema: v.GenericSchema): unknown {
  const { schema: inner } = fieldOf(introspect(schema));
  const found = samples.find((sample) => v.is(schema, sample));
  if (found !== undefined) return found;
  if (inner.entries !== undefined) return goodObject(inner.entries);
  if (inner.item !== undefined) return [goodValue(asSchema(inner.item))];
  if (inner.type === "record") return {};
  throw new Error(`no sample keeps the rules of this ${inner.type}: add one`);
}

function goodObject(entries: Readonly<Record<string, Introspected>>): Record<string, unknown> {
  const needed = Object.entries(entries).filter(([, entry]) => !fieldOf(entry).isOptional);
  return Object.fromEntries(needed.map(([name, entry]) => [name, goodValue(asSchema(entry))]));
}

/** The body with the value at the path; objects and lists on the way are made, as good as the schema wants them. */
export function withValue(schema: v.GenericSchema, path: Path, value: unknown): unknown {
  const body = structuredClone(goodValue(schema)) as Record<string | number, unknown>;
  let at = body;
  let inner = fieldOf(introspect(schema)).schema;
  for (const step of path.slice(0, -1)) {
    inner = fieldOf(inner.entries?.[step] ?? inner.item ?? inner).schema;
    at[step] ??= goodValue(asSchema(inner));
    at = at[step] as typeof at;
  }
  const last = path.at(-1) ?? "";
  if (value === undefined) delete at[last];
  else at[last] = value;
  return body;
}

/** The members of an object schema, in its order. */
export function fieldNames(schema: v.GenericSchema): string[] {
  return Object.keys(fieldOf(introspect(schema)).schema.entries ?? {});
}

/** Every fault of every field, nested ones too. */
export function faultsOf(schema: v.GenericSchema, path: Path = []): FieldFault[] {
  const { schema: inner } = fieldOf(introspect(schema));
  return Object.entries(inner.entries ?? {}).flatMap(([name, entry]) =>
    faultsOfField(entry, [...path, name]),
  );
}

function faultsOfField(entry: Introspected, path: Path): FieldFault[] {
  const field = fieldOf(entry);
  // Each such item is judged by itself, and no fault of it fails the call.
  if (field.schema.type === "custom") return [];
  const fault = (
    name: string,
    value: unknown,
    type: IssueType,
    more: Partial<FieldFault> = {},
  ): FieldFault => ({
    name: `${path.join(".")} ${name}`,
    path,
    value,
    type,
    ...more,
  });
  const own = [...presenceFaults(field, fault), ...typeFaults(field, fault), ...ruleFaults(field, fault)];
  const { item, value, entries } = field.schema;
  if (item !== undefined) {
    const ofItem = faultsOfField(item, [...path, 0]);
    // A list cannot lack an item that it has.
    return [...own, ...ofItem.filter((one) => isPresent(one) || one.path.length > path.length + 1)];
  }
  if (entries !== undefined) return [...own, ...faultsOf(asSchema(field.schema), path)];
  if (value !== undefined) return [...own, ...faultsOfField(value, [...path, "member"]).filter(isPresent)];
  return own;
}

const isPresent = ({ value }: FieldFault): boolean => value !== undefined;

type MakeFault = (name: string, value: unknown, type: IssueType, more?: Partial<FieldFault>) => FieldFault;

function presenceFaults({ schema, isOptional, isNullable, actions }: Field, fault: MakeFault): FieldFault[] {
  const missing = isOptional ? [] : [fault("missing", undefined, "required", { received: "undefined" })];
  const isNeeded = actions.some(({ message }) => message?.startsWith("required:"));
  if (isNeeded) return [...missing, fault("cleared", null, "required", { received: "null" })];
  if (isNullable || schema.type === "never") return missing;
  return [...missing, fault("null", null, "type", { received: "null" })];
}

const jsonValues: Readonly<Record<string, unknown>> = {
  string: "text",
  number: 7,
  boolean: true,
  array: [],
  object: {},
};
const jsonTypes: Readonly<Record<string, string>> = {
  picklist: "string",
  literal: "boolean",
  loose_object: "object",
  record: "object",
};

function typeFaults({ schema }: Field, fault: MakeFault): FieldFault[] {
  if (schema.type === "never")
    return Object.entries(jsonValues).map(([type, value]) =>
      fault(`a ${type}`, value, "enum", { expected: "null" }),
    );
  const own = jsonTypes[schema.type] ?? schema.type;
  const expected = schema.type in jsonTypes && schema.type !== "record" ? {} : { expected: own };
  return Object.entries(jsonValues)
    .filter(([type]) => type !== own)
    .map(([type, value]) => fault(`a ${type}`, value, "type", { ...expected, received: type }));
}

function ruleFaults({ schema, actions }: Field, fault: MakeFault): FieldFault[] {
  const listed: FieldFault[] =
    schema.type === "picklist"
      ? [fault("not listed", "NOT_LISTED", "enum", { received: "NOT_LISTED" })]
      : schema.type === "literal"
        ? [fault("the other", true, "enum", { expected: "false", received: "true" })]
        : [];
  return [...listed, ...actions.flatMap((action) => faultsOfAction(schema, action, actions, fault))];
}

/** What breaks a rule that a text of any kind does not. */
const wrongTexts: Readonly<Record<string, readonly string[]>> = {
  "valid email": ["not-an-email", "a..b@example.org", ".a@example.org", "a@exa_mple.org"],
  "valid email, in ASCII before the @": ["jürgen@exämple.org"],
  "text that is not blank": [" ", "   ", "\u00a0\u3000"],
};

function faultsOfAction(
  schema: Introspected,
  { type, requirement = 0, message = "" }: Action,
  actions: readonly Action[],
  fault: MakeFault,
): FieldFault[] {
  const isList = schema.type === "array";
  const sized = (count: number) =>
    isList ? Array.from({ length: count }, () => goodValue(asSchema(schema.item))) : "a".repeat(count);
  const counted = (count: number) => countText(count, isList ? "item" : "character");
  const lengths = (count: number) => ({ expected: counted(requirement), received: counted(count) });
  const values = (value: number) => ({ expected: String(requirement), received: String(value) });
  const long = "?".repeat(limits.receivedCharactersMax * 3);
  switch (type) {
    case "min_length":
      if (requirement === 0) return [];
      return [fault("too short", sized(requirement - 1), type, lengths(requirement - 1))];
    case "max_length":
      return [fault("too long", sized(requirement + 1), type, lengths(requirement + 1))];
    case "max_entries": {
      const many = Object.fromEntries(
        Array.from({ length: requirement + 1 }, (_, index) => [`k${index}`, ""]),
      );
      const more = { expected: `${requirement} members`, received: `${requirement + 1} members` };
      return [fault("with too many members", many, "max_length", more)];
    }
    case "min_value":
      return [fault("too small", requirement - 1, type, values(requirement - 1))];
    case "max_value":
      return [fault("too great", requirement + 1, type, values(requirement + 1))];
    case "regex":
      return [fault("of another pattern", "?", "pattern", { received: "?" })];
    case "check": {
      const [issue = "", expected = ""] = message.split(/:(.*)/s);
      if (issue === "required") return [];
      if (Object.hasOwn(wrongTexts, expected))
        return (wrongTexts[expected] ?? []).map((wrong) =>
          fault(`that is ${JSON.stringify(wrong)}`, wrong, issue as IssueType, { expected, received: wrong }),
        );
      if (expected === "integer") {
        const least = actions.find((action) => action.type === "min_value")?.requirement ?? 0;
        return [fault("not whole", least + 0.5, "format", { expected, received: String(least + 0.5) })];
      }
      const wrong = expected.includes("Unicode") ? "a\0b" : "?\u0007";
      const faults = [fault("breaking its rule", wrong, issue as IssueType, { expected })];
      return expected.includes("Unicode")
        ? faults
        : [...faults, fault("long and wrong", `${long}\0`, issue as IssueType)];
    }
    default:
      throw new Error(`no fault is known that breaks ${type}: add one`);
  }
}

function fieldOf(entry: Introspected): Field {
  const actions: Action[] = [];
  let schema = entry;
  let isOptional = false;
  let isNullable = false;
  for (;;) {
    actions.push(...(schema.pipe ?? []).filter((step) => step.kind === "validation"));
    if (schema.wrapped === undefined) return { schema, isOptional, isNullable, actions };
    isOptional ||= schema.type === "optional";
    isNullable ||= schema.type === "nullable";
    schema = schema.wrapped;
  }
}

function introspect(schema: v.GenericSchema): Introspected {
  return schema as unknown as Introspected;
}

// What was taken out of a schema is a schema.
function asSchema(part: unknown): v.GenericSchema {
  return part as v.GenericSchema;
}
