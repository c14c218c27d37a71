/** The OpenAPI document that the server itself serves, as a judge of its answers. */

import type { OperationName } from "@stanchion/contract";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { jsonOf, type ReceivedAnswer } from "./exchange.ts";

type Json = Record<string, unknown>;

export interface ServedDocument {
  /** The document as it was served. */
  readonly document: Json;
  /** Where this answer of this operation is outside the document; empty: nowhere. */
  faultsOf(operation: OperationName, answer: ReceivedAnswer): string[];
  /** The schema of the body that an operation takes; null where it takes none. */
  bodySchemaOf(operation: OperationName): Json | null;
}

export function readDocument(document: Json): ServedDocument {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  const responses = new Map<string, Map<string, Json>>();
  const bodies = new Map<string, Json>();
  for (const [operationId, operation] of operationsOf(document)) {
    const byStatus = Object.entries(operation.responses as Record<string, Json>).map(
      ([status, response]): [string, Json] => [status, follow(document, response)],
    );
    responses.set(operationId, new Map(byStatus));
    const body = jsonSchemaOf(operation.requestBody as Json | undefined, "application/json");
    if (body !== null) bodies.set(operationId, body);
  }
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (key: string, schema: Json, isSuccess: boolean): ValidateFunction => {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const components = isSuccess ? closed(document.components) : document.components;
    const made = ajv.compile({ ...schema, components });
    compiled.set(key, made);
    return made;
  };

  return {
    document,
    bodySchemaOf: (operation) => bodies.get(operation) ?? null,
    faultsOf(operation, answer) {
      const status = String(answer.status);
      const declared = responses.get(operation);
      if (declared === undefined) return [`the served document has no operation ${operation}`];
      const response = declared.get(status);
      if (response === undefined) return [`the served document declares no ${status} for ${operation}`];
      const mediaType = answer.headers.get("content-type")?.split(";")[0] ?? "";
      const content = response.content as Record<string, Json> | undefined;
      if (content === undefined) return answer.text === "" ? [] : [`${status} of ${operation} has a body`];
      const schema = jsonSchemaOf(response, mediaType);
      if (schema === null) return [`${status} of ${operation} is declared without ${mediaType}`];
      if (!mediaType.includes("json")) return [];
      // In errors the members are counted by themselves: a schema with allOf cannot be closed.
      const isSuccess = answer.status < 400;
      const judged = isSuccess ? (closed(schema) as Json) : schema;
      const validate = validatorOf(`${operation} ${status} ${mediaType}`, judged, isSuccess);
      if (validate(jsonOf(answer))) return [];
      return [`outside the served document: ${ajv.errorsText(validate.errors, { dataVar: "body" })}`];
    },
  };
}

function operationsOf(document: Json): [string, Json][] {
  const paths = Object.values(document.paths as Record<string, Record<string, Json>>);
  return paths.flatMap((methods) =>
    Object.values(methods)
      .filter((operation) => typeof operation.operationId === "string")
      .map((operation): [string, Json] => [String(operation.operationId), operation]),
  );
}

function follow(document: Json, value: Json): Json {
  if (typeof value.$ref !== "string") return value;
  let at: unknown = document;
  for (const step of value.$ref.slice(2).split("/"))
    at = (at as Json | undefined)?.[step.replaceAll("~1", "/").replaceAll("~0", "~")];
  return Object(at) as Json;
}

function jsonSchemaOf(holder: Json | undefined, mediaType: string): Json | null {
  const content = holder?.content as Record<string, Json> | undefined;
  return (content?.[mediaType]?.schema as Json | undefined) ?? null;
}

/** The schema with every object closed: a member that it does not list is outside. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== "object") return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return inner.properties !== undefined && inner.additionalProperties === undefined
    ? { ...inner, additionalProperties: false }
    : inner;
}
