import { bytesFromUuid, decodeId, encodeId, shapes } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { matchDevice, notDeviceThatEntered, readAdmissionToken } from "../../admissions/index.ts";
import { listHeldLevels, lockStockRoom, outOfHeldStock } from "../../catalog/index.ts";
import { inOrganization, type Tables } from "../../platform/database/index.ts";
import { type ApiError, apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  isFingerprint,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  registerOperation,
  registerWrite,
  type Tenant,
} from "../../platform/http/index.ts";
import {
  admitByOperator,
  completeAdmitted,
  denyAdmitted,
  departFromRank,
  type LockedEntry,
  lockAndSettle,
  lockLatestEntry,
  lockLine,
  touchLine,
} from "./admission-store.ts";
import { entryJson, statusOf } from "./entry.ts";
import { findAdmission, findLatestEntryIn } from "./entry-store.ts";
import type { LineView } from "./line-view.ts";
import { noAdmissionOf, whyNotCompleted } from "./lock-admission.ts";
import { type QueueServices, viewFor } from "./queue-services.ts";
import { recordEntryChange } from "./record-queue-change.ts";

/** What the shop does with entries and admissions. */
export function registerAdmissionRoutes(host: OperationHost, services: QueueServices): void {
  registerWrite(host, "admitEntry", async (call, db) => {
    const view = await viewFor(services, call, db);
    const { consumerId } = call.readBody(shapes.consumerReference);
    const entry = await admitEntry(db, call.tenant, view.queueId, uuidOf(consumerId));
    await recordEntryChange(db, call, view.queueId, entry, { status: "ADMITTED" });
    return entryAnswer(db, services, view, uuidOf(consumerId));
  });
  registerWrite(host, "denyEntry", async (call, db) => {
    const view = await viewFor(services, call, db);
    const { consumerId, reason, block } = call.readBody(shapes.entryDeny);
    const isBlocked = block ?? false;
    const entry = await denyEntry(db, view.queueId, uuidOf(consumerId), reason, isBlocked);
    await recordEntryChange(db, call, view.queueId, entry, { status: "DENIED", isBlocked });
    return entryAnswer(db, services, view, uuidOf(consumerId));
  });
  registerWrite(host, "completeEntry", async (call, db) => {
    const view = await viewFor(services, call, db);
    const { consumerId, orderId } = call.readBody(shapes.entryComplete);
    await completeEntry(db, view.queueId, uuidOf(consumerId), orderId ?? null);
    return entryAnswer(db, services, view, uuidOf(consumerId));
  });
  registerOperation(host, "validateAdmission", (call) => validateAdmission(services, call), {
    keepsAnswers: "quick",
  });
}

function uuidOf(consumerId: string): string {
  return decodeId("consumer", consumerId) ?? "";
}

const isAdmitted = "It is this person's turn already: nothing needs to be done.";
const notInLine = "This person is out of the line: nobody is admitted who is not in it.";
const isOut = "This person is out of the line already: nothing needs to be done.";

/** Out of order, so the rank counts as departed; against every cap but the rate, and on the record. */
async function admitEntry(
  db: Kysely<Tables>,
  tenant: Tenant,
  queueId: string,
  consumerId: string,
): Promise<LockedEntry> {
  const control = await lockAndSettle(db, queueId);
  const line = await lockLine(db, queueId);
  const entry = await lockLatestEntry(db, queueId, consumerId);
  if (entry === undefined) throw apiError("NOT_IN_QUEUE");
  if (entry.status === "COMPLETED") throw apiError("ALREADY_COMPLETED", { details: { state: entry.status } });
  if (entry.status === "EXPIRED") throw apiError("ADMISSION_EXPIRED", { details: { state: entry.status } });
  const isEnded = line.endedTicket !== null && entry.ticket <= line.endedTicket;
  if (entry.status !== "QUEUED" || isEnded)
    throw apiError("INVALID_STATE", {
      details: {
        state: isEnded && entry.status === "QUEUED" ? "DENIED" : entry.status,
        hint: entry.status === "ADMITTED" ? isAdmitted : notInLine,
      },
    });
  const rules = await readCaps(db, tenant, queueId);
  const given = control.admittedTotal - control.returnedTotal;
  refuseOver("maxAdmissions", rules.maxAdmissions, given);
  refuseOver("maxConcurrentAdmissions", rules.maxConcurrentAdmissions, given - control.completedTotal);
  if ((await lockStockRoom(db, queueId)) === 0) throw await outOfStockFor(db, tenant, queueId);
  await admitByOperator(db, queueId, entry, rules.admissionExpirationSeconds, rules.completionGraceSeconds);
  await touchLine(db, queueId);
  return entry;
}

async function outOfStockFor(db: Kysely<Tables>, tenant: Tenant, queueId: string): Promise<ApiError> {
  const held = await listHeldLevels(db, tenant, queueId);
  return outOfHeldStock(
    held.filter(({ available, quantity }) => available < quantity),
    held,
  );
}

function refuseOver(cap: string, limit: number | null, taken: number): void {
  if (limit !== null && taken >= limit)
    throw apiError("ADMISSIONS_EXHAUSTED", { details: { cap, limit, state: "EXHAUSTED" } });
}

async function readCaps(db: Kysely<Tables>, tenant: Tenant, queueId: string) {
  return db
    .selectFrom("queues")
    .select([
      "maxAdmissions",
      "maxConcurrentAdmissions",
      "admissionExpirationSeconds",
      "completionGraceSeconds",
    ])
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", queueId)
    .executeTakeFirstOrThrow();
}

async function denyEntry(
  db: Kysely<Tables>,
  queueId: string,
  consumerId: string,
  reason: string,
  isBlocked: boolean,
): Promise<LockedEntry> {
  const line = await lockLine(db, queueId);
  const entry = await lockLatestEntry(db, queueId, consumerId);
  if (entry === undefined) throw apiError("NOT_IN_QUEUE");
  switch (entry.status) {
    case "QUEUED":
      if (line.endedTicket !== null && entry.ticket <= line.endedTicket)
        throw apiError("INVALID_STATE", { details: { state: "DENIED", hint: isOut } });
      await departFromRank(db, queueId, entry.entryId, "DENIED", reason, isBlocked);
      return entry;
    case "ADMITTED":
      if (entry.isPastExpiry) throw apiError("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
      await denyAdmitted(db, entry.entryId, reason, isBlocked);
      return entry;
    case "COMPLETED":
      throw apiError("ALREADY_COMPLETED", { details: { state: entry.status } });
    case "EXPIRED":
      throw apiError("ADMISSION_EXPIRED", { details: { state: entry.status } });
    case "LEFT":
    case "DENIED":
      throw apiError("INVALID_STATE", { details: { state: entry.status, hint: isOut } });
  }
}

async function completeEntry(
  db: Kysely<Tables>,
  queueId: string,
  consumerId: string,
  orderId: string | null,
): Promise<void> {
  const entry = await lockLatestEntry(db, queueId, consumerId);
  if (entry === undefined) throw apiError("NOT_IN_QUEUE");
  const refusal = await whyNotCompleted(db, queueId, entry);
  if (refusal !== null) throw refusal;
  await completeAdmitted(db, entry.entryId, orderId);
}

/** The entry as the transaction leaves it. */
async function entryAnswer(
  db: Kysely<Tables>,
  services: QueueServices,
  view: LineView,
  consumerId: string,
): Promise<Answer> {
  const row = await findLatestEntryIn(db, view.queueId, consumerId);
  if (row === undefined) throw apiError("NOT_IN_QUEUE");
  const holder = { consumerBytes: bytesFromUuid(consumerId), fingerprint: null, deviceKey: null };
  return {
    status: 200,
    body: entryJson(services.rendering, view, row, holder),
    afterCommit: () => services.views.refresh(view.queueId),
  };
}

async function validateAdmission(services: QueueServices, call: OperationCall): Promise<Answer> {
  const view = await viewFor(services, call);
  const { token, fingerprint } = call.readBody(shapes.admissionValidate);
  if (fingerprint === undefined && view.row.requireFingerprint) throw apiError("FP001");
  if (fingerprint !== undefined && !isFingerprint(fingerprint)) throw apiError("FP003");
  const claims = readAdmissionToken(services.keys, token, view.nowMs(services.clock.now()));
  if (claims.dist !== view.wireId) throw apiError("INVALID_TOKEN");
  const admissionId = decodeId("admission", claims.jti) ?? "";
  const found = await inOrganization(services.database, view.row, (db) => findAdmission(db, admissionId));
  if (found === undefined) throw apiError("INVALID_TOKEN");
  if (fingerprint !== undefined) {
    const { isFingerprint } = matchDevice(view.queueId, found.device, { fingerprint, deviceKey: null });
    if (isFingerprint === false) throw notDeviceThatEntered();
  }
  const state = statusOf(found, view);
  if (state === "COMPLETED") throw apiError("ADMISSION_USED", { details: { state } });
  if (state === "EXPIRED") throw apiError("ADMISSION_EXPIRED", { details: { state } });
  if (state !== "ADMITTED")
    throw apiError("INVALID_STATE", { details: { state, hint: noAdmissionOf(state) } });
  return jsonAnswer(200, {
    valid: true,
    admission: {
      id: claims.jti,
      queueId: view.wireId,
      entryId: encodeId("entry", found.entryId),
      consumerId: encodeId("consumer", found.consumerId),
      status: "ADMITTED",
      admittedAt: new Date(found.admittedAtMs ?? 0).toISOString(),
      expiresAt: new Date(found.expiresAtMs ?? 0).toISOString(),
    },
  });
}
