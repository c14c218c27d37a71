/** The places in a body where a text can stand. */
import * as fc from "fast-check";
import type { JsonSchema } from "./operation-surface.ts";
import { type JsonValue, validValue } from "./value-arbitraries.ts";

/** From the body down to the text; a number is a place in a list. */
export type FieldPath = readonly (string | number)[];

/** Every place of the schema that takes a text, those inside lists and free objects too. */
export function textFields(schema: JsonSchema, at: FieldPath = []): FieldPath[] {
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  if (choices !== undefined) return choices.flatMap((choice) => textFields(choice, at));
  if ([schema.type].flat().includes("string")) return [at];
  if (schema.type === "array") return textFields((schema.items ?? {}) as JsonSchema, [...at, 0]);
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const free = schema.additionalProperties;
  const inside = properties.flatMap(([name, inner]) => textFields(inner, [...at, name]));
  return free !== null && typeof free === "object"
    ? [...inside, ...textFields(free as JsonSchema, [...at, "note"])]
    : inside;
}

/** One value that the schema allows, the same for the same seed. */
export function sampleOf(schema: JsonSchema, seed: number): JsonValue {
  return fc.sample(validValue(schema, ""), { numRuns: 1, seed })[0] ?? null;
}

/** The value with a text at the path; what must be around it is made as the schema allows. */
export function withText(
  schema: JsonSchema,
  value: JsonValue,
  path: FieldPath,
  text: string,
  seed: number,
): JsonValue {
  const [first, ...rest] = path;
  if (first === undefined) return text;
  const choices = (schema.anyOf ?? schema.oneOf) as JsonSchema[] | undefined;
  const within = choices?.find((choice) => textFields(choice).length > 0) ?? schema;
  if (typeof first === "number") {
    const items = within.items as JsonSchema;
    const list = Array.isArray(value) ? value : [];
    return [withText(items, list[0] ?? sampleOf(items, seed), rest, text, seed), ...list.slice(1)];
  }
  const object = value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
  const known = (within.properties as Record<string, JsonSchema> | undefined)?.[first];
  const inner = known ?? (within.additionalProperties as JsonSchema);
  const before = object[first] ?? (rest.length > 0 ? sampleOf(inner, seed) : null);
  return { ...object, [first]: withText(inner, before, rest, text, seed) };
}

/** What stands at the path; undefined: nothing. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) at = (Object(at) as Record<string | number, unknown>)[step];
  return at;
}
