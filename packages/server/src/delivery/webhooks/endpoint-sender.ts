import { encodeId, limits, type WebhookAttempt } from "@stanchion/contract";
import { type Database, inOrganization } from "../../platform/database/index.ts";
import { ApiError } from "../../platform/errors/index.ts";
import type { Log } from "../../platform/log.ts";
import { countDelivery } from "../../platform/quotas/index.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { AddressGuard } from "./address-guard.ts";
import { disableEndpoint } from "./disable-endpoint.ts";
import { type Outcome, sendWebhook } from "./send-webhook.ts";
import * as store from "./sending-store.ts";
import { nextWaitSeconds, type WebhookSettings } from "./webhook-settings.ts";
import { openWebhookSecret, signedHeaders } from "./webhook-signature.ts";

export interface SendingDeps {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly guard: AddressGuard;
  readonly settings: WebhookSettings;
  readonly log: Log;
  readonly workerId: string;
  /** Ends what is under way when the worker stops. */
  readonly stopping: AbortSignal;
  readonly onSent: (isDelivered: boolean) => void;
}

/** Sends to one endpoint, whose lease the worker has. */
export interface EndpointSender {
  /** The endpoint as it is now; with it the sender goes on. */
  renew(endpoint: store.LeasedEndpoint): void;
  /** Sends nothing more of what it has in hand, but for what is under way. */
  drop(): void;
  readonly underWay: number;
  /** Nothing is under way and nothing was due when it last looked. */
  readonly isIdle: boolean;
  drained(): Promise<void>;
}

const inHandMax = 100;
/** Of batches, which are long. */
const batchesInHandMax = 10;
const atOnceMax = 10;
/** An endpoint that goes on failing may be one that never answers: it is not given many sockets for half a minute each. */
const atOnceWhileFailing = 2;
const failingMsMin = 60_000;
const quotaRetryMs = 3_600_000;

export function createEndpointSender(deps: SendingDeps, first: store.LeasedEndpoint): EndpointSender {
  const { pool } = deps.database;
  let endpoint = first;
  let inHand: store.DueDelivery[] = [];
  let isDropped = false;
  let isLooking = false;
  let isDry = false;
  const underWay = new Map<string, { ordinal: number; done: Promise<void> }>();

  const isFree = (): boolean =>
    !isDropped &&
    !deps.stopping.aborted &&
    underWay.size < (isFailingForLong() ? atOnceWhileFailing : atOnceMax);

  const isFailingForLong = (): boolean =>
    endpoint.failingSince !== null && Date.now() - endpoint.failingSince.getTime() > failingMsMin;

  /** One at a time of each lane, so that first attempts keep their order. */
  const go = (): void => {
    while (isFree()) {
      const at = inHand.findIndex(({ lane }) => !underWay.has(lane));
      const [next] = at === -1 ? [] : inHand.splice(at, 1);
      if (next === undefined) break;
      const done = deliver(next)
        .catch((error: unknown) => {
          if (!deps.stopping.aborted) deps.log.warn({ err: error }, "a webhook's attempt could not be noted");
        })
        .finally(() => {
          underWay.delete(next.lane);
          go();
        });
      underWay.set(next.lane, { ordinal: next.ordinal, done });
    }
    if (inHand.length === 0 && isFree() && !isDry) void look();
  };

  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const most = endpoint.maxPerBatch > 1 ? batchesInHandMax : inHandMax;
      const busy = [...underWay.values()].map(({ ordinal }) => ordinal);
      const due = await store.readDue(pool, endpoint.endpointId, busy, most);
      const granted =
        due.length === 0 ? 0 : await store.grantSends(pool, deps.workerId, endpoint, due.length);
      inHand = isDropped ? [] : due.slice(0, granted);
      isDry = granted < most;
    } catch (error) {
      isDry = true;
      deps.log.warn({ err: error }, "webhooks that are due could not be read; trying again");
    } finally {
      isLooking = false;
    }
    go();
  };

  const deliver = async (delivery: store.DueDelivery): Promise<void> => {
    if (endpoint.isCounted && delivery.tries === 0 && !(await isWithinQuota(delivery))) return;
    const startedAt = new Date();
    const secrets = [endpoint.secret, endpoint.previousSecret]
      .filter((sealed) => sealed !== null)
      .map((sealed) => openWebhookSecret(deps.secrets, sealed));
    const id = encodeId("event", delivery.eventId);
    const { body } = delivery;
    const headers = signedHeaders(secrets, { id, body, now: startedAt });
    const request = { url: endpoint.url, headers, body };
    const outcome = await sendWebhook(deps.guard, request, { signal: deps.stopping });
    // Whoever sends it next will have told the whole of it.
    if (deps.stopping.aborted && outcome.status === null) return;
    await note(delivery, startedAt, outcome);
  };

  const note = async (delivery: store.DueDelivery, startedAt: Date, outcome: Outcome): Promise<void> => {
    const { status, failure, answer } = outcome;
    const tookMs = Date.now() - startedAt.getTime();
    const attempt: WebhookAttempt = { startedAt: startedAt.toISOString(), tookMs, status, failure, answer };
    const attempts = [...delivery.attempts, attempt].slice(-limits.webhookAttemptsKeptMax);
    const isDelivered = status !== null && status >= 200 && status < 300;
    await store.noteAttempt(pool, delivery, attempts, verdictOn(delivery, outcome, isDelivered));
    deps.onSent(isDelivered);
    await noteHealth(isDelivered, status === 410);
  };

  const verdictOn = (
    { tries }: store.DueDelivery,
    { status, retryAfterSeconds }: Outcome,
    isDelivered: boolean,
  ): store.Verdict => {
    if (isDelivered) return { status: "DELIVERED" };
    if (status === 410) return { status: "FAILED" };
    const { retrySeconds } = deps.settings;
    const waitSeconds = nextWaitSeconds(retrySeconds, tries + 1, retryAfterSeconds, Math.random());
    return waitSeconds === null ? { status: "FAILED" } : { status: "PENDING", waitSeconds };
  };

  const noteHealth = async (isWell: boolean, isGone: boolean): Promise<void> => {
    if (isGone) return switchOff("GONE");
    if (isWell === (endpoint.failingSince === null) && isWell) return;
    const failingSince = await store.noteHealth(pool, endpoint.endpointId, isWell);
    endpoint = { ...endpoint, failingSince };
    if (failingSince === null) return;
    const failingMs = (await store.readNow(pool)).getTime() - failingSince.getTime();
    if (failingMs >= limits.webhookFailingSecondsMax * 1_000) await switchOff("FAILING");
  };

  const switchOff = async (reason: "GONE" | "FAILING"): Promise<void> => {
    drop();
    await disableEndpoint(deps.database, endpoint, reason);
    const endpointId = encodeId("webhookEndpoint", endpoint.endpointId);
    deps.log.warn({ endpointId, reason }, "a webhook endpoint was switched off");
  };

  const isWithinQuota = async ({ ordinal }: store.DueDelivery): Promise<boolean> => {
    try {
      await inOrganization(deps.database, endpoint, (db) => countDelivery(db, endpoint.organizationId));
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { resetsAt } = error.details;
      const now = await store.readNow(pool);
      const until =
        typeof resetsAt === "string" ? new Date(resetsAt) : new Date(now.getTime() + quotaRetryMs);
      await store.postpone(pool, ordinal, until);
      return false;
    }
  };

  const drop = (): void => {
    isDropped = true;
    inHand = [];
  };

  return {
    renew(present) {
      endpoint = present;
      isDropped = false;
      isDry = false;
      go();
    },
    drop,
    get underWay() {
      return underWay.size;
    },
    get isIdle() {
      return underWay.size === 0 && inHand.length === 0 && !isLooking;
    },
    async drained() {
      await Promise.all([...underWay.values()].map(({ done }) => done));
    },
  };
}
