import { encodeId, type QuotaName, shapes, uuidFromBytes } from "@stanchion/contract";
import {
  type DeviceMatch,
  isDeviceNews,
  isLevelReached,
  keptDevice,
  levelOf,
  matchDevice,
  notDeviceThatEntered,
} from "../../admissions/index.ts";
import { Entrant } from "../../fairness/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  type ConsumerActor,
  keyedLeave,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../../platform/http/index.ts";
import { newUuidBytes } from "../../platform/randomness.ts";
import {
  type EntryHolder,
  entryJson,
  replayedEntryJson,
  standingAtEntry,
  standingOf,
  statusOf,
  tokenHolder,
  waitingEntryJson,
} from "./entry.ts";
import type { ReceiptedEntry } from "./entry-reader.ts";
import { type EntryRow, expireEntry, noteDevice } from "./entry-store.ts";
import { waitAt } from "./line-pace.ts";
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
    return leaveQueue(host, services, call, await viewFor(services, call), idempotencyKey);
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
  const { entryLevel } = view.row;
  if (!isLevelReached(entryLevel, consumer))
    throw apiError("RESOURCE_RESTRICTED", { details: { entryLevel } });
  const clockMs = services.clock.now();
  // A queue whose experience has closed opens no more, whatever its own times say.
  if (joinableAtMs(view) - view.nowMs(clockMs) > openingMarginMs && !view.isClosed(clockMs))
    throw notOpen(services, view);
  const holder = holderOf(consumer, fingerprint);
  const entrant = new Entrant({
    consumerId: consumer.consumerId,
    consumerBytes: consumer.consumerBytes,
    level: shapes.entryLevels.indexOf(levelOf(consumer)),
    device: holder,
    idempotencyKey,
    requestId: call.requestId,
    newEntryBytes: () => newUuidBytes(clockMs),
  });
  const join = (): Promise<Answer> =>
    services.writer
      .enter(view.queueId, entrant)
      .then((outcome) =>
        outcome.kind === "already"
          ? answerAlready(services, view, holder, outcome.entryId, join)
          : answerJoin(services, view, holder, entrant, outcome),
      );
  return join();
}

export function holderOf(
  { consumerBytes, deviceKey }: ConsumerActor,
  fingerprint: string | null,
): EntryHolder {
  return { consumerBytes, fingerprint, deviceKey };
}

// That they are out is nothing new to the fan: their own status has it. The operator's words about it are not told.
const takenOutForGood = "The operator has taken you out of this line, and you cannot join it again.";

function answerJoin(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
  { entry }: Entrant,
  outcome: Exclude<JoinOutcome, { kind: "already" }>,
): Answer | Promise<Answer> {
  switch (outcome.kind) {
    case "joined": {
      const { ticket, ahead, enteredAtMs, enteredAt, pace, receipt } = outcome;
      const wait = ahead === null ? null : waitAt(pace, ahead + 1);
      const body = waitingEntryJson(
        services.rendering,
        view,
        { entryBytes: entry.bytes, ticket, enteredAtMs },
        holder,
        standingAtEntry(ticket, ahead, wait),
        receipt,
        { entryId: entry.wireId, consumerId: entry.consumerWireId, enteredAt },
      );
      const headers = ["Location", `/api/v1/queues/${view.wireId}/status`];
      return { status: 201, body, isAscii: true, headers };
    }
    case "replayed":
      return replayJoin(services, view, holder, outcome.entryId, outcome.isResent);
    case "completed":
      throw apiError("ALREADY_COMPLETED", { details: { state: "COMPLETED" } });
    case "blocked":
      throw apiError("RESOURCE_RESTRICTED", { details: { hint: takenOutForGood } });
    case "notOpen":
      throw notOpen(services, view);
    case "closed":
      throw apiError("QUEUE_CLOSED", { details: { state: "CLOSED" } });
    case "full":
      throw full(view, { limit: view.row.capacity });
    case "overQuota":
      throw full(view, { limit: outcome.limit, quota: "people" });
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
  const { row, receipt } = await readFirst(services, view, holder, entryId, isResent);
  if (!isResent && view.row.requireFingerprint) {
    const own = await readOwn(services, view, holder);
    if (own !== null) await judgeDevice(services, view, own, holder);
  }
  return {
    status: 201,
    body: replayedEntryJson(services.rendering, view, row, holder, receipt),
    headers: [
      "Location",
      `/api/v1/queues/${view.wireId}/status`,
      ...(isResent ? [] : ["Idempotent-Replayed", "true"]),
    ],
    replayedRequestId: row.requestId,
  };
}

/** Judges the device that an entry is asked for on, and has the entry take note of what is new of its own. */
export async function judgeDevice(
  { database }: QueueServices,
  view: LineView,
  row: EntryRow,
  holder: EntryHolder,
): Promise<void> {
  const match = refuseOtherDevice(view, row, holder);
  if (isDeviceNews(match, holder, view.row.requireFingerprint)) await noteDevice(database.pool, row, holder);
}

/** Where the queue asks for a fingerprint, no other device than the one that entered may go on. */
function refuseOtherDevice(view: LineView, row: EntryRow, holder: EntryHolder): DeviceMatch {
  const match = matchDevice(view.queueId, row.device, holder);
  if (view.row.requireFingerprint && match.isOther) throw notDeviceThatEntered();
  return match;
}

async function answerAlready(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
  entryId: string,
  joinAgain: () => Promise<Answer>,
): Promise<Answer> {
  const entry = await readReceipted(services, view, holder);
  if (entry === null || entry.row.entryId !== entryId) throw apiError("CONCURRENT_MODIFICATION");
  const { row, receipt } = entry;
  if (statusOf(row, view) === "EXPIRED") {
    // Its end is due and not written yet: that need not wait for a worker.
    await expireEntry(services.database.pool, entryId);
    return joinAgain();
  }
  await judgeDevice(services, view, row, holder);
  throw apiError("ALREADY_IN_QUEUE", {
    details: JSON.parse(entryJson(services.rendering, view, row, holder, receipt)),
  });
}

const placeComesFree = "A place comes free when someone leaves.";
// Fans read it too: how many wait in which other line is not told.
const ofAllLines =
  "All of this shop's lines count together. The shop can close other queues, or ask whoever runs this server for a larger quota of people.";

/** `limit` is what stands in the way: the queue's own capacity, or the organization's quota of people. */
function full({ row }: LineView, stop: { limit: number | null; quota?: QuotaName }) {
  const hint = stop.quota === undefined ? placeComesFree : ofAllLines;
  return apiError("QUEUE_FULL", { details: { capacity: row.capacity, ...stop, hint } });
}

function notOpen(services: QueueServices, view: LineView) {
  const { openAtMs, joinFromMs, shuffleBeforeOpen } = view.row;
  const waitMs = joinableAtMs(view) - view.nowMs(services.clock.now());
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  const joinFrom = shuffleBeforeOpen && joinFromMs !== null ? new Date(joinFromMs).toISOString() : null;
  const openAt = new Date(openAtMs ?? 0).toISOString();
  const early =
    joinFrom === null
      ? { hint: "Come back then." }
      : { joinFrom, hint: `It can be joined from ${joinFrom} on, and being early is no advantage.` };
  return apiError("QUEUE_NOT_OPEN", {
    retryAfterSeconds,
    details: { openAt, ...early, retryAfter: retryAfterSeconds },
  });
}

/** From when on people can join: at the opening, and before it where their order is drawn. In ms since 1970. */
function joinableAtMs({ row }: LineView): number {
  const openAtMs = row.openAtMs ?? 0;
  return row.shuffleBeforeOpen ? Math.min(row.joinFromMs ?? 0, openAtMs) : openAtMs;
}

function readEntry(services: QueueServices, call: OperationCall, view: LineView): Answer | Promise<Answer> {
  const { consumer } = call;
  const fingerprint = fingerprintFor(view, call);
  const holder = holderOf(consumer, fingerprint);
  const token = call.request.headers["x-line-token"];
  if (typeof token === "string") {
    const place = readLineToken(services.secrets, token, tokenHolder(view, holder));
    if (place !== null && view.isWaiting(place.ticket)) {
      const standing = standingOf(view, place.ticket, services.clock.now());
      return {
        status: 200,
        body: waitingEntryJson(services.rendering, view, place, holder, standing, null, {
          lineToken: token,
        }),
        isAscii: true,
      };
    }
  }
  // Who sends a line token has had the receipt with it.
  const found: Promise<ReceiptedEntry | null> =
    typeof token === "string"
      ? readOwn(services, view, holder).then((row) => row && { row, receipt: null })
      : readReceipted(services, view, holder);
  return found.then(async (entry) => {
    if (entry === null) throw apiError("NOT_IN_QUEUE");
    const { row, receipt } = entry;
    await judgeDevice(services, view, row, holder);
    return { status: 200, body: entryJson(services.rendering, view, row, holder, receipt) };
  });
}

async function leaveQueue(
  host: OperationHost,
  services: QueueServices,
  call: OperationCall,
  view: LineView,
  key: string | null,
): Promise<Answer> {
  const { consumer, requestId } = call;
  const fingerprint = fingerprintFor(view, call);
  call.readBody(shapes.noBody);
  const { consumerId } = consumer;
  const holder = holderOf(consumer, fingerprint);
  const once = keyedLeave(host, call, { operation: "leaveQueue", key, targetId: view.queueId });
  const device = await leavingDevice(services, view, holder);
  const { scope, requestHash } = once;
  const item = { consumerId, device, scope, requestHash, requestId };
  const outcome = await services.writer.leave(view.queueId, item);
  if (outcome.kind === "replayed")
    return once.replay(async (entryId) =>
      rowAnswer(services, view, holder, await readRow(services, entryId)),
    );
  const answer = (): Promise<Answer> => answerLeave(services, view, holder, outcome);
  return keptByAnswer.has(outcome.kind) ? once.keep(answer) : answer();
}

/** What the entry must keep of the device, as hex. A key is judged before: the entry may have been taken under another fingerprint. */
async function leavingDevice(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
): Promise<string | null> {
  const row =
    holder.deviceKey !== null && view.row.requireFingerprint ? await readOwn(services, view, holder) : null;
  if (row === null) return keptDevice(view.queueId, holder);
  if (row.status === "QUEUED" || row.status === "ADMITTED") refuseOtherDevice(view, row, holder);
  return row.device?.toString("hex") ?? null;
}

const isOut = "You are out of this line already: there is no place to leave.";
const keptByAnswer: ReadonlySet<LeaveOutcome["kind"]> = new Set(["ended", "expired", "notLive"]);

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
      throw apiError("INVALID_STATE", { details: { state: "DENIED", hint: isOut } });
    case "expired":
      throw apiError("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
    case "otherDevice":
      throw notDeviceThatEntered();
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
  throw apiError("INVALID_STATE", { details: { state, hint: isOut } });
}

function rowAnswer(services: QueueServices, view: LineView, holder: EntryHolder, row: EntryRow): Answer {
  return { status: 200, body: entryJson(services.rendering, view, row, holder) };
}

async function readRow(services: QueueServices, entryId: string): Promise<EntryRow> {
  const row = await services.reader.findById(entryId);
  if (row === null) throw new Error(`the entry ${encodeId("entry", entryId)} was written and is gone`);
  return row;
}

/** The entry with the receipt that it was answered with; where that answer never went out, with one of now. */
async function readFirst(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
  entryId: string,
  isResent: boolean,
): Promise<ReceiptedEntry> {
  const first = await services.reader.findFirst(entryId);
  if (first === null) throw new Error(`the entry ${encodeId("entry", entryId)} was written and is gone`);
  if (first.receipt !== null || !isResent) return first;
  const own = await readReceipted(services, view, holder);
  return own?.row.entryId === entryId ? { ...first, receipt: own.receipt } : first;
}

function readReceipted(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
): Promise<ReceiptedEntry | null> {
  return services.reader.findReceipted({
    queueId: view.queueId,
    consumerId: uuidFromBytes(holder.consumerBytes),
  });
}

export function readOwn(
  services: QueueServices,
  view: LineView,
  holder: EntryHolder,
): Promise<EntryRow | null> {
  return services.reader.find({
    queueId: view.queueId,
    consumerId: uuidFromBytes(holder.consumerBytes),
  });
}
