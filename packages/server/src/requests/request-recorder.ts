import { type OperationName, operationNames, operationOf } from "@stanchion/contract";
import { type Database, isConnectionLost } from "../platform/database/index.ts";
import type { AnsweredRequest, AnswerRecorder, Tenant } from "../platform/http/index.ts";
import type { Log } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics/index.ts";
import { type PendingKind, type PendingRequest, PendingRequests, type RingPart } from "./pending-requests.ts";
import { factsOf, tenantOf } from "./request-facts.ts";
import { insertRequests } from "./request-store.ts";

/** Keeps what became of requests: gathered in memory, written in groups behind the answers. */
export interface RequestRecorder extends AnswerRecorder {
  /** Writes what waits, and never fails. Whoever reads calls it first, to find what this process answered a moment ago. */
  flush(): Promise<void>;
  /** Writes what waits, for a second at most, and stops. */
  close(): Promise<void>;
}

const flushEveryMs = 500;
const closeMs = 1_000;
const slowSuccessMs = 1_000;

const changesNothing: ReadonlySet<OperationName> = new Set(["validateAdmission", "validateDrawAdmission"]);
/** Successes that are worth a row: what a secret key or a member changed. Checking an admission changes nothing, and is frequent. */
const keptSuccesses: ReadonlySet<OperationName | null> = new Set(
  operationNames.filter((name) => {
    const { access, method } = operationOf(name);
    return access === "secret" && method !== "GET" && !changesNothing.has(name);
  }),
);

export function createRequestRecorder(deps: {
  database: Database;
  processName: string;
  log: Log;
  metrics: Metrics;
}): RequestRecorder {
  const { database, processName, log, metrics } = deps;
  const pending = new PendingRequests();
  const written = metrics.counter(
    "stanchion_requests_recorded_total",
    "Requests kept for who asks with their id",
  );
  const lost = metrics.counter("stanchion_requests_lost_total", "Requests that the database refused to keep");
  const skipped = metrics.counter(
    "stanchion_requests_not_recorded_total",
    "Requests that were one too many of their kind to be kept",
  );
  metrics.gauge("stanchion_requests_waiting", "Requests that wait to be written", () => pending.count);
  // The group whose writing failed; one, so that a database that is gone costs no more memory than this.
  let unsent: readonly PendingRequest[] = [];
  let flushing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let place = 0;
  let skippedBefore = 0;
  // In a flood one answer is like the one before, and names need not be put together again.
  let last: { tenant: Tenant | null; part: RingPart; what: string; kind: PendingKind } = {
    tenant: null,
    part: "nobody",
    what: "",
    kind: kindOf(null, "nobody", ""),
  };

  const write = async (): Promise<void> => {
    const nowMs = performance.now();
    try {
      await insertRequests(database, processName, unsent, nowMs);
      written.add(unsent.length);
      unsent = [];
    } catch (error) {
      const isKept = error instanceof Error && isConnectionLost(error);
      log.debug({ err: error, requests: unsent.length, isKept }, "requests could not be recorded");
      if (isKept) return schedule();
      lost.add(unsent.length);
      unsent = [];
    }
  };
  const writeAll = async (): Promise<void> => {
    if (unsent.length > 0) await write();
    if (unsent.length > 0) return;
    unsent = pending.take(performance.now());
    skipped.add(pending.dropped - skippedBefore);
    skippedBefore = pending.dropped;
    if (unsent.length > 0) await write();
  };
  const flush = async (): Promise<void> => {
    // What is being written now does not hold what came since.
    await flushing;
    flushing ??= writeAll().finally(() => {
      flushing = null;
    });
    await flushing;
  };
  const schedule = (): void => {
    if (timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void flush();
    }, flushEveryMs);
    timer.unref();
  };

  return {
    keepsSuccess: (operation, tookMs) => tookMs > slowSuccessMs || keptSuccesses.has(operation),
    note(answered) {
      const { answeredAtMs } = answered;
      const tenant = tenantOf(answered);
      const part = partOf(answered, tenant !== null);
      const what = answered.refusal?.code ?? answered.call?.operation ?? "";
      if (tenant !== last.tenant || part !== last.part || what !== last.what)
        last = { tenant, part, what, kind: kindOf(tenant, part, what) };
      pending.note(last.kind, answeredAtMs, () => ({
        requestId: answered.requestId,
        organizationId: tenant?.organizationId ?? null,
        isLive: tenant?.isLive ?? null,
        part,
        answeredAtMs,
        place: place++,
        facts: factsOf(answered),
      }));
      schedule();
    },
    flush,
    async close() {
      const patience = new Promise<void>((resolve) => setTimeout(resolve, closeMs).unref());
      await Promise.race([flush(), patience]);
      if (timer !== null) clearTimeout(timer);
    },
  };
}

function kindOf(tenant: Tenant | null, part: RingPart, what: string): PendingKind {
  const owner = tenant === null ? "" : `${tenant.organizationId}${tenant.isLive}`;
  return { owner, name: `${owner} ${part} ${what}` };
}

function partOf({ call }: AnsweredRequest, hasTenant: boolean): RingPart {
  if (!hasTenant) return "nobody";
  const actor = call?.actor;
  const isOperator = actor?.kind === "member" || (actor?.kind === "key" && actor.keyKind === "secret");
  return isOperator ? "server" : "fan";
}
