import { abortable } from "./abortable.ts";
import { parseJson } from "./answers.ts";
import { decideRetry, type RetryCount, triesMax } from "./retry.ts";
import type { ServerClock } from "./server-clock.ts";
import {
  abortedError,
  errorFromAnswer,
  invalidResponse,
  requireText,
  StanchionError,
  unansweredError,
} from "./stanchion-error.ts";
import type { CallSurroundings } from "./surroundings.ts";

export interface TransportSettings {
  /** Without a slash at its end; "" is the page's own origin. */
  readonly baseUrl: string;
  /** The headers that say who calls; not sent with what is for everybody. */
  readonly credential: Readonly<Record<string, string>>;
  /** Sent with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly timeoutMs: number;
}

/** One call of the API. */
export interface ApiRequest {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** For everybody: no key is sent, so that a browser needs no preflight and a CDN can answer. */
  readonly isPublic?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  /** Of one try. */
  readonly timeoutMs?: number;
  readonly triesMax?: number;
  /** A 423 is waited for, however often it comes. */
  readonly waitForOpening?: boolean | undefined;
}

/** What the ids of paths are of. */
export type Noun = "queue" | "draw" | "experience";

/** The path of one thing, or of what can be done with it, as `/enter`; throws INVALID_ARGUMENT. */
export function pathOf(noun: Noun, id: string, verb = ""): string {
  return `/api/v1/${noun}s/${encodeURIComponent(requireText(`${noun}Id`, id))}${verb}`;
}

/** Sends calls, one try or several; every failure is a {@link StanchionError}. */
export class Transport {
  readonly surroundings: CallSurroundings;
  readonly clock: ServerClock;
  readonly #settings: TransportSettings;

  constructor(settings: TransportSettings, surroundings: CallSurroundings, clock: ServerClock) {
    this.#settings = settings;
    this.surroundings = surroundings;
    this.clock = clock;
  }

  /** Calls, retries as the contract says, and answers the JSON body once `isExpected` has recognized it. */
  async call<T>(request: ApiRequest, isExpected: (body: unknown) => body is T): Promise<T> {
    return this.retry(request, async (response) => {
      const body = parseJson(await response.text());
      if (!isExpected(body)) throw invalidResponse(response);
      return body;
    });
  }

  /** Calls, retries as the contract says, and answers what `read` makes of a success. */
  async retry<T>(request: ApiRequest, read: (response: Response) => Promise<T>): Promise<T> {
    const { random, wait } = this.surroundings;
    const waitForOpening = request.waitForOpening ?? false;
    const rules = { triesMax: request.triesMax ?? triesMax, waitForOpening, random };
    let count: RetryCount = { failures: 0, inProgressWaits: 0 };
    for (;;) {
      try {
        return await this.attempt(request, read);
      } catch (error) {
        const decision = error instanceof StanchionError ? decideRetry(error, count, rules) : null;
        if (decision === null) throw error;
        count = decision.count;
        await wait(decision.waitMs, request.signal).catch((reason) => Promise.reject(abortedError(reason)));
      }
    }
  }

  /** One try. The time limit holds until `read` is done. */
  async attempt<T>(request: ApiRequest, read: (response: Response) => Promise<T>): Promise<T> {
    const { signal } = request;
    const timeoutMs = request.timeoutMs ?? this.#settings.timeoutMs;
    if (signal?.aborted) throw abortedError(signal.reason);
    const controller = new AbortController();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      controller.abort();
    }, timeoutMs);
    const stop = (): void => {
      clearTimeout(timer);
      controller.abort();
    };
    signal?.addEventListener("abort", stop, { once: true });
    try {
      // What comes before the exchange, such as a module that is loaded, may stand still too.
      const response = await abortable(this.send(request, controller.signal), controller.signal);
      return await read(await this.refuse(response));
    } catch (error) {
      throw unansweredError(error, signal, isLate ? timeoutMs : null);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    }
  }

  /** The bare exchange. Throws what fetch throws. */
  async send(request: ApiRequest, signal: AbortSignal): Promise<Response> {
    const { baseUrl, credential, headers } = this.#settings;
    const hasBody = request.body !== undefined;
    const response = await this.surroundings.fetch(baseUrl + request.path, {
      method: request.method ?? "GET",
      credentials: "omit",
      headers: {
        ...headers,
        Accept: "application/json",
        ...(request.isPublic ? {} : credential),
        ...(hasBody ? { "Content-Type": "application/json" } : {}),
        ...request.headers,
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      signal,
    });
    this.clock.observe(Date.parse(response.headers.get("date") ?? ""));
    return response;
  }

  /** Hands a success on and throws the error of everything else. */
  async refuse(response: Response): Promise<Response> {
    if (response.ok) return response;
    const text = await response.text();
    throw errorFromAnswer(response, text, this.surroundings.now());
  }
}
