/** The JSON Schemas of the OpenAPI document: what Valibot's own conversion leaves out is added here. */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { type IdKind, idPrefixes } from "./ids.ts";
import { limits } from "./limits.ts";
import { batchedConsumer, consumerCreate } from "./resources.ts";

type Json = Record<string, unknown>;

/** What goes in. It is closed: an unknown field is refused, in nested objects too. */
export function inputSchema(schema: v.GenericSchema): Json {
  return closed(bounded(converted(schema), "")) as Json;
}

/** What comes out. Every number of ours is whole, but for the few that are named here. */
export function answerSchema(schema: v.GenericSchema): Json {
  return bounded(wholeNumbers(converted(schema), "") as Json, "");
}

/** A schema written by hand, with a bound on every text, number and list. `name` is the name of the member that it is of. */
export function bounded(schema: Json, name: string): Json {
  const types = [schema.type].flat();
  return {
    ...Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, boundedPart(key, value, name)])),
    ...(types.includes("string") ? boundsOfText(schema, name) : {}),
    ...(types.includes("integer") ? boundsOfInteger(schema, name) : {}),
    ...(types.includes("array") && schema.maxItems === undefined ? { maxItems: itemsMax(name) } : {}),
  };
}

function boundedPart(key: string, value: unknown, name: string): unknown {
  if (value === null || typeof value !== "object") return value;
  switch (key) {
    case "properties":
      return Object.fromEntries(
        Object.entries(value).map(([member, schema]) => [member, bounded(schema as Json, member)]),
      );
    case "items":
    case "propertyNames":
    case "additionalProperties":
      return bounded(value as Json, name);
    case "anyOf":
    case "oneOf":
    case "allOf":
      return (value as Json[]).map((schema) => bounded(schema, name));
    default:
      return value;
  }
}

function converted(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    errorMode: "ignore",
    target: "draft-2020-12",
    overrideSchema: ({ valibotSchema }) =>
      valibotSchema === batchedConsumer ? converted(consumerCreate) : null,
    overrideAction: ({ valibotAction, jsonSchema }) => {
      if (valibotAction.type !== "check") return null;
      const rule = ruleSchema(String(Object(valibotAction).message), String(jsonSchema.pattern));
      return rule === null ? null : { ...jsonSchema, ...rule };
    },
  }) as Json;
  return rest;
}

const idPattern = (kind: IdKind): string => `^${idPrefixes[kind]}_[0-7][0-9a-hjkmnp-tv-z]{25}$`;
const noNul = "^[^\\u0000]*$";
const noControls = "^[^\\u0000-\\u001f\\u007f]*$";
const visible = "^[\\u0021-\\u007e]*$";

/** Rules that are code, as far as JSON Schema can say them; by what they expect. */
const ruleSchemas: Readonly<Record<string, Json>> = {
  integer: { type: "integer" },
  "date-time with offset": { format: "date-time", maxLength: 40 },
  "IANA time zone": { pattern: "^[A-Za-z][A-Za-z0-9_+/-]*$", maxLength: 64 },
  "http or https URL": { pattern: "^[Hh][Tt][Tt][Pp][Ss]?:" },
  "well-formed Unicode without NUL": { pattern: noNul },
  "text without control characters": { pattern: noControls },
  "valid email": { format: "email" },
  'a decimal such as "120.00"': { pattern: "^\\d{1,12}(\\.\\d{1,4})?$", maxLength: 17 },
  "ISO 4217 currency": { pattern: "^[A-Z]{3}$", maxLength: 3 },
};

/** A schema has one pattern, so that what is not blank says again what the rule before it forbids. */
const notBlank: Readonly<Record<string, string>> = {
  [noNul]: "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
  [noControls]: "^[^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]*$",
};

function ruleSchema(message: string, patternBefore: string): Json | null {
  const expected = message.slice(message.indexOf(":") + 1);
  if (expected === "text that is not blank") return { pattern: notBlank[patternBefore] };
  const kinds = idKinds.filter((known) => expected.split(" or ").includes(`${known} id`));
  if (kinds.length === 0) return ruleSchemas[expected] ?? null;
  return { pattern: kinds.map(idPattern).join("|"), maxLength: 36 };
}

const idKinds = Object.keys(idPrefixes) as IdKind[];

/** What texts are by the names of their members, where their schema says no more than that they are texts. */
const textsByName: readonly [name: RegExp, schema: Json][] = [
  // What a caller sent comes back in these, whatever it was: any character, and only so many.
  [/^received$|^key$|^message$|^detail$/, { pattern: "^[\\s\\S]*$", maxLength: 4_096 }],
  [/At$|^asOf$/, { format: "date-time", maxLength: 40 }],
  [
    /^requestId$|^instance$/,
    { pattern: `^[A-Za-z0-9_-]{1,${limits.requestIdCharactersMax}}$`, maxLength: 64 },
  ],
  [/^keyId$/, { pattern: idPattern("apiKey"), maxLength: 36 }],
  [/^id$/, { pattern: "^[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}$", maxLength: 36 }],
  [/^code$/, { pattern: "^[A-Z][A-Z0-9_]*$", maxLength: 64 }],
  [/^error$/, { pattern: "^[a-z][a-z_]*$", maxLength: 64 }],
  [/^docs$|^type$/, { format: "uri-reference", maxLength: limits.urlCharactersMax }],
  [/^fingerprint$/, { pattern: "^[A-Za-z0-9_.:-]*$", maxLength: limits.fingerprintCharactersMax }],
  [/[tT]oken$|Cursor$|^after$/, { pattern: visible, maxLength: 4_096 }],
];
const otherText: Json = { pattern: noNul, maxLength: 4_096 };

function boundsOfText(schema: Json, name: string): Json {
  if (schema.enum !== undefined || schema.const !== undefined) return {};
  const kind = idKinds.find((known) => known !== "order" && name === `${known}Id` && name !== "requestId");
  const byName =
    kind === undefined
      ? (textsByName.find(([pattern]) => pattern.test(name))?.[1] ?? otherText)
      : { pattern: idPattern(kind), maxLength: 36 };
  const isRestricted = schema.format !== undefined || schema.pattern !== undefined;
  const { maxLength, ...restriction } = byName;
  return {
    ...(isRestricted ? {} : restriction),
    ...(schema.maxLength === undefined ? { maxLength } : {}),
  };
}

const int32Max = 2_147_483_647;

function boundsOfInteger(schema: Json, name: string): Json {
  const minimum = schema.minimum ?? (name === "priority" ? -1_000_000 : 0);
  const maximum = schema.maximum ?? Number.MAX_SAFE_INTEGER;
  return { minimum, maximum, format: Number(maximum) <= int32Max ? "int32" : "int64" };
}

/** How many elements a list has at most, by the name of its member. */
const itemsByName: Readonly<Record<string, number>> = {
  consumers: limits.consumersPerBatchMax,
  data: limits.listFirstMax,
  // One for each segment of a line as long as a line can be.
  departed: Math.ceil(limits.capacityMax / limits.boardSegmentRanks) + 1,
  drawEntries: limits.exportedEntriesMax,
  entries: limits.exportedEntriesMax,
  issues: limits.issuesMax,
  items: limits.orderItemsMax,
  orders: limits.exportedOrdersMax,
  path: limits.jsonDepthMax,
  requestRecords: limits.exportedRequestsMax,
  requests: limits.requestsShownMax,
  results: limits.consumersPerBatchMax,
  variants: limits.variantsMax,
};

function itemsMax(name: string): number {
  return itemsByName[name] ?? 1_000;
}

const fractions: readonly string[] = ["tookMs", "rho", "z"];

function wholeNumbers(part: unknown, name: string): unknown {
  if (Array.isArray(part)) return part.map((inner) => wholeNumbers(inner, name));
  if (part === null || typeof part !== "object") return part;
  const inner = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      wholeNumbers(value, schemaWords.includes(key) ? name : key),
    ]),
  );
  return inner.type === "number" && !fractions.includes(name) ? { ...inner, type: "integer" } : inner;
}

const schemaWords: readonly string[] = [
  "items",
  "anyOf",
  "oneOf",
  "allOf",
  "propertyNames",
  "additionalProperties",
];

function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (part === null || typeof part !== "object") return part;
  const inner = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  const isObject = inner.type === "object" && inner.additionalProperties === undefined;
  return isObject ? { ...inner, additionalProperties: false } : inner;
}
