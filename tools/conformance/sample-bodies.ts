/** Bodies for any operation, made from the schema that the served document has of it. */
import { type IdKind, idPrefixes, type OperationShape } from "@stanchion/contract";

type Json = Record<string, unknown>;

/** Does the body have fields, so that one can have another type? */
export function hasFields({ body }: OperationShape): boolean {
  return body !== undefined && Object.keys(Object(Object(body).entries) as object).length > 0;
}

/** A body whose first field has another JSON type than it should. */
export function bodyOfAnotherType(schema: Json | null): Json {
  const [first] = fieldsOf(schema);
  if (first === undefined) return {};
  return { [first.name]: typesOf(first.schema).includes("array") ? {} : [] };
}

/** A body that can be read and breaks a rule: without its fields where it needs some, else with a text that none allows. */
export function bodyThatBreaksRule(schema: Json | null): Json {
  const required = (schema?.required as string[] | undefined) ?? [];
  if (required.length > 0) return {};
  const text = fieldsOf(schema).find((field) => typesOf(field.schema).includes("string"));
  return text === undefined ? {} : { [text.name]: "\0" };
}

/** A body that keeps every rule, as small as it can be. `ids` are used where a field is one. */
export function bodyThatIsGood(schema: Json | null, idFor: (kind: IdKind) => string, unique: string): Json {
  const required = (schema?.required as string[] | undefined) ?? [];
  return Object.fromEntries(
    fieldsOf(schema)
      .filter(({ name }) => required.includes(name))
      .map(({ name, schema: field }) => [name, valueFor(name, field, idFor, unique)]),
  );
}

function valueFor(name: string, schema: Json, idFor: (kind: IdKind) => string, unique: string): unknown {
  const kind = Object.keys(idPrefixes).find((known) => name === `${known}Id`);
  if (kind !== undefined) return idFor(kind as IdKind);
  if (name === "url") return `https://hooks.example/${unique}`;
  if (name === "code") return "471100";
  if (name === "email") return `${unique}@example.com`;
  if (schema.format === "date-time") return "2030-01-01T00:00:00.000Z";
  const [type] = typesOf(schema);
  if (type === "number" || type === "integer") return Math.max(1, Number(schema.minimum ?? 1));
  if (type === "boolean") return false;
  if (type === "array")
    return Number(schema.minItems ?? 0) > 0 ? [valueFor(name, Object(schema.items), idFor, unique)] : [];
  if (type === "object") return {};
  return Array.isArray(schema.enum) ? schema.enum[0] : unique;
}

function fieldsOf(schema: Json | null): { name: string; schema: Json }[] {
  const properties = Object(schema?.properties) as Record<string, Json>;
  return Object.entries(properties).map(([name, field]) => ({ name, schema: field }));
}

/** The JSON types that a field may have, through all its alternatives. */
function typesOf(schema: Json): string[] {
  const own = schema.type === undefined ? [] : [schema.type].flat().map(String);
  const branches = [schema.anyOf, schema.oneOf, schema.allOf].flat().filter((branch) => branch !== undefined);
  return [...own, ...branches.flatMap((branch) => typesOf(branch as Json))];
}
