import { createHash } from "node:crypto";
import { encodeId, shapes, uuidFromBytes } from "@stanchion/contract";
import { apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../../platform/http/index.ts";
import { idempotencyScope } from "../../platform/idempotency/index.ts";
import { newUuidBytes } from "../../platform/randomness.ts";
import {
  type EntryHolder,
  entryJson,
  replayedEntryJson,
  statusOf,
  tokenHolder,
  waitingEntryJson,
} from "./entry.ts";
import { type EntryRow, findEntriesById } from "./line-store.ts";
import { readLineToken } from "./line-token.ts";
import type { LineView } from "./line-view.ts";
import type { JoinOutcome, LeaveOutcome } from "./line-writer.ts";
import { fingerprintFor, type QueueServices, viewFor } from "./queue-services.ts";

/** The operations of a fan in the line. */
export function registerLineRoutes(host: OperationHost, services: QueueServices): void {
  registerOperation(host, "enterQueue", (call) => {
    const idempotencyKey = call.idempotencyKey();
    const view = viewFor(services, call);
    return view instanceof Promise
      ? view.then((loaded) => enterQueue(services, call, loaded, idempotencyKey))
      : enterQueue(services, call, view, idempotencyKey);
  });
  registerOperation(host, "readEntry", (call) => {
    const view = viewFor(services, call);
    return view instanceof Promise
      ? view.then((loaded) => readEntry(services, call, loaded))
      : readEntry(services, call, view);
  });
  registerOperation(host, "leaveQueue", async (call) => {
    const idempotencyKey = call.idempotencyKey();
    return leaveQueue(services, call, await viewFor(services, call), idempotencyKey);
  });
}

// Far enough from the opening the process's own clock is good enough to refuse; near it the database decides.
const openingMarginMs = 1_000;

function enterQueue(
  services: QueueServices,
  call: OperationCall,
  view: LineView,
  idempotencyKey: string | null,
): Promise<Answer> {
  const { consumer } = call;
  const fingerprint = fingerprintFor(view, call);
  call.readBody(shapes.noBody);
  if (view.row.entryLevel !== "guest")
    throw apiError("RESOURCE_RESTRICTED", { details: { entryLevel: view.row.entryLevel } });
  const { openAtMs } = view.row;
  const clockMs = services.clock.now();
  // A queue whose experience has closed opens no more, whatever its own times say.
  if (openAtMs !== null && openAtMs - view.nowMs(clockMs) > openingMarginMs && !view.isClosed(clockMs))
    throw notOpen(services, view);
  const entryId = uuidFromBytes(newUuidBytes(services.clock.now()));
  const holder: EntryHolder = {
    consumerId: consumer.consumerId,
    consumerBytes: consumer.consumerBytes,
    fingerprint,
  };
  return services.writer
    .join(view.queueId, {
      entryId,
      consumerId: consumer.consumerId,
      fingerprint,
      idempotencyKey,
      requestId: call.requestId,
    })
    .then((outcome) => answerJoin(services, view, holder, entryId, outcome));
}

function answerJoin(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
  entryId: string,
  outcome: JoinOutcome,
): Answer | Promise<Answer> {
  switch (outcome.kind) {
    case "joined": {
      const { ticket, ahead, enteredAtMs, secondsPerPerson } = outcome;
      const wait =
        secondsPerPerson === null ? null : Math.min(2_000_000_000, Math.ceil((ahead + 1) * secondsPerPerson));
      const body = waitingEntryJson(
        services.rendering,
        view,
        { entryId, ticket, enteredAtMs },
        holder,
        ahead,
        wait,
      );
      return { status: 201, body, headers: ["Location", `/api/v1/queues/${view.wireId}/status`] };
    }
    case "replayed":
      return replayJoin(services, view, holder, outcome.entryId, outcome.isResent);
    case "already":
      return refuseAlready(services, view, holder, outcome.entryId);
    case "completed":
      throw apiError("ALREADY_COMPLETED");
    case "blocked":
      throw apiError("RESOURCE_RESTRICTED");
    case "notOpen":
      throw notOpen(services, view);
    case "closed":
      throw apiError("QUEUE_CLOSED", { details: { state: "CLOSED" } });
    case "full":
      throw apiError("QUEUE_FULL", { details: { capacity: view.row.capacity } });
    case "gone":
      throw apiError("QUEUE_NOT_FOUND", { details: { deleted: true } });
  }
}

async function replayJoin(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
  entryId: string,
  isResent: boolean,
): Promise<Answer> {
  const row = await readRow(services, entryId);
  if (!isResent && view.row.requireFingerprint) await refuseOtherDevice(services, view, holder);
  return {
    status: 201,
    body: replayedEntryJson(services.rendering, view, row, holder),
    headers: [
      "Location",
      `/api/v1/queues/${view.wireId}/status`,
      ...(isResent ? [] : ["Idempotent-Replayed", "true"]),
    ],
    replayedRequestId: row.requestId,
  };
}

async function refuseOtherDevice(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
): Promise<void> {
  const row = await readOwn(services, view, holder);
  if (row?.hasDevice && !row.isDevice) throw apiError("FP002");
}

async function refuseAlready(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
  entryId: string,
): Promise<never> {
  const row = await readOwn(services, view, holder);
  if (row === null || row.entryId !== entryId) throw apiError("CONCURRENT_MODIFICATION");
  if (view.row.requireFingerprint && row.hasDevice && !row.isDevice) throw apiError("FP002");
  throw apiError("ALREADY_IN_QUEUE", {
    details: JSON.parse(entryJson(services.rendering, view, row, holder)),
  });
}

function notOpen(services: QueueServices, view: LineView) {
  const openAtMs = view.row.openAtMs ?? 0;
  const retryAfterSeconds = Math.max(1, Math.ceil((openAtMs - view.nowMs(services.clock.now())) / 1000));
  return apiError("QUEUE_NOT_OPEN", {
    retryAfterSeconds,
    details: { openAt: new Date(openAtMs).toISOString(), retryAfter: retryAfterSeconds },
  });
}

function readEntry(services: QueueServices, call: OperationCall, view: LineView): Answer | Promise<Answer> {
  const { consumer } = call;
  const fingerprint = fingerprintFor(view, call);
  const holder: EntryHolder = {
    consumerId: consumer.consumerId,
    consumerBytes: consumer.consumerBytes,
    fingerprint,
  };
  const token = call.request.headers["x-line-token"];
  if (typeof token === "string") {
    const place = readLineToken(services.secrets, token, tokenHolder(view, holder));
    if (place !== null && view.isWaiting(place.ticket)) {
      const ahead = view.ahead(place.ticket);
      const wait = view.estimatedWaitSeconds(ahead, services.clock.now());
      return { status: 200, body: waitingEntryJson(services.rendering, view, place, holder, ahead, wait) };
    }
  }
  return readOwn(services, view, holder).then((row) => {
    if (row === null) throw apiError("NOT_IN_QUEUE");
    if (view.row.requireFingerprint && row.hasDevice && !row.isDevice) throw apiError("FP002");
    return { status: 200, body: entryJson(services.rendering, view, row, holder) };
  });
}

async function leaveQueue(
  services: QueueServices,
  call: OperationCall,
  view: LineView,
  idempotencyKey: string | null,
): Promise<Answer> {
  const { consumer } = call;
  const fingerprint = fingerprintFor(view, call);
  call.readBody(shapes.noBody);
  const holder: EntryHolder = {
    consumerId: consumer.consumerId,
    consumerBytes: consumer.consumerBytes,
    fingerprint,
  };
  const { organizationId, isLive } = consumer.tenant;
  const scope =
    idempotencyKey === null
      ? null
      : idempotencyScope([organizationId, String(isLive), "leaveQueue", consumer.consumerId, idempotencyKey]);
  const requestHash = scope === null ? null : createHash("sha256").update(view.queueId).digest();
  const outcome = await services.writer.leave(view.queueId, {
    consumerId: consumer.consumerId,
    fingerprint,
    scope,
    requestHash,
    requestId: call.requestId,
  });
  if (outcome.kind !== "replayed") return answerLeave(services, view, holder, outcome);
  const answer = rowAnswer(services, view, holder, await readRow(services, outcome.entryId));
  const first = await services.database.kysely
    .selectFrom("idempotencyKeys")
    .select("requestId")
    .where("scope", "=", scope ?? Buffer.alloc(0))
    .executeTakeFirst();
  return {
    ...answer,
    headers: ["Idempotent-Replayed", "true"],
    replayedRequestId: first?.requestId ?? call.requestId,
  };
}

async function answerLeave(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
  outcome: Exclude<LeaveOutcome, { kind: "replayed" }>,
): Promise<Answer> {
  switch (outcome.kind) {
    case "left":
      view.noteDeparture(outcome.ticket);
      return rowAnswer(services, view, holder, await readRow(services, outcome.entryId));
    case "released":
      return rowAnswer(services, view, holder, await readRow(services, outcome.entryId));
    case "ended":
      throw apiError("INVALID_STATE", { details: { state: "DENIED" } });
    case "expired":
      throw apiError("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
    case "otherDevice":
      throw apiError("FP002");
    case "keyReused":
      throw apiError("IDEMPOTENCY_KEY_REUSED");
    case "gone":
      throw apiError("QUEUE_NOT_FOUND", { details: { deleted: true } });
    case "notLive":
      return answerNotLive(services, view, holder);
  }
}

/** Leaving again what was left already changes nothing and is no error. */
async function answerNotLive(services: QueueServices, view: LineView, holder: EntryHolder): Promise<Answer> {
  const row = await readOwn(services, view, holder);
  if (row === null) throw apiError("NOT_IN_QUEUE");
  const state = statusOf(row, view);
  if (state === "LEFT") return rowAnswer(services, view, holder, row);
  if (state === "COMPLETED") throw apiError("ALREADY_COMPLETED", { details: { state } });
  if (state === "EXPIRED") throw apiError("ADMISSION_EXPIRED", { details: { state } });
  throw apiError("INVALID_STATE", { details: { state } });
}

function rowAnswer(services: QueueServices, view: LineView, holder: EntryHolder, row: EntryRow): Answer {
  return { status: 200, body: entryJson(services.rendering, view, row, holder) };
}

async function readRow(services: QueueServices, entryId: string): Promise<EntryRow> {
  const row = (await findEntriesById(services.database.pool, [entryId])).get(entryId);
  if (row === undefined) throw new Error(`the entry ${encodeId("entry", entryId)} was written and is gone`);
  return row;
}

function readOwn(services: QueueServices, view: LineView, holder: EntryHolder): Promise<EntryRow | null> {
  return services.reader.find({
    queueId: view.queueId,
    consumerId: holder.consumerId,
    organizationId: view.row.organizationId,
    fingerprint: holder.fingerprint,
  });
}
