import { Redis } from "ioredis";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";

/** Counts that several processes share: they stand in the Valkey or Redis that VALKEY_URL names. */
export interface SharedCounts {
  /** False while the store cannot be asked: then each process counts for itself. */
  readonly isThere: boolean;
  /** What the store's clock shows more than ours, in ms, as its last answer said. */
  readonly clockAheadMs: number;
  /**
   * Counts one call of a key; the calls of one turn of the event loop go to the store together, in their order.
   * Null where the store did not answer in time or not at all; it never throws.
   */
  count(key: string, windowMs: number): Promise<SharedCount | null>;
  close(): void;
}

export interface SharedCount {
  /** Calls that the window has had, this one included. */
  readonly calls: number;
  /** The end of the window by the store's clock, in ms since 1970. */
  readonly endsAtMs: number;
}

export interface SharedCountsOptions {
  readonly url: string;
  /** What every key begins with: installations that share a store stay apart. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an answer is waited for. */
  readonly patienceMs?: number;
}

const usualPatienceMs = 250;
const startPatienceMs = 1_000;
/** A timer that fires this late tells that this process was busy: then the silence may be its own, and it waits again. */
const latenessMs = 20;
const waitsMax = 5;
const pauseAfterErrorMs = 1_000;
const handshakeMsMax = 1_000;
const reconnectMsMax = 1_000;
/** A script blocks the store while it runs, about 1 µs a call. */
const callsInScriptMax = 500;

// A window opens at its first counted call and ends by the store's own clock. An end further ahead than a window reaches
// is left from a clock that was set back.
const countScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = { now }
for i = 1, #KEYS do
  local window = tonumber(ARGV[i])
  local ends = tonumber(redis.call('HGET', KEYS[i], 'e') or 0)
  local calls = 1
  if ends > now and ends <= now + window then
    calls = redis.call('HINCRBY', KEYS[i], 'c', 1)
  else
    ends = now + window
    redis.call('HSET', KEYS[i], 'c', 1, 'e', ends)
    redis.call('PEXPIREAT', KEYS[i], ends)
  end
  found[2 * i] = calls
  found[2 * i + 1] = ends
end
return found`;

interface Pending {
  readonly key: string;
  readonly windowMs: number;
  resolve(count: SharedCount | null): void;
}

/** Connects to the store; answers once it serves, or after a second without it. It comes back by itself. */
export async function openSharedCounts(options: SharedCountsOptions): Promise<SharedCounts> {
  const { clock, log, prefix, patienceMs = usualPatienceMs } = options;
  const redis = new Redis(options.url.replace(/^valkey/, "redis"), {
    protocol: 2,
    lazyConnect: true,
    // Nothing may wait for a store that is gone.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: handshakeMsMax,
    retryStrategy: (times) => Math.min(reconnectMsMax, 50 * 2 ** Math.min(times, 10)),
    scripts: { countCalls: { lua: countScript } },
  });
  let state: "unknown" | "working" | "lost" = "unknown";
  let isClosed = false;
  let resumesAtMs = 0;
  let clockAheadMs = 0;
  let pending: Pending[] = [];

  const noteLoss = (cause: unknown): void => {
    resumesAtMs = performance.now() + pauseAfterErrorMs;
    if (state === "lost" || isClosed) return;
    state = "lost";
    log.warn(
      { cause: cause instanceof Error ? cause.message : String(cause) },
      "the store of VALKEY_URL does not answer: rate limits are counted by each process for itself until it does",
    );
  };
  const noteReady = (): void => {
    resumesAtMs = 0;
    if (state === "working") return;
    state = "working";
    log.info("rate limits are counted in the store of VALKEY_URL");
  };

  const settle = (batch: readonly Pending[], found: readonly number[]): void => {
    const [storeNowMs = 0] = found;
    clockAheadMs = storeNowMs - clock.now();
    for (const [index, { resolve }] of batch.entries())
      resolve({ calls: found[2 * index + 1] ?? 0, endsAtMs: found[2 * index + 2] ?? 0 });
  };

  const send = (batch: readonly Pending[]): void => {
    let isOpen = true;
    const giveUp = (cause: unknown): void => {
      if (!isOpen) return;
      isOpen = false;
      clearTimeout(timer);
      noteLoss(cause);
      for (const { resolve } of batch) resolve(null);
    };
    let timer: NodeJS.Timeout;
    let waits = 0;
    const wait = (): void => {
      const dueAtMs = performance.now() + patienceMs;
      waits += 1;
      // Sockets are read between the two: an answer that has come must not be missed because this process was busy.
      timer = setTimeout(() => setImmediate(() => judgeSilence(performance.now() - dueAtMs)), patienceMs);
    };
    const judgeSilence = (lateMs: number): void => {
      if (!isOpen) return;
      if (lateMs > latenessMs && waits < waitsMax) {
        wait();
        return;
      }
      giveUp(new Error(`no answer within ${patienceMs} ms`));
      redis.disconnect(true);
    };
    wait();
    askStore(redis, prefix, batch).then((found) => {
      if (!isOpen) return;
      isOpen = false;
      clearTimeout(timer);
      noteReady();
      settle(batch, found);
    }, giveUp);
  };
  const flush = (): void => {
    const all = pending;
    pending = [];
    for (let from = 0; from < all.length; from += callsInScriptMax)
      send(all.slice(from, from + callsInScriptMax));
  };

  redis.on("ready", noteReady);
  redis.on("error", noteLoss);
  redis.on("close", () => noteLoss("the connection was closed"));
  const watch = watchHandshake(redis);
  await Promise.race([
    redis.connect().catch(noteLoss),
    new Promise((resolve) => setTimeout(resolve, startPatienceMs).unref()),
  ]);
  if (state === "unknown") noteLoss(`no answer within ${startPatienceMs} ms`);

  return {
    get isThere() {
      return redis.status === "ready" && (resumesAtMs === 0 || performance.now() >= resumesAtMs);
    },
    get clockAheadMs() {
      return clockAheadMs;
    },
    count: (key, windowMs) =>
      new Promise((resolve) => {
        if (pending.length === 0) setImmediate(flush);
        pending.push({ key, windowMs, resolve });
      }),
    close() {
      isClosed = true;
      clearInterval(watch);
      redis.disconnect();
    },
  };
}

/** A connection that is taken and never answered would be waited for without end. */
function watchHandshake(redis: Redis): NodeJS.Timeout {
  let sinceMs = 0;
  return setInterval(() => {
    if (redis.status !== "connect") sinceMs = 0;
    else if (sinceMs === 0) sinceMs = performance.now();
    else if (performance.now() - sinceMs >= handshakeMsMax) redis.disconnect(true);
  }, handshakeMsMax / 2).unref();
}

type CountCalls = (keyCount: number, ...keysAndWindows: (string | number)[]) => Promise<number[]>;

function askStore(redis: Redis, prefix: string, batch: readonly Pending[]): Promise<number[]> {
  // The client defines a method for each script that it was given.
  const { countCalls } = redis as unknown as { countCalls: CountCalls };
  const keys = batch.map(({ key }) => prefix + key);
  const windows = batch.map(({ windowMs }) => windowMs);
  return countCalls.call(redis, batch.length, ...keys, ...windows);
}
