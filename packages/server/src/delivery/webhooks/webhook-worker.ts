import type { Database } from "../../platform/database/index.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import type { Secrets } from "../../platform/secrets.ts";
import { type AddressGuard, createAddressGuard } from "./address-guard.ts";
import { createEndpointSender, type EndpointSender } from "./endpoint-sender.ts";
import { forgetGoneListeners } from "./listeners.ts";
import { relayEvents } from "./relay-events.ts";
import * as store from "./sending-store.ts";
import type { WebhookSettings } from "./webhook-settings.ts";

/** The part of a worker that sends webhooks: each endpoint is one worker's at a time, and waits for no other endpoint. */
export interface WebhookWorker {
  /** Begins nothing new, gives what is under way a moment and the leases back. */
  stop(): Promise<void>;
}

export interface WebhookWorkerDeps {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly settings: WebhookSettings;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Maintenance: nothing is sent. */
  readonly isPaused: () => boolean;
  /** The machine's own view of the network unless a test has another. */
  readonly guard?: AddressGuard;
}

const pollMs = 100;
const forgetMs = 1_000;
const leaseMs = 250;
const relaysInARow = 20;
/** A dead worker's endpoints are free after this long. */
const leaseSeconds = 4;
const endpointsMax = 1_000;
const stopMs = 1_000;

export function startWebhookWorker(deps: WebhookWorkerDeps): WebhookWorker {
  const { pool } = deps.database;
  const guard = deps.guard ?? createAddressGuard(deps.settings);
  const workerId = newUuid(Date.now());
  const stopping = new AbortController();
  const senders = new Map<string, EndpointSender>();
  const sent = deps.metrics.counter("stanchion_webhooks_sent_total", "Webhooks that a receiver has taken");
  const failed = deps.metrics.counter(
    "stanchion_webhooks_failed_total",
    "Attempts that no receiver has taken",
  );
  deps.metrics.gauge("stanchion_webhooks_under_way", "Webhooks that are being sent", () =>
    [...senders.values()].reduce((sum, { underWay }) => sum + underWay, 0),
  );
  const sending = {
    ...deps,
    guard,
    workerId,
    stopping: stopping.signal,
    onSent: (isDelivered: boolean) => (isDelivered ? sent : failed).add(1),
  };
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;

  let leasedAtMs = 0;
  let forgotAtMs = 0;

  const relay = async (): Promise<void> => {
    for (let rounds = 0; rounds < relaysInARow && !isStopped; rounds += 1) {
      const { hasTold, isMore } = await relayEvents(deps.database);
      if (hasTold) leasedAtMs = 0;
      if (!isMore) break;
    }
  };

  const round = async (): Promise<void> => {
    await relay();
    if (Date.now() - forgotAtMs >= forgetMs) {
      await forgetGoneListeners(deps.database);
      forgotAtMs = Date.now();
    }
    if (Date.now() - leasedAtMs < leaseMs) return;
    leasedAtMs = Date.now();
    const idle = [...senders].filter(([, sender]) => sender.isIdle).map(([endpointId]) => endpointId);
    for (const endpointId of idle) senders.delete(endpointId);
    if (idle.length > 0) await store.releaseEndpoints(pool, workerId, idle);
    if (deps.isPaused()) {
      for (const sender of senders.values()) sender.drop();
      return;
    }
    const most = { leaseSeconds, most: endpointsMax };
    const leased = await store.leaseEndpoints(pool, workerId, [...senders.keys()], most);
    const held = new Set(leased.map(({ endpointId }) => endpointId));
    for (const [endpointId, sender] of senders) if (!held.has(endpointId)) sender.drop();
    if (isStopped) return;
    for (const endpoint of leased) {
      const known = senders.get(endpoint.endpointId) ?? createEndpointSender(sending, endpoint);
      senders.set(endpoint.endpointId, known);
      known.renew(endpoint);
    }
  };

  let running: Promise<void> = Promise.resolve();
  const loop = (): void => {
    running = round()
      .then(() => {
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing) deps.log.warn({ err: error }, "webhooks could not be looked at; trying again");
        isFailing = true;
        leasedAtMs = 0;
        // Without the database nobody knows whose the leases are.
        for (const sender of senders.values()) sender.drop();
      })
      .finally(() => {
        if (!isStopped) timer = setTimeout(loop, pollMs);
      });
  };
  loop();

  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
      for (const sender of senders.values()) sender.drop();
      const patience = setTimeout(() => stopping.abort(), stopMs);
      await Promise.all([...senders.values()].map((sender) => sender.drained()));
      clearTimeout(patience);
      guard.close();
      await store
        .releaseEndpoints(pool, workerId)
        .catch((error: unknown) => deps.log.warn({ err: error }, "the leases could not be given back"));
    },
  };
}
