import {
  decodeId,
  fieldNamesOf,
  isNumberField,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
  parseObject,
  pathIdKinds,
  type shapes,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Value } from "./fake-settings.ts";
import type { FakeSession } from "./fake-world.ts";
import { NotFaked, refuse } from "./refusal.ts";

/** One call of an operation, as far as it could be read. */
export class FakeCall {
  readonly name: OperationName;
  readonly operation: OperationShape;
  readonly request: Request;
  readonly requestId: string;
  readonly text: string;
  /** Whose access token came along. */
  session: FakeSession | null = null;
  isByShop = false;
  #body: unknown = {};
  #issues: readonly ValidationIssue[] = [];
  readonly #params: Readonly<Record<string, string>>;

  constructor(found: FoundOperation, request: Request, requestId: string, text: string) {
    this.name = found.name;
    this.operation = operationOf(found.name);
    this.#params = found.params;
    this.request = request;
    this.requestId = requestId;
    this.text = text;
  }

  param(name: string): string {
    return this.#params[name] ?? "";
  }

  header(name: string): string | null {
    return this.request.headers.get(name);
  }

  /** Reads the body's form: what cannot be read is 400, and what breaks a rule waits for {@link body}. */
  parse(): void {
    const { body, bodyNeeded } = this.operation;
    if (body === undefined) return;
    if (this.text === "") {
      if (bodyNeeded !== false) throw refuse("BODY_REQUIRED");
      return;
    }
    const mediaType = "application/json";
    if (!this.header("content-type")?.startsWith(mediaType))
      throw refuse("UNSUPPORTED_MEDIA_TYPE", { details: { mediaType } });
    const given = parseText(this.text);
    if (given === null || typeof given !== "object" || Array.isArray(given))
      throw refuse("INVALID_JSON", given === undefined ? {} : { details: { expected: "object" } });
    const parsed = parseObject(body, given);
    if (parsed.ok) this.#body = parsed.value;
    else if (parsed.unreadable.length === 0) this.#issues = parsed.invalid;
    else {
      const isType = parsed.unreadable.some(({ type }) => type === "type");
      throw refuse(isType ? "INVALID_FIELD_TYPE" : "UNKNOWN_FIELD", { issues: parsed.issues });
    }
  }

  /** The body; 422 where a value breaks a rule. */
  body<Shape extends keyof typeof shapes>(_shape: Shape): Value<Shape> {
    if (this.#issues.length > 0) throw refuse("VALIDATION_ERROR", { issues: this.#issues });
    return this.#body as Value<Shape>;
  }

  /** The query, by the operation's own schema. */
  query(): Readonly<Record<string, unknown>> {
    const schema = this.operation.query;
    if (schema === undefined) return {};
    const given = [...new URL(this.request.url).searchParams].map(([name, value]) => {
      const isNumber = isNumberField(schema, name) && /^-?\d+(\.\d+)?$/.test(value);
      return [name, isNumber ? Number(value) : value] as const;
    });
    const parsed = parseObject(schema, Object.fromEntries(given));
    if (parsed.ok) return parsed.value as Record<string, unknown>;
    const { issues } = parsed;
    const isUnknown = issues.some(({ type }) => type === "unknown_field");
    const parameter = String(issues[0]?.path[0]?.key ?? "");
    throw refuse("INVALID_PARAMETER", {
      details: { parameter, ...(isUnknown ? { known: fieldNamesOf(schema) } : {}) },
      issues,
    });
  }
}

export interface FoundOperation {
  readonly name: OperationName;
  readonly params: Readonly<Record<string, string>>;
}

/** The operation of a request; throws 404, 405, or that it is none of the API. */
export function findOperation(method: string, path: string): FoundOperation {
  const fitting = patterns.flatMap(({ name, pattern }) => {
    const params = pattern.exec(path)?.groups;
    return pattern.test(path) ? [{ name, params: decodeAll(params ?? {}) }] : [];
  });
  const found = fitting.find(({ name }) => operationOf(name).method === method);
  if (found !== undefined) return found;
  if (fitting.length > 0) throw methodNotAllowed(method, fitting);
  if (path.startsWith("/api/")) throw refuse("ROUTE_NOT_FOUND");
  throw new NotFaked(`The fake has no pages, and so no ${path}: it answers the API.`);
}

function methodNotAllowed(method: string, fitting: readonly FoundOperation[]) {
  const own = fitting.map(({ name }) => operationOf(name).method);
  const allow = [...new Set([...own, "OPTIONS", ...(own.includes("GET") ? ["HEAD"] : [])])].sort();
  return refuse("METHOD_NOT_ALLOWED", { details: { method, allow }, headers: { Allow: allow.join(", ") } });
}

const patterns = operationNames.map((name) => {
  const source = operationOf(name)
    .path.replaceAll(".", "\\.")
    .replace(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return { name, pattern: new RegExp(`^${source}$`) };
});

function decodeAll(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, text]) => [name, decodeURIComponent(text)]));
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Is what stands in the path an id of the parameter's kind? */
export function isIdOf(parameter: string, text: string): boolean {
  const kind = pathIdKinds[parameter];
  return kind !== undefined && decodeId(kind, text) !== null;
}
