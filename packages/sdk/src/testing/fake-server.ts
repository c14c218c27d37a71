import type {
  Board,
  DrawEntry,
  DrawNews,
  Entry,
  ErrorBody,
  PublicDraw,
  SessionTokens,
} from "@stanchion/contract";
// What is loaded when it is needed is there at once in tests.
import "../device.ts";
import "../line-detail.ts";
import "../stream-parts.ts";
import { Stanchion, type StanchionOptions } from "../stanchion.ts";
import type { SessionStorage } from "../storage.ts";

export const queueId = "queue_01";
export const drawId = "draw_01";
const base = "https://line.test";

/** One request that the fake server saw. */
export interface SeenRequest {
  /** Method and path without `/api/v1`, such as `POST /queues/queue_01/enter`. */
  readonly route: string;
  readonly headers: Headers;
  readonly init: RequestInit;
  readonly atMs: number;
}

type Handler = (request: SeenRequest) => Response | Promise<Response>;

/** A server without a network: answers by route, remembers what it saw, and holds streams open. */
export class FakeServer {
  readonly seen: SeenRequest[] = [];
  readonly streams: FakeStream[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #onceHandlers = new Map<string, Handler[]>();
  #consumers = 0;

  constructor() {
    this.on("POST /auth/guest", () => {
      this.#consumers += 1;
      return json(201, tokens(`cons_${this.#consumers}`, `access-${this.#consumers}`));
    });
    this.on(`GET /queues/${queueId}/stream`, (request) => this.openStream(request));
    this.on(`GET /draws/${drawId}/stream`, (request) => this.openStream(request));
  }

  on(route: string, handler: Handler): this {
    this.#handlers.set(route, handler);
    return this;
  }

  /** Answers the next request of this route only. */
  once(route: string, handler: Handler): this {
    this.#onceHandlers.set(route, [...(this.#onceHandlers.get(route) ?? []), handler]);
    return this;
  }

  count(route: string): number {
    return this.seen.filter((request) => request.route === route).length;
  }

  last(route: string): SeenRequest {
    const request = this.seen.findLast((each) => each.route === route);
    if (request === undefined) throw new Error(`never called: ${route}`);
    return request;
  }

  get stream(): FakeStream {
    const stream = this.streams.at(-1);
    if (stream === undefined) throw new Error("no stream was opened");
    return stream;
  }

  openStream(request: SeenRequest): Response {
    const stream = new FakeStream(request.init.signal ?? undefined);
    this.streams.push(stream);
    return new Response(stream.body, { headers: { "content-type": "text/event-stream" } });
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const path = String(input).slice(base.length).replace("/api/v1", "");
    const route = `${init.method ?? "GET"} ${path}`;
    const request = { route, headers: new Headers(init.headers), init, atMs: Date.now() };
    this.seen.push(request);
    if (init.signal?.aborted) throw new DOMException("aborted", "AbortError");
    const handler = this.#onceHandlers.get(route)?.shift() ?? this.#handlers.get(route);
    if (handler === undefined) throw new Error(`the fake server has no ${route}`);
    return await untilAborted(Promise.resolve(handler(request)), init.signal ?? undefined);
  };
}

/** One stream of server-sent events, written by the test. */
export class FakeStream {
  readonly body: ReadableStream<Uint8Array>;
  isClosed = false;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  constructor(signal: AbortSignal | undefined) {
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.isClosed = true;
      },
    });
    signal?.addEventListener("abort", () => {
      if (this.isClosed) return;
      this.isClosed = true;
      this.#controller?.error(new DOMException("aborted", "AbortError"));
    });
  }

  write(text: string): void {
    this.#controller?.enqueue(new TextEncoder().encode(text));
  }

  send(event: string, data: unknown, retryMs?: number): void {
    const retry = retryMs === undefined ? "" : `retry: ${retryMs}\n`;
    this.write(`${retry}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    this.isClosed = true;
    this.#controller?.close();
  }
}

/** Resolves never: a server that does not answer. */
export function silence(): Promise<Response> {
  return new Promise(() => {});
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  const text = status === 204 ? null : JSON.stringify(body);
  return new Response(text, { status, headers: { "content-type": "application/json", ...headers } });
}

export function refusal(
  status: number,
  code: ErrorBody["code"],
  details: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  const isRetryable =
    status === 408 || status === 423 || status === 429 || status >= 500 || code === "IDEMPOTENCY_IN_PROGRESS";
  const body = { error: "conflict", message: `because of ${code}`, code, details };
  return json(status, { ...body, requestId: "req_1", retryable: isRetryable, docs: "/docs" }, headers);
}

export function tokens(consumerId: string, accessToken: string): SessionTokens {
  return {
    session: { type: "guest", consumerId, expiresAt: "2030-01-01T00:00:00.000Z" },
    tokenType: "Bearer",
    accessToken,
    refreshToken: `refresh-of-${accessToken}`,
    expiresIn: 3_600,
    refreshExpiresIn: 2_592_000,
  };
}

export function entryWith(members: Partial<Entry> = {}): Entry {
  const position = members.position ?? 100;
  return {
    entryId: "ent_1",
    queueId,
    consumerId: "cons_1",
    status: "QUEUED",
    ticket: 100,
    rank: 100,
    position,
    ahead: position - 1,
    estimatedWaitSeconds: 600,
    enteredAt: "2026-01-01T00:00:00.000Z",
    lineToken: "line-1",
    receipt: null,
    ...members,
  };
}

/** As entering answers it; what is in it is no matter of the client's. */
export const receipt: NonNullable<Entry["receipt"]> = {
  body: {
    consumerId: "cons_1",
    distributionId: queueId,
    enteredAt: "2026-01-01T00:00:00.000Z",
    entryId: "ent_1",
    level: "guest",
    rulesHash: "0a",
    subject: "0b",
    ticket: 100,
  },
  salt: "0c",
  index: 0,
  size: 1,
  path: [],
  signature: "e30.e30.c2ln",
};

export function boardWith(members: Partial<Board> = {}): Board {
  return {
    queueId,
    status: "OPEN",
    version: 1,
    nowServing: 0,
    lastTicket: 200,
    waiting: 200,
    admitRate: 60,
    segment: 4_096,
    departed: [0],
    asOf: new Date().toISOString(),
    ...members,
  };
}

export function drawEntryWith(members: Partial<DrawEntry> = {}): DrawEntry {
  return {
    entryId: "ent_1",
    drawId,
    consumerId: "cons_1",
    status: "ENTERED",
    number: 7,
    enteredAt: "2026-01-01T00:00:00.000Z",
    receipt: null,
    ...members,
  };
}

export function drawNewsWith(members: Partial<DrawNews> = {}): DrawNews {
  return {
    drawId,
    status: "OPEN",
    version: 1,
    entries: 10,
    openAt: null,
    closeAt: "2026-01-01T01:00:00.000Z",
    drawAt: "2026-01-01T01:05:00.000Z",
    drawnAt: null,
    asOf: new Date().toISOString(),
    ...members,
  };
}

/** As `get` answers it; its rules are no matter of the client's. */
export function publicDrawWith(members: Partial<PublicDraw> = {}): Partial<PublicDraw> {
  const { drawId: id, version, asOf, readAfterSecondsMax, ...facts } = drawNewsWith();
  return { id, name: "Friday draw", winnerCount: 3, backfill: false, ...facts, ...members };
}

/** An admission token with these times, in seconds since 1970. */
export function admissionToken(iat: number, exp: number): string {
  return `e30.${btoa(JSON.stringify({ iat, exp }))}.c2ln`;
}

/** A storage that a test can look into and that several clients can share, as tabs do. */
export class MemoryStorage implements SessionStorage {
  readonly values = new Map<string, string>();
  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }
  removeItem(key: string): void {
    this.values.delete(key);
  }
}

/** A client of the fake server. The dice always show the middle, unless the options say otherwise. */
export function clientOf(server: FakeServer, options: Partial<StanchionOptions> = {}): Stanchion {
  return new Stanchion({
    publishableKey: "pk_test_1",
    baseUrl: base,
    fetch: server.fetch,
    storage: new MemoryStorage(),
    random: () => 0.5,
    ...options,
  });
}

function untilAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
    answer.then(resolve, reject);
  });
}
