import { randomBytes } from "node:crypto";
import { decodeId, encodeId, operations, shapes } from "@stanchion/contract";
import type { Kysely, Transaction } from "kysely";
import { requireHolds, writeHolds } from "../../catalog/index.ts";
import { placeByItself, placeInSequence, removeImplied, timeOf } from "../../experiences/index.ts";
import { appendToLog, writeRules } from "../../fairness/index.ts";
import { claimId, markDeleted, missing } from "../../identity/index.ts";
import { inOrganization, type Tables } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  readPage,
  registerOperation,
  registerRead,
  registerWrite,
  requireVersion,
} from "../../platform/http/index.ts";
import { requireOpenRoom } from "../../platform/quotas/index.ts";
import { newUuid } from "../../platform/randomness.ts";
import { commitToLineSeed, makeLineRules } from "./line-rules.ts";
import { publicQueueOf, queueDefaults, queueOf } from "./queue.ts";
import { factsOf } from "./queue-facts.ts";
import type { QueueServices } from "./queue-services.ts";
import * as store from "./queue-store.ts";
import { requireTerms } from "./queue-terms.ts";
import { type QueueAction, recordQueueChange } from "./record-queue-change.ts";
import { tellOfQueue } from "./tell-of-queue.ts";

const seedBytes = 32;

const endItFirst =
  "Close the queue with drain: false, which ends the line, and deny who is admitted or wait until they are through.";

/** Making, reading and deleting queues. */
export function registerQueueRoutes(host: OperationHost, services: QueueServices): void {
  registerWrite(host, "createQueue", async (call, db) => {
    const body = call.readBody(shapes.queueCreate);
    const { tenant } = call;
    const now = new Date(services.clock.now());
    const id = body.id === undefined ? newUuid(now.getTime()) : (decodeId("queue", body.id) ?? "");
    const terms = {
      openAt: timeOf(body.openAt, null),
      closeAt: timeOf(body.closeAt, null),
      shuffleBeforeOpen: body.shuffleBeforeOpen ?? false,
      joinFrom: timeOf(body.joinFrom, null),
      entryLevel: body.entryLevel ?? queueDefaults.entryLevel,
    };
    const { isLive } = tenant;
    const { setting, chain } = requireTerms(terms, body.beacon, {
      isLive,
      chains: services.chains,
      judgesSchedule: true,
    });
    const holds = await requireHolds(db, tenant, body.holds ?? []);
    const placement =
      body.sequenceId === undefined || body.sequenceId === null
        ? await placeByItself(db, tenant, body.name, now)
        : await placeInSequence(db, tenant, decodeId("sequence", body.sequenceId) ?? "");
    await claimId(db, "queue", id, tenant);
    const seed = randomBytes(seedBytes);
    const commitment = commitToLineSeed(seed);
    const ruled = { id, organizationId: tenant.organizationId, isLive };
    const openAt = terms.openAt ?? now;
    const rules = makeLineRules({ ...ruled, openAt, entryLevel: terms.entryLevel, commitment, chain });
    const { text, hash } = writeRules(rules);
    await store.insertQueue(db, {
      ...ruled,
      ...placement,
      ...terms,
      name: body.name,
      admitRate: body.admitRate,
      beacon: JSON.stringify(setting),
      sealedSeed: services.secrets.encrypt(seed),
      commitment,
      rules: text,
      rulesHash: hash,
      timeZone: body.timeZone ?? queueDefaults.timeZone,
      waitlistUrl: body.waitlistUrl ?? null,
      capacity: body.capacity ?? null,
      maxConcurrentAdmissions: body.maxConcurrentAdmissions ?? null,
      maxAdmissions: body.maxAdmissions ?? null,
      admissionExpirationSeconds: body.admissionExpirationSeconds ?? queueDefaults.admissionExpirationSeconds,
      completionGraceSeconds: body.completionGraceSeconds ?? queueDefaults.completionGraceSeconds,
      requireFingerprint: body.requireFingerprint ?? queueDefaults.requireFingerprint,
      checkoutUrl: body.checkoutUrl ?? null,
      pageUrl: body.pageUrl ?? null,
      whenSoldOut: body.whenSoldOut ?? queueDefaults.whenSoldOut,
      createdAt: now,
      updatedAt: now,
    });
    await writeHolds(db, id, holds);
    const distribution = { kind: "queue", id } as const;
    const rulesHash = hash.toString("hex");
    await appendToLog(db, tenant, { distribution, kind: "rules.made", data: { rulesHash } });
    // A queue can be read by everybody from the moment it is made.
    await appendToLog(db, tenant, { distribution, kind: "rules.announced", data: { rules } });
    await requireOpenRoom(db, tenant, id);
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

  registerWrite(host, "deleteQueue", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    const liveEntries = await store.countLiveEntries(db, row.id);
    if (liveEntries > 0) throw apiError("RESOURCE_IN_USE", { details: { liveEntries, hint: endItFirst } });
    const deletedAt = new Date(services.clock.now());
    await store.updateQueue(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "queue", row.id, call.tenant, deletedAt);
    await removeImplied(db, call.tenant, row, deletedAt);
    // Its proof is gone with it: that there was one, and how many had been in it, stays where everybody can read it.
    if (row.rulesHash !== null)
      await appendToLog(db, call.tenant, {
        distribution: { kind: "queue", id: row.id },
        kind: "deleted",
        data: { lastTicket: row.lastTicket, rulesHash: row.rulesHash.toString("hex") },
      });
    await recordQueueChange(db, call, { action: "queue.deleted", before: row, after: null });
    return { status: 204, afterCommit: () => services.views.refresh(row.id) };
  });
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
  if (change !== null) await tellOfQueue(db, call.tenant, change.action, row);
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
