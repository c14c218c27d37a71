/** What the OpenAPI document says can be sent to each operation. */
import { type OperationName, openapiDocument, operationNames, operationOf } from "@stanchion/contract";

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly schema: JsonSchema;
}

export interface OperationSurface {
  readonly name: OperationName;
  readonly path: readonly Parameter[];
  readonly query: readonly Parameter[];
  readonly headers: readonly Parameter[];
  /** Null: it takes no body. */
  readonly body: JsonSchema | null;
}

interface DocumentedOperation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
}

/** The surface of every operation. Throws where the document has one that the contract has not, or the other way round. */
export function readSurfaces(document: Record<string, unknown> = openapiDocument("/")): OperationSurface[] {
  const paths = document.paths as Record<string, Record<string, DocumentedOperation>>;
  const documented = Object.values(paths).flatMap((methods) => Object.values(methods));
  const surfaces = documented.map((operation) => surfaceOf(operation));
  const missing = operationNames.filter((name) => !surfaces.some((surface) => surface.name === name));
  if (missing.length > 0) throw new Error(`the document has no ${missing.join(", ")}`);
  return surfaces;
}

function surfaceOf({ operationId, parameters = [], requestBody }: DocumentedOperation): OperationSurface {
  const name = operationNames.find((known) => known === operationId);
  if (name === undefined) throw new Error(`the contract has no operation ${operationId}`);
  const within = (place: string): Parameter[] =>
    parameters
      .filter((parameter) => parameter.in === place)
      .map((parameter) => ({ name: parameter.name, schema: parameter.schema }));
  const body = requestBody?.content["application/json"]?.schema ?? null;
  return { name, path: within("path"), query: within("query"), headers: within("header"), body };
}

/** The path of the operation with its parameters in braces. */
export function pathOf(surface: OperationSurface): string {
  return operationOf(surface.name).path;
}
