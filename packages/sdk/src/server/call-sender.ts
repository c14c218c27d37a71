import { parseJson } from "../answers.ts";
import { type FailureListener, tellFailure } from "../overhear-failures.ts";
import { randomId } from "../random-id.ts";
import { invalidResponse, requireText, StanchionError } from "../stanchion-error.ts";
import type { Surroundings } from "../surroundings.ts";
import type { ApiRequest, Transport } from "../transport.ts";
import type { CallShape } from "./call-shape.ts";
import type {
  FingerprintOptions,
  IdempotentOptions,
  IfMatchOptions,
  ServerCallOptions,
} from "./call-types.ts";
import { type ListPage, listPages } from "./list-pages.ts";
import { streamEvents } from "./stream-events.ts";

type AnyOptions = ServerCallOptions & IdempotentOptions & IfMatchOptions & FingerprintOptions;

/** One call as it was made. */
export interface MadeCall {
  /** Such as `queues.create`. */
  readonly name: string;
  readonly shape: CallShape;
  readonly args: readonly unknown[];
}

/** A call in its parts: the operation, what stands in its path, and what it takes. */
interface PreparedCall {
  readonly shape: CallShape;
  readonly path: string;
  readonly input: unknown;
  /** What goes into the address where the input is a body. */
  readonly query: unknown;
  readonly options: AnyOptions;
}

/**
 * Takes a call's arguments apart: the parameters of the path, the input where there is one, the options.
 *
 * @throws {StanchionError} INVALID_ARGUMENT.
 */
function prepare({ shape, args }: MadeCall): PreparedCall {
  const rest = [...args];
  const path = shape.path.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(requireText(parameter, rest.shift())),
  );
  const input = shape.input === "none" ? undefined : rest.shift();
  const query = shape.input === "text" ? rest.shift() : undefined;
  if (shape.input === "text") requireText("text", input);
  return { shape, path, input, query, options: (rest.shift() ?? {}) as AnyOptions };
}

/** Sends calls and makes of each answer what its shape says. */
export class CallSender {
  readonly #transport: Transport;
  readonly #onError: FailureListener;

  constructor(transport: Transport, onError: FailureListener) {
    this.#transport = transport;
    this.#onError = onError;
  }

  /** Sends the call; a list is sent page by page, a stream is opened when it is read. */
  send(call: MadeCall): unknown {
    const { answer } = call.shape;
    if (answer === "events") return this.#stream(call);
    if (answer !== "list") return this.#ask(call);
    return listPages((after) => this.#ask(call, after) as Promise<ListPage<unknown>>);
  }

  async #ask(call: MadeCall, after?: string): Promise<unknown> {
    const request = this.#requestOf(call, after);
    try {
      return await this.#transport.retry(request, (response) => readAnswer(call.shape, response));
    } catch (error) {
      throw this.#told(withRequestId(error, request), call);
    }
  }

  async *#stream(call: MadeCall): AsyncGenerator<unknown, void, undefined> {
    const request = this.#requestOf(call);
    try {
      yield* streamEvents(this.#transport, request);
    } catch (error) {
      throw this.#told(withRequestId(error, request), call);
    }
  }

  #requestOf(call: MadeCall, after?: string): IdentifiedRequest {
    try {
      const prepared = prepare(call);
      const { input } = prepared;
      return requestOf(prepared, after === undefined ? input : { ...(input as object | undefined), after });
    } catch (error) {
      throw this.#told(error, call);
    }
  }

  #told(error: unknown, call: MadeCall): unknown {
    tellFailure(this.#onError, error, call.name);
    return error;
  }
}

interface IdentifiedRequest extends ApiRequest {
  readonly headers: Readonly<Record<string, string>>;
}

function requestOf({ shape, path, query, options }: PreparedCall, input: unknown): IdentifiedRequest {
  const { idempotencyKey, ifMatch, fingerprint } = options;
  return {
    method: shape.method,
    path: path + queryOf(shape.input === "query" ? input : query),
    isPublic: shape.isPublic,
    headers: {
      "X-Request-Id": options.requestId ?? randomId(),
      ...(shape.method === "POST" ? { "Idempotency-Key": idempotencyKey ?? randomId() } : {}),
      ...(ifMatch === undefined ? {} : { "If-Match": ifMatch === "*" ? "*" : `"${ifMatch}"` }),
      ...(fingerprint === undefined ? {} : { "X-Fingerprint": fingerprint }),
      ...(shape.input === "text" ? { "Content-Type": textType } : {}),
      ...(shape.answer === "events" ? { Accept: "text/event-stream" } : {}),
    },
    ...((shape.input === "body" || shape.input === "text") && input !== undefined ? { body: input } : {}),
    signal: options.signal,
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    // A write is repeated only under an Idempotency-Key, which changes and deletes do not take.
    ...(shape.method === "PATCH" || shape.method === "DELETE" ? { triesMax: 1 } : {}),
  };
}

const textType = "text/csv";

/** The transport writes every body as JSON, for browsers too: of a text its own characters are sent. */
export function withTexts(fetch: Surroundings["fetch"]): Surroundings["fetch"] {
  return (input, init) => {
    const { headers, body } = init ?? {};
    const isText = new Headers(headers).get("content-type") === textType;
    return isText ? fetch(input, { ...init, body: JSON.parse(String(body)) as string }) : fetch(input, init);
  };
}

function queryOf(input: unknown): string {
  const given = Object.entries(Object(input) as Record<string, unknown>);
  const query = new URLSearchParams();
  for (const [name, value] of given) if (value !== undefined) query.set(name, String(value));
  return query.size === 0 ? "" : `?${query}`;
}

async function readAnswer(shape: CallShape, response: Response): Promise<unknown> {
  switch (shape.answer) {
    case "nothing":
      await response.body?.cancel();
      return undefined;
    case "text":
      return response.text();
    case "bytes":
      return new Uint8Array(await response.arrayBuffer());
    default: {
      const body = parseJson(await response.text());
      if (typeof body !== "object" || body === null) throw invalidResponse(response);
      return body;
    }
  }
}

/** A call that got no answer is known to the server, if it arrived, by the id that it was sent with. */
function withRequestId(error: unknown, request: IdentifiedRequest): unknown {
  if (!(error instanceof StanchionError) || error.requestId !== null) return error;
  const requestId = request.headers["X-Request-Id"] ?? null;
  return new StanchionError({ ...error, message: error.message, cause: error.cause, requestId });
}
