import { type QueueSnapshot, Stanchion } from "@stanchion/sdk";
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

async function join({ demo, record, signal }: FanTrip, stanchion: Stanchion): Promise<void> {
  await stanchion.auth.guest();
  const startedAt = performance.now();
  const entry = await stanchion.queues.enter(demo.queueId, { signal });
  record.joinMs = performance.now() - startedAt;
  record.ticket = entry.ticket;
  record.entryId = entry.entryId;
}

async function live(trip: FanTrip, stanchion: Stanchion): Promise<void> {
  const { demo, record, signal } = trip;
  if (trip.isLeaving) {
    const entry = await stanchion.queues.leave(demo.queueId);
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

const shopTriesMax = 20;

/** A call of the shop's server; one that the server could not answer is repeated under its idempotency key. */
async function shop(
  { demo, signal }: FanTrip,
  operation: "validate" | "complete",
  body: unknown,
): Promise<unknown> {
  const key = crypto.randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(`${demo.url}/api/v1/queues/${demo.queueId}/${operation}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${demo.secretKey}`,
        "Content-Type": "application/json",
        "Idempotency-Key": key,
      },
      body: JSON.stringify(body),
      signal,
    }).catch((error: unknown) => ({ error }));
    if (!("error" in answer) && answer.ok) return answer.json();
    const isPassing = "error" in answer || answer.status >= 500 || answer.status === 429;
    if (!isPassing || attempt === shopTriesMax)
      throw new Error("error" in answer ? String(answer.error) : `${operation}: ${await answer.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
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
