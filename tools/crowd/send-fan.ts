import { type QueueSnapshot, Stanchion, StanchionError } from "@stanchion/sdk";
import type { FanRecord } from "./count-faults.ts";

export interface FanTrip {
  readonly demo: {
    readonly url: string;
    readonly publishableKey: string;
    readonly secretKey: string;
    readonly queueId: string;
  };
  readonly index: number;
  /** Filled in on the way. */
  readonly record: FanRecord;
  readonly isLeaving: boolean;
  readonly signal: AbortSignal;
}

/** Sends one fan: joins, watches the place, is admitted; the shop validates the token and completes. Never throws. */
export function sendFan(trip: FanTrip): { joined: Promise<void>; done: Promise<void> } {
  const stanchion = new Stanchion({
    publishableKey: trip.demo.publishableKey,
    baseUrl: trip.demo.url,
    fingerprint: `crowd-device-${trip.index}`,
    headers: { "X-Forwarded-For": addressOf(trip.index) },
    storage: memoryStorage(),
  });
  const joined = join(trip, stanchion);
  const done = joined.then(() => live(trip, stanchion));
  const note = (error: unknown): void => {
    trip.record.error ??=
      error instanceof Error ? `${Object(error).code ?? error.name}: ${error.message}` : String(error);
  };
  return { joined: joined.catch(note), done: done.catch(note) };
}

/** An address of the network that is set aside for benchmarks, 198.18.0.0/15. */
function addressOf(index: number): string {
  return `198.${18 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
}

async function join(trip: FanTrip, stanchion: Stanchion): Promise<void> {
  const { demo, record, signal } = trip;
  await persist(trip, () => stanchion.auth.guest({ signal }));
  const idempotencyKey = crypto.randomUUID();
  const startedAt = performance.now();
  const entry = await persist(trip, () => stanchion.queues.enter(demo.queueId, { signal, idempotencyKey }));
  record.joinMs = performance.now() - startedAt;
  record.ticket = entry.ticket;
  record.entryId = entry.entryId;
}

const repeatAfterMs = 250;

/** A fan does not go away when the client has given up after its tries: they press the button again. */
async function persist<T>({ record, signal }: FanTrip, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted || !isServerAway(error)) throw error;
      record.repeats += 1;
      await pause(repeatAfterMs * (1 + Math.random()));
    }
  }
}

function isServerAway(error: unknown): boolean {
  if (!(error instanceof StanchionError)) return false;
  return error.code === "NETWORK_ERROR" || error.code === "TIMEOUT" || error.status === 503;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function live(trip: FanTrip, stanchion: Stanchion): Promise<void> {
  const { demo, record, signal } = trip;
  if (trip.isLeaving) {
    const idempotencyKey = crypto.randomUUID();
    const entry = await persist(trip, () => stanchion.queues.leave(demo.queueId, { signal, idempotencyKey }));
    record.hasLeft = entry.status === "LEFT";
    return;
  }
  const snapshot = await admission(stanchion, demo.queueId, signal);
  const { entry } = snapshot;
  if (entry === null || entry.ticket !== record.ticket || entry.entryId !== record.entryId) {
    record.isLost = true;
    return;
  }
  if (snapshot.admission === null) throw new Error(`ended as ${snapshot.phase}`);
  const validated = (await shop(trip, "validate", { token: snapshot.admission.token })) as {
    admission: { admittedAt: string };
  };
  record.admittedAt = validated.admission.admittedAt;
  await shop(trip, "complete", { consumerId: entry.consumerId, orderId: `crowd-${entry.entryId}` });
  record.isCompleted = true;
}

/** Watches until the fan is admitted, or the wait has come to another end. */
function admission(stanchion: Stanchion, queueId: string, signal: AbortSignal): Promise<QueueSnapshot> {
  return new Promise((resolve, reject) => {
    const watch = stanchion.queues.watch(queueId, { onChange: look });
    const giveUp = (): void => {
      watch.stop();
      reject(new Error("patience ran out"));
    };
    signal.addEventListener("abort", giveUp, { once: true });
    function look(snapshot: QueueSnapshot): void {
      if (snapshot.phase === "loading" || snapshot.phase === "waiting" || snapshot.phase === "outside")
        return;
      signal.removeEventListener("abort", giveUp);
      watch.stop();
      resolve(snapshot);
    }
  });
}

/** A call of the shop's server; one that the server could not answer is repeated under its idempotency key. */
async function shop(
  { demo, record, signal }: FanTrip,
  operation: "validate" | "complete",
  body: unknown,
): Promise<unknown> {
  const key = crypto.randomUUID();
  for (;;) {
    const answer = await ask(demo, operation, body, key, signal);
    if (answer.status === 200) return JSON.parse(answer.text);
    const isPassing = answer.status === 0 || answer.status === 429 || answer.status >= 500;
    if (!isPassing || signal.aborted) throw new Error(`${operation}: ${answer.text}`);
    record.repeats += 1;
    await pause(repeatAfterMs);
  }
}

/** Status 0: there was no whole answer. */
async function ask(
  demo: FanTrip["demo"],
  operation: string,
  body: unknown,
  key: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  try {
    const answer = await fetch(`${demo.url}/api/v1/queues/${demo.queueId}/${operation}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${demo.secretKey}`,
        "Content-Type": "application/json",
        "Idempotency-Key": key,
      },
      body: JSON.stringify(body),
      signal,
    });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

function memoryStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}
