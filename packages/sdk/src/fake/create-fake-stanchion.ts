import type { ErrorCode, EventType } from "@stanchion/contract";
import type { Surroundings } from "../surroundings.ts";
import { FakeClock, turnOver } from "./fake-clock.ts";
import { FakeDraw } from "./fake-draw.ts";
import { type FailOptions, FakeFailures } from "./fake-failures.ts";
import { idOf, randomHex, timeOf } from "./fake-ids.ts";
import { FakeQueue } from "./fake-queue.ts";
import { type FakeRequest, FakeServer } from "./fake-server.ts";
import {
  drawSettingsOf,
  type FakeDrawOptions,
  type FakeQueueOptions,
  queueSettingsOf,
} from "./fake-settings.ts";
import { FakeSigner } from "./fake-signer.ts";
import { FakeStreams } from "./fake-streams.ts";
import { type FakeWebhook, signWebhook } from "./fake-webhooks.ts";
import type { FakeWorld } from "./fake-world.ts";

const urlDefault = "https://stanchion.test";
const maintenanceSecondsDefault = 60;
/** A client that has an answer takes a few turns to ask for more. */
const quietTurnsMin = 6;

/** What a {@link FakeStanchion} is made with. */
export interface FakeStanchionOptions {
  /** The address that it answers under, and the issuer of its tokens; `https://stanchion.test` by default. */
  readonly url?: string | undefined;
  /** The clock that the fake's own is set by, in ms since 1970; `Date.now` by default, faked or not. */
  readonly now?: (() => number) | undefined;
}

/** A Stanchion server in the memory of a test. */
export interface FakeStanchion {
  readonly url: string;
  readonly organizationId: string;
  /** `pk_test_…`, for `Stanchion`. */
  readonly publishableKey: string;
  /** `sk_test_…`, for `StanchionServer`. */
  readonly secretKey: string;
  /** `whsec_…`, for `verifyWebhook`. */
  readonly webhookSecret: string;
  /** Answers as the server does: for a client's option, or in the place of `globalThis.fetch`. Other addresses throw. */
  readonly fetch: typeof fetch;
  /** The same for a request handler, whatever the address's origin. */
  handle(request: Request): Promise<Response>;
  /** What clients take from outside themselves: give it to one whose time the test moves. */
  readonly surroundings: Surroundings;
  /** The fake's clock, in ms since 1970. */
  readonly now: () => number;
  /** Moves the clock ahead; resolves when all is done that was due meanwhile. */
  advance(seconds: number): Promise<void>;
  /** Resolves when every request under way is answered, and what follows from them is done. */
  settle(): Promise<void>;
  /** Every request that was answered, oldest first. */
  readonly requests: readonly FakeRequest[];

  /** Makes a queue, open unless the options say otherwise. */
  addQueue(options?: FakeQueueOptions): FakeQueueHandle;
  /** Makes a draw, open and closing in an hour unless the options say otherwise. */
  addDraw(options?: FakeDrawOptions): FakeDrawHandle;
  /** A queue that was made by a call; throws where there is none. */
  queue(queueId: string): FakeQueueHandle;
  draw(drawId: string): FakeDrawHandle;
  /** The newest one-time code that was sent to this address; null: none is left to be used. */
  codeFor(email: string): string | null;

  /**
   * Makes the next call fail, with status, headers and body as the contract shows them.
   *
   * @throws {TypeError} Where there is no such code, or the operation is never refused so.
   */
  failNext(code: ErrorCode, options?: FailOptions): void;
  /** Takes the network away, and every stream with it. */
  goOffline(): void;
  goOnline(): void;
  /** Breaks every open stream once, as a lost connection does. */
  dropStreams(): void;
  /** Refuses everything with MAINTENANCE, and sends streams away. */
  startMaintenance(options?: { readonly message?: string; readonly retryAfterSeconds?: number }): void;
  endMaintenance(): void;

  /**
   * A webhook as the server would send it, signed; what `data` leaves out is an example's.
   *
   * @throws {TypeError} Where there is no such event, or `data` cannot be so.
   */
  webhook(type: EventType, data?: Readonly<Record<string, unknown>>): Promise<FakeWebhook>;
}

/** A queue in the hands of the test. It admits nobody by itself. */
export type FakeQueueHandle = Pick<
  FakeQueue,
  | "id"
  | "status"
  | "open"
  | "pause"
  | "resume"
  | "close"
  | "sellOut"
  | "addFans"
  | "admitNext"
  | "admit"
  | "expire"
  | "deny"
  | "complete"
  | "admissionToken"
>;

/** A draw in the hands of the test. Nothing comes of it by itself. */
export type FakeDrawHandle = Pick<
  FakeDraw,
  | "id"
  | "status"
  | "open"
  | "freeze"
  | "draw"
  | "cancel"
  | "addFans"
  | "expire"
  | "deny"
  | "complete"
  | "admissionToken"
>;

/**
 * Makes a Stanchion server in memory, for the tests of what is built on one: an organization with its keys, and the queues
 * and draws that the test adds. It answers as the contract says and refuses what the server refuses; what it does not know
 * it says by a 501 of its own, NOT_FAKED.
 *
 * @example
 * const fake = createFakeStanchion();
 * const queue = fake.addQueue();
 * const stanchion = new Stanchion({ publishableKey: fake.publishableKey, baseUrl: fake.url, ...fake.surroundings });
 * const { consumerId } = await stanchion.queues.enter(queue.id);
 * queue.admit(consumerId);
 */
export function createFakeStanchion(options: FakeStanchionOptions = {}): FakeStanchion {
  const url = (options.url ?? urlDefault).replace(/\/+$/, "");
  const clock = new FakeClock(options.now ?? (() => Date.now()));
  const world = newWorld(url, clock);
  const { streams, queues, draws, organizationId } = world;
  const failures = new FakeFailures();
  const server = new FakeServer(world, failures);
  const webhookSecret = `whsec_${btoa(randomHex(16))}`;
  const underWay = new Set<Promise<unknown>>();
  let isOffline = false;

  const requireOnline = (): void => {
    if (isOffline) throw new TypeError("fetch failed: the fake is offline.");
  };
  const answer = async (request: Request): Promise<Response> => {
    requireOnline();
    const handled = server.handle(request);
    underWay.add(handled);
    const response = await handled.finally(() => underWay.delete(handled));
    requireOnline();
    return untilAborted(response, request.signal);
  };
  const fakeFetch: typeof fetch = async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), `${url}/`), init);
    request.signal.throwIfAborted();
    if (new URL(request.url).origin !== new URL(url).origin)
      throw new TypeError(`The fake answers ${url} and nothing else; ${request.url} was asked for.`);
    return answer(request);
  };
  const settle = async (): Promise<void> => {
    let seen = server.requests.length;
    for (let quietTurns = 0; quietTurns < quietTurnsMin; quietTurns += 1) {
      await turnOver();
      while (underWay.size > 0) await Promise.allSettled(underWay);
      if (seen !== server.requests.length) quietTurns = 0;
      seen = server.requests.length;
    }
  };
  const tellAll = (): void => {
    for (const one of [...queues.values(), ...draws.values()]) one.tellChanges();
  };

  return {
    url,
    organizationId,
    publishableKey: world.publishableKey,
    secretKey: world.secretKey,
    webhookSecret,
    fetch: fakeFetch,
    handle: answer,
    surroundings: { fetch: fakeFetch, now: clock.now, wait: clock.wait, random: () => 0.5 },
    now: clock.now,
    advance: (seconds) =>
      clock.advance(seconds, async () => {
        tellAll();
        await settle();
      }),
    settle,
    requests: server.requests,
    addQueue: (settings = {}) => added(queues, new FakeQueue(world, queueSettingsOf(world, settings))),
    addDraw: (settings = {}) => added(draws, new FakeDraw(world, drawSettingsOf(world, settings))),
    queue: (queueId) => required(queues, queueId),
    draw: (drawId) => required(draws, drawId),
    codeFor: (email) => world.codes.get(email.toLowerCase())?.code ?? null,
    failNext: (code, how = {}) => failures.add(code, how),
    goOffline() {
      isOffline = true;
      streams.drop();
    },
    goOnline() {
      isOffline = false;
    },
    dropStreams: () => streams.drop(),
    startMaintenance({ message, retryAfterSeconds = maintenanceSecondsDefault } = {}) {
      server.maintenance = { since: timeOf(clock.now()), message, retryAfterSeconds };
      streams.sendAway("busy", retryAfterSeconds * 1_000);
    },
    endMaintenance() {
      server.maintenance = null;
    },
    webhook: (type, data = {}) =>
      signWebhook({ organizationId, secret: webhookSecret, nowMs: clock.now() }, type, data),
  };
}

function newWorld(url: string, clock: FakeClock): FakeWorld {
  return {
    url,
    organizationId: idOf("organization"),
    publishableKey: `pk_test_fake${randomHex(12)}`,
    secretKey: `sk_test_fake${randomHex(12)}`,
    clock,
    signer: new FakeSigner(`fake-${randomHex(4)}`),
    streams: new FakeStreams(),
    consumers: new Map(),
    sessions: [],
    codes: new Map(),
    vouched: new Map(),
    carryCodes: new Map(),
    queues: new Map(),
    draws: new Map(),
    orders: new Map(),
  };
}

function added<One extends { readonly id: string }>(all: Map<string, One>, one: One): One {
  all.set(one.id, one);
  return one;
}

function required<One>(all: ReadonlyMap<string, One>, id: string): One {
  const one = all.get(id);
  if (one === undefined)
    throw new TypeError(`The fake has no ${id}. It has: ${[...all.keys()].join(", ") || "none"}.`);
  return one;
}

/** Breaks the body off when the caller aborts, as fetch does: of a stream it is the only end. */
function untilAborted(response: Response, signal: AbortSignal): Response {
  if (response.body === null || !response.headers.get("content-type")?.startsWith("text/event-stream"))
    return response;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  response.body.pipeTo(writable, { signal }).catch(() => {});
  const { status, headers } = response;
  return new Response(readable, { status, headers });
}
