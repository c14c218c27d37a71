import { type DrawEntry, encodeId, type QuotaName, shapes } from "@stanchion/contract";
import {
  type DeviceMatch,
  type GivenDevice,
  isDeviceNews,
  isLevelReached,
  keptDevice,
  levelOf,
  matchDevice,
  notDeviceThatEntered,
} from "../../admissions/index.ts";
import { Entrant } from "../../fairness/index.ts";
import { inOrganization, withRetries } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  type ConsumerActor,
  keyedLeave,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../../platform/http/index.ts";
import { randomBytes16 } from "../../platform/randomness.ts";
import { drawStatus } from "./draw.ts";
import { winOf } from "./draw-admission.ts";
import { answeredEntryOf, drawEntryJson, statusOfDrawEntry } from "./draw-entry.ts";
import type { ReceiptedEntry } from "./draw-entry-reader.ts";
import { type DrawEntryRow, findLatestDrawEntryIn, noteDrawDevice } from "./draw-entry-store.ts";
import { lockOutcome } from "./draw-outcome-store.ts";
import { type DrawServices, drawFingerprint, drawViewFor } from "./draw-services.ts";
import type { DrawView } from "./draw-views.ts";
import type { EnterOutcome, LeaveOutcome } from "./draw-writer.ts";
import { freeSeat } from "./seat-store.ts";
import { writeAwards } from "./settle-draw.ts";

/** The operations of a fan in a draw. */
export function registerDrawEntryRoutes(host: OperationHost, services: DrawServices): void {
  registerOperation(host, "enterDraw", (call) => {
    const idempotencyKey = call.idempotencyKey();
    const view = drawViewFor(services, call);
    return view instanceof Promise
      ? view.then((loaded) => enterDraw(services, call, loaded, idempotencyKey))
      : enterDraw(services, call, view, idempotencyKey);
  });
  registerOperation(host, "readDrawEntry", async (call) => {
    const view = await drawViewFor(services, call);
    const device = deviceOf(view, call);
    const entry = await readOwn(services, view, call.consumer);
    if (entry === null) throw apiError("NOT_IN_DRAW");
    await judgeDevice(services, view, entry.row, device);
    return entryAnswer(entry, winOf(services, view, entry.row, device));
  });
  registerOperation(host, "leaveDraw", async (call) => {
    const idempotencyKey = call.idempotencyKey();
    return leaveDraw(host, services, call, await drawViewFor(services, call), idempotencyKey);
  });
}

// Far enough from the opening the process's own clock is good enough to refuse; near it the database decides.
const openingMarginMs = 1_000;

function enterDraw(
  services: DrawServices,
  call: OperationCall,
  view: DrawView,
  idempotencyKey: string | null,
): Promise<Answer> {
  const { consumer } = call;
  const device = deviceOf(view, call);
  call.readBody(shapes.noBody);
  const { entryLevel } = view;
  if (!isLevelReached(entryLevel, consumer))
    throw apiError("RESOURCE_RESTRICTED", { details: { entryLevel } });
  if (msToOpening(services, view) > openingMarginMs && stateNow(services, view) === "SCHEDULED")
    throw notOpen(services, view);
  const entrant = new Entrant({
    consumerId: consumer.consumerId,
    consumerBytes: consumer.consumerBytes,
    level: shapes.entryLevels.indexOf(levelOf(consumer)),
    device,
    idempotencyKey,
    requestId: call.requestId,
    // Of random bits alone: it becomes public, and tells nobody when it was made.
    newEntryBytes: randomBytes16,
  });
  return services.writer
    .enter(view.drawId, entrant)
    .then((outcome) => answerEnter(services, view, { consumer, device }, entrant, outcome));
}

/** What the answer of entering says, whenever it is given. */
const asEntered = { status: "ENTERED", drawStatus: "OPEN", reason: null, admissionAt: null } as const;

interface Caller {
  readonly consumer: ConsumerActor;
  readonly device: GivenDevice;
}

function answerEnter(
  services: DrawServices,
  view: DrawView,
  caller: Caller,
  { entry: made }: Entrant,
  outcome: EnterOutcome,
): Answer | Promise<Answer> {
  switch (outcome.kind) {
    case "entered": {
      const { number, enteredAt, receipt } = outcome;
      const ids = { entryId: made.wireId, drawId: view.wireId, consumerId: made.consumerWireId };
      const entry = { ...ids, ...asEntered, number, enteredAt };
      return {
        status: 201,
        body: drawEntryJson(entry, receipt),
        headers: ["Location", statusPath(view)],
        isAscii: true,
      };
    }
    case "replayed":
      return replayEnter(services, view, caller, outcome);
    case "already":
      return answerAlready(services, view, caller, outcome.entryId);
    case "removed":
      throw apiError("RESOURCE_RESTRICTED", { details: { hint: takenOutForGood } });
    case "notOpen":
      throw notOpen(services, view);
    case "closed":
      throw apiError("DRAW_CLOSED", { details: { state: "CLOSED" } });
    case "cancelled":
      throw apiError("DRAW_CLOSED", { details: { state: "CANCELLED" } });
    case "full":
      throw full(view, { limit: view.capacity });
    case "overQuota":
      throw full(view, { limit: outcome.limit, quota: "people" });
    case "gone":
      throw apiError("DRAW_NOT_FOUND", { details: { deleted: true } });
  }
}

function statusPath(view: DrawView): string {
  return `/api/v1/draws/${view.wireId}/status`;
}

/** The entry as it was taken and answered first, whatever became of it. */
async function replayEnter(
  services: DrawServices,
  view: DrawView,
  { device }: Caller,
  { entryId, isResent }: Extract<EnterOutcome, { kind: "replayed" }>,
): Promise<Answer> {
  const first = await services.reader.findFirst(entryId);
  if (first === null) throw gone(entryId);
  const { row, receipt } = first;
  if (!isResent) refuseOtherDevice(view, row, device);
  return {
    status: 201,
    body: drawEntryJson({ ...answeredEntryOf(row), ...asEntered }, receipt),
    headers: ["Location", statusPath(view), ...(isResent ? [] : ["Idempotent-Replayed", "true"])],
    replayedRequestId: row.requestId,
  };
}

async function answerAlready(
  services: DrawServices,
  view: DrawView,
  { consumer, device }: Caller,
  entryId: string,
): Promise<Answer> {
  const entry = await readOwn(services, view, consumer);
  if (entry === null || entry.row.entryId !== entryId) throw apiError("CONCURRENT_MODIFICATION");
  await judgeDevice(services, view, entry.row, device);
  throw apiError("ALREADY_REGISTERED", {
    details: JSON.parse(drawEntryJson(answeredEntryOf(entry.row), entry.receipt)),
  });
}

// Nothing new to the fan: their own status has it, with the reason.
const takenOutForGood =
  "The operator has taken you out of this draw, and you cannot enter it again: your status there says why.";
const placeComesFree = "A place comes free when someone leaves before the close.";
// Fans read it too: how many are in which other draw is not told.
const ofAll =
  "All of this shop's lines and draws count together. Whoever runs this server can give the shop a larger quota of people.";

/** `limit` is what stands in the way: the draw's own capacity, or the organization's quota of people. */
function full({ capacity }: DrawView, stop: { limit: number | null; quota?: QuotaName }) {
  const hint = stop.quota === undefined ? placeComesFree : ofAll;
  return apiError("DRAW_FULL", { details: { capacity, ...stop, hint } });
}

function msToOpening({ clock }: DrawServices, { openAtMs, clockAheadMs }: DrawView): number {
  return (openAtMs ?? 0) - (clock.now() + clockAheadMs);
}

function stateNow({ clock }: DrawServices, view: DrawView) {
  return drawStatus(view, clock.now() + view.clockAheadMs);
}

function notOpen(services: DrawServices, view: DrawView) {
  const retryAfterSeconds = Math.max(1, Math.ceil(msToOpening(services, view) / 1_000));
  return apiError("DRAW_NOT_OPEN", {
    retryAfterSeconds,
    details: { openAt: new Date(view.openAtMs ?? 0).toISOString(), retryAfter: retryAfterSeconds },
  });
}

function deviceOf(view: DrawView, call: OperationCall): GivenDevice {
  return { fingerprint: drawFingerprint(view, call), deviceKey: call.consumer.deviceKey };
}

/** Where the draw asks for a fingerprint, no other device than the one that entered may go on. */
function refuseOtherDevice(view: DrawView, row: DrawEntryRow, device: GivenDevice): DeviceMatch {
  const match = matchDevice(view.drawId, row.device, device);
  if (view.requireFingerprint && match.isOther) throw notDeviceThatEntered();
  return match;
}

/** Judges the device that an entry is asked for on, and has the entry take note of what is new of its own. */
async function judgeDevice(
  { database }: DrawServices,
  view: DrawView,
  row: DrawEntryRow,
  device: GivenDevice,
): Promise<void> {
  const match = refuseOtherDevice(view, row, device);
  if (isDeviceNews(match, device, view.requireFingerprint)) await noteDrawDevice(database.pool, row, device);
}

async function leaveDraw(
  host: OperationHost,
  services: DrawServices,
  call: OperationCall,
  view: DrawView,
  key: string | null,
): Promise<Answer> {
  const { consumer, requestId } = call;
  const device = deviceOf(view, call);
  call.readBody(shapes.noBody);
  const { consumerId } = consumer;
  const once = keyedLeave(host, call, { operation: "leaveDraw", key, targetId: view.drawId });
  const kept = await leavingDevice(services, view, consumer, device);
  const { scope, requestHash } = once;
  const item = { consumerId, device: kept, scope, requestHash, requestId };
  const outcome = await services.writer.leave(view.drawId, item);
  if (outcome.kind === "replayed")
    return once.replay(async (entryId) => leftAnswer(await readLeft(services, entryId)));
  const answer = (): Promise<Answer> => answerLeave(services, view, consumer, outcome);
  return keptByAnswer.has(outcome.kind) ? once.keep(answer) : answer();
}

/** What the entry must keep of the device, as hex. A key is judged before: the entry may have been taken under another fingerprint. */
async function leavingDevice(
  services: DrawServices,
  view: DrawView,
  consumer: ConsumerActor,
  device: GivenDevice,
): Promise<string | null> {
  if (device.deviceKey === null || !view.requireFingerprint) return keptDevice(view.drawId, device);
  const entry = await readOwn(services, view, consumer);
  if (entry === null) return keptDevice(view.drawId, device);
  if (entry.row.status === "ENTERED") refuseOtherDevice(view, entry.row, device);
  return entry.row.device?.toString("hex") ?? null;
}

const wasCancelled = "The draw was cancelled and admits nobody: there is nothing to leave.";
const isOut = "You are out of this draw already: there is nothing to leave.";
const cameToNothing = "The draw came to nothing: there is nothing in it to give up.";
const listIsFixed = "The draw has closed and its list stands: nobody leaves any more.";
const keptByAnswer: ReadonlySet<LeaveOutcome["kind"]> = new Set(["cancelled", "closed", "notLive"]);

async function answerLeave(
  services: DrawServices,
  view: DrawView,
  consumer: ConsumerActor,
  outcome: Exclude<LeaveOutcome, { kind: "replayed" }>,
): Promise<Answer> {
  switch (outcome.kind) {
    case "left":
      return leftAnswer(await readLeft(services, outcome.entryId));
    case "closed":
      return giveUpWin(services, view, consumer);
    case "cancelled":
      throw apiError("INVALID_STATE", { details: { state: "CANCELLED", hint: wasCancelled } });
    case "otherDevice":
      throw notDeviceThatEntered();
    case "keyReused":
      throw apiError("IDEMPOTENCY_KEY_REUSED");
    case "gone":
      throw apiError("DRAW_NOT_FOUND", { details: { deleted: true } });
    case "notLive": {
      // Leaving again what was left already changes nothing and is no error.
      const entry = await readOwn(services, view, consumer);
      if (entry === null) throw apiError("NOT_IN_DRAW");
      if (entry.row.status === "LEFT") return leftAnswer(entry.row);
      throw apiError("INVALID_STATE", { details: { state: statusOfDrawEntry(entry.row), hint: isOut } });
    }
  }
}

/** The list stands, but who has won may leave the seat to somebody else. */
function giveUpWin(
  services: DrawServices,
  view: DrawView,
  { consumerId, tenant }: ConsumerActor,
): Promise<Answer> {
  return withRetries(() =>
    inOrganization(services.database, tenant, async (db) => {
      await lockOutcome(db, view);
      const row = await findLatestDrawEntryIn(db, tenant, { drawId: view.drawId, consumerId });
      if (row === undefined) throw apiError("NOT_IN_DRAW");
      const { entryId, expiresAtMs, databaseNowMs } = row;
      const state = statusOfDrawEntry(row);
      if (state === "LEFT") return leftAnswer(row);
      if (state === "COMPLETED") throw apiError("ALREADY_COMPLETED", { details: { state } });
      if (state === "EXPIRED" || (state === "WON" && (expiresAtMs ?? 0) <= databaseNowMs))
        throw apiError("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
      if (row.drawStatus === "VOID")
        throw apiError("INVALID_STATE", { details: { state: "VOID", hint: cameToNothing } });
      if (state !== "WON")
        throw apiError("INVALID_STATE", { details: { state: "CLOSED", hint: listIsFixed } });
      await freeSeat(db, view.drawId, { entryId, status: "LEFT" });
      await writeAwards(db, view, [{ entryId, outcome: "LEFT", reason: null, seat: row.seat ?? 0 }]);
      return leftAnswer(row);
    }),
  );
}

function entryAnswer({ row, receipt }: ReceiptedEntry, admission?: DrawEntry["admission"] | null): Answer {
  return { status: 200, body: drawEntryJson(answeredEntryOf(row), receipt, admission) };
}

/** Who leaves has the receipt of entering: the same answer can be given again at any time. */
function leftAnswer(row: DrawEntryRow): Answer {
  // Also for a repeat that comes when the operator has kept the person out since.
  return {
    status: 200,
    body: drawEntryJson(
      { ...answeredEntryOf(row), status: "LEFT", drawStatus: null, reason: null, admissionAt: null },
      null,
    ),
  };
}

async function readLeft(services: DrawServices, entryId: string): Promise<DrawEntryRow> {
  const row = await services.reader.findBare(entryId);
  if (row === null) throw gone(entryId);
  return row;
}

function gone(entryId: string): Error {
  return new Error(`the entry ${encodeId("entry", entryId)} was written and is gone`);
}

function readOwn(
  services: DrawServices,
  view: DrawView,
  { consumerId }: ConsumerActor,
): Promise<ReceiptedEntry | null> {
  return services.reader.find({ drawId: view.drawId, consumerId });
}
