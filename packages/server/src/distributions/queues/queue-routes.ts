import { decodeId, encodeId, operations, shapes } from "@stanchion/contract";
import type { Kysely, Transaction } from "kysely";
import {
  placeByItself,
  placeInSequence,
  removeImplied,
  scheduleIssues,
  timeOf,
} from "../../experiences/index.ts";
import { claimId, markDeleted, missing } from "../../identity/index.ts";
import { inOrganization, type Tables } from "../../platform/database/index.ts";
import { apiError, validationError } from "../../platform/errors/index.ts";
import {
  type Answer,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  patched,
  readPage,
  registerOperation,
  registerRead,
  registerWrite,
  requireVersion,
} from "../../platform/http/index.ts";
import { requireQueueRoom } from "../../platform/quotas/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import { touchLine } from "./admission-store.ts";
import { publicQueueOf, queueDefaults, queueOf } from "./queue.ts";
import { factsOf } from "./queue-facts.ts";
import type { QueueServices } from "./queue-services.ts";
import * as store from "./queue-store.ts";
import { type QueueAction, recordQueueChange } from "./record-queue-change.ts";

/** Making, reading, changing and deleting queues. */
export function registerQueueRoutes(host: OperationHost, services: QueueServices): void {
  registerWrite(host, "createQueue", async (call, db) => {
    const body = call.readBody(shapes.queueCreate);
    const { tenant } = call;
    const now = new Date(services.clock.now());
    const id = body.id === undefined ? newUuid(now.getTime()) : (decodeId("queue", body.id) ?? "");
    const openAt = timeOf(body.openAt, null);
    const closeAt = timeOf(body.closeAt, null);
    const issues = scheduleIssues(openAt, closeAt);
    if (issues.length > 0) throw validationError(issues);
    const placement =
      body.sequenceId === undefined || body.sequenceId === null
        ? await placeByItself(db, tenant, body.name, now)
        : await placeInSequence(db, tenant, decodeId("sequence", body.sequenceId) ?? "");
    await claimId(db, "queue", id, tenant);
    await store.insertQueue(db, {
      id,
      organizationId: tenant.organizationId,
      isLive: tenant.isLive,
      ...placement,
      name: body.name,
      admitRate: body.admitRate,
      openAt,
      closeAt,
      timeZone: body.timeZone ?? queueDefaults.timeZone,
      capacity: body.capacity ?? null,
      maxConcurrentAdmissions: body.maxConcurrentAdmissions ?? null,
      maxAdmissions: body.maxAdmissions ?? null,
      admissionExpirationSeconds: body.admissionExpirationSeconds ?? queueDefaults.admissionExpirationSeconds,
      completionGraceSeconds: body.completionGraceSeconds ?? queueDefaults.completionGraceSeconds,
      entryLevel: body.entryLevel ?? queueDefaults.entryLevel,
      requireFingerprint: body.requireFingerprint ?? queueDefaults.requireFingerprint,
      checkoutUrl: body.checkoutUrl ?? null,
      createdAt: now,
      updatedAt: now,
    });
    await requireQueueRoom(db, tenant, id);
    return queueAnswer(db, services, call, id, { action: "queue.created" });
  });

  registerRead(host, "listQueues", async (call, db) => {
    const query = call.readQuery(operations.listQueues.query);
    const page = readPage(query);
    const rows = await store.listQueues(db, call.tenant, {
      limit: page.first + 1,
      after: page.after,
      search: query.search,
      status: query.status,
      experienceId:
        query.experienceId === undefined ? undefined : (decodeId("experience", query.experienceId) ?? ""),
      sequenceId: query.sequenceId === undefined ? undefined : (decodeId("sequence", query.sequenceId) ?? ""),
    });
    return jsonAnswer(
      200,
      pageOf(rows, page.first, (row) => queueOf(row, factsOf(row))),
    );
  });

  registerOperation(host, "readQueue", (call) => {
    const read = async (db: Kysely<Tables>): Promise<Answer> => {
      const id = call.idParam("queue");
      const row = await store.findQueue(db, call.tenant, id);
      if (row === undefined) throw await notFound(db, call, id);
      if (!call.isByOperator) return jsonAnswer(200, publicQueueOf(row, factsOf(row)));
      return jsonAnswer(200, queueOf(row, factsOf(row)), ["ETag", `"${row.version}"`]);
    };
    // The page of every fan begins with this, so for them it goes without a transaction.
    return call.isByOperator ? inOrganization(host.database, call.tenant, read) : read(host.database.kysely);
  });

  registerWrite(host, "updateQueue", async (call, db) => {
    const row = await lock(db, call);
    const patch = call.readBody(shapes.queuePatch);
    requireVersion(call, row.version);
    const values = {
      name: patch.name ?? row.name,
      admitRate: patch.admitRate ?? row.admitRate,
      openAt: timeOf(patch.openAt, row.openAt),
      closeAt: timeOf(patch.closeAt, row.closeAt),
      timeZone: patched(patch.timeZone, row.timeZone, queueDefaults.timeZone),
      capacity: patched(patch.capacity, row.capacity, null),
      maxConcurrentAdmissions: patched(patch.maxConcurrentAdmissions, row.maxConcurrentAdmissions, null),
      maxAdmissions: patched(patch.maxAdmissions, row.maxAdmissions, null),
      admissionExpirationSeconds: patched(
        patch.admissionExpirationSeconds,
        row.admissionExpirationSeconds,
        queueDefaults.admissionExpirationSeconds,
      ),
      completionGraceSeconds: patched(
        patch.completionGraceSeconds,
        row.completionGraceSeconds,
        queueDefaults.completionGraceSeconds,
      ),
      entryLevel: patched(patch.entryLevel, row.entryLevel, queueDefaults.entryLevel),
      requireFingerprint: patched(
        patch.requireFingerprint,
        row.requireFingerprint,
        queueDefaults.requireFingerprint,
      ),
      checkoutUrl: patched(patch.checkoutUrl, row.checkoutUrl, null),
    };
    const isMoved = (before: Date | null, after: Date | null): boolean =>
      before?.getTime() !== after?.getTime();
    const isScheduleMoved = isMoved(row.openAt, values.openAt) || isMoved(row.closeAt, values.closeAt);
    const issues =
      isScheduleMoved && !isClosingNow(values.closeAt, row.databaseNow)
        ? scheduleIssues(values.openAt, values.closeAt)
        : [];
    if (issues.length > 0) throw validationError(issues);
    const { status } = factsOf(row);
    if (isMoved(row.openAt, values.openAt) && row.lastTicket > 0)
      throw apiError("INVALID_STATE", {
        details: { state: status, field: "openAt", lastTicket: row.lastTicket },
      });
    if (status === "CLOSED" && isScheduleMoved)
      throw apiError("INVALID_STATE", { details: { state: status } });
    await store.updateQueue(db, call.tenant, row.id, {
      ...values,
      updatedAt: new Date(services.clock.now()),
    });
    await touchLine(db, row.id);
    return queueAnswer(db, services, call, row.id, { action: "queue.updated", before: row });
  });

  registerWrite(host, "deleteQueue", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    const liveEntries = await store.countLiveEntries(db, row.id);
    if (liveEntries > 0) throw apiError("RESOURCE_IN_USE", { details: { liveEntries } });
    const deletedAt = new Date(services.clock.now());
    await store.updateQueue(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "queue", row.id, call.tenant, deletedAt);
    await removeImplied(db, call.tenant, row, deletedAt);
    await recordQueueChange(db, call, { action: "queue.deleted", before: row, after: null });
    return { status: 204, afterCommit: () => services.views.refresh(row.id) };
  });
}

/** A closing in the past, or now, is one that closes now. */
function isClosingNow(closeAt: Date | null, now: Date): boolean {
  return closeAt !== null && closeAt.getTime() <= now.getTime();
}

/**
 * The queue as the transaction leaves it, with its change on the record; null: nothing has changed. The process's own view
 * is read anew before the answer goes out.
 */
export async function queueAnswer(
  db: Transaction<Tables>,
  services: QueueServices,
  call: OperationCall,
  id: string,
  change: { action: QueueAction; before?: store.QueueWithFacts } | null,
): Promise<Answer> {
  const row = await store.findQueue(db, call.tenant, id);
  if (row === undefined) throw new Error("the queue was written and is gone");
  if (change !== null) await recordQueueChange(db, call, { before: null, ...change, after: row });
  const status = change?.action === "queue.created" ? 201 : 200;
  const headers = ["ETag", `"${row.version}"`];
  if (status === 201) headers.push("Location", `/api/v1/queues/${encodeId("queue", id)}`);
  return {
    ...jsonAnswer(status, queueOf(row, factsOf(row)), headers),
    afterCommit: () => services.views.refresh(id),
  };
}

export async function lock(db: Kysely<Tables>, call: OperationCall): Promise<store.QueueWithFacts> {
  const id = call.idParam("queue");
  const row = await store.lockQueue(db, call.tenant, id);
  if (row === undefined) throw await notFound(db, call, id);
  return row;
}

function notFound(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "QUEUE_NOT_FOUND", "queue", id, call.tenant);
}
