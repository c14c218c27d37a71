import { randomBytes } from "node:crypto";
import {
  type DrawStatus,
  decodeId,
  encodeId,
  operations,
  shapes,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Kysely, Transaction } from "kysely";
import { releaseHolds, requireHolds } from "../../catalog/index.ts";
import {
  placeByItself,
  placeInSequence,
  removeImplied,
  scheduleIssues,
  timeOf,
} from "../../experiences/index.ts";
import { appendToLog, type ChosenBeacon, chooseBeacon, writeRules } from "../../fairness/index.ts";
import { claimId, markDeleted, missing } from "../../identity/index.ts";
import { inOrganization, type Tables } from "../../platform/database/index.ts";
import { apiError, validationError } from "../../platform/errors/index.ts";
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
import { type DrawWithFacts, drawDefaults, drawOf, publicDrawOf, statusOfDraw } from "./draw.ts";
import { lockOutcome } from "./draw-outcome-store.ts";
import { commitToSeed, makeRules } from "./draw-rules.ts";
import type { DrawServices } from "./draw-services.ts";
import { holdForWinners } from "./draw-stock.ts";
import * as store from "./draw-store.ts";
import { drawTimeIssues, pastIssues } from "./draw-times.ts";
import { type DrawAction, recordDrawChange } from "./record-draw-change.ts";

const seedBytes = 32;

const admitsNobody = "The draw came to nothing and admits nobody: nothing needs to be done.";
const resultStands = "The result is out and stands. A single win can be taken back: deny it.";

const cancelIt = "A draw in which somebody is cannot be deleted. Cancel it instead.";
const leaveIt = "A draw in which somebody is cannot be deleted. It admits nobody: nothing needs to be done.";
/** What to do with a draw that cannot be deleted. */
const whatInstead: Readonly<Record<DrawStatus, string>> = {
  SCHEDULED: cancelIt,
  OPEN: cancelIt,
  CLOSED: cancelIt,
  COMPLETED: "A draw in which somebody is cannot be deleted. Its result is out, and it stays with its proof.",
  CANCELLED: leaveIt,
  VOID: leaveIt,
};

/** Making, reading, cancelling and deleting draws. */
export function registerDrawRoutes(host: OperationHost, services: DrawServices): void {
  registerWrite(host, "createDraw", async (call, db) => {
    const body = call.readBody(shapes.drawCreate);
    const { tenant } = call;
    const now = new Date(services.clock.now());
    const id = body.id === undefined ? newUuid(now.getTime()) : (decodeId("draw", body.id) ?? "");
    const beacon = chooseBeacon(body.beacon, tenant.isLive, services.chains);
    const times = {
      openAt: timeOf(body.openAt, null),
      closeAt: new Date(body.closeAt),
      drawAt: new Date(body.drawAt),
    };
    const { setting, chain } = requireSchedule(times, beacon, now);
    const holds = await requireHolds(db, tenant, body.holds ?? []);
    const placement =
      body.sequenceId === undefined || body.sequenceId === null
        ? await placeByItself(db, tenant, body.name, now)
        : await placeInSequence(db, tenant, decodeId("sequence", body.sequenceId) ?? "");
    await claimId(db, "draw", id, tenant);
    const seed = randomBytes(seedBytes);
    const ruled = {
      id,
      organizationId: tenant.organizationId,
      isLive: tenant.isLive,
      ...times,
      winnerCount: body.winnerCount,
      capacity: body.capacity ?? null,
      admissionExpirationSeconds: body.admissionExpirationSeconds ?? drawDefaults.admissionExpirationSeconds,
      completionGraceSeconds: body.completionGraceSeconds ?? drawDefaults.completionGraceSeconds,
      backfill: body.backfill ?? drawDefaults.backfill,
      entryLevel: body.entryLevel ?? drawDefaults.entryLevel,
      commitment: commitToSeed(seed),
    };
    const rules = makeRules({ ...ruled, chain });
    const { text, hash } = writeRules(rules);
    await store.insertDraw(db, {
      ...ruled,
      ...placement,
      name: body.name,
      admitRate: body.admitRate ?? null,
      requireFingerprint: body.requireFingerprint ?? drawDefaults.requireFingerprint,
      checkoutUrl: body.checkoutUrl ?? null,
      beacon: JSON.stringify(setting),
      sealedSeed: services.secrets.encrypt(seed),
      rules: text,
      rulesHash: hash,
      createdAt: now,
      updatedAt: now,
    });
    if (holds.length > 0) await holdForWinners(db, id, { holds, winnerCount: body.winnerCount });
    const distribution = { kind: "draw", id } as const;
    const rulesHash = hash.toString("hex");
    await appendToLog(db, tenant, { distribution, kind: "rules.made", data: { rulesHash } });
    // A draw can be read by everybody from the moment it is made.
    await appendToLog(db, tenant, { distribution, kind: "rules.announced", data: { rules } });
    await requireOpenRoom(db, tenant, id);
    return drawAnswer(db, services, call, id, { action: "draw.created" });
  });

  registerRead(host, "listDraws", async (call, db) => {
    const query = call.readQuery(operations.listDraws.query);
    const page = readPage(query);
    const rows = await store.listDraws(db, call.tenant, {
      limit: page.first + 1,
      after: page.after,
      search: query.search,
      status: query.status,
      experienceId:
        query.experienceId === undefined ? undefined : (decodeId("experience", query.experienceId) ?? ""),
      sequenceId: query.sequenceId === undefined ? undefined : (decodeId("sequence", query.sequenceId) ?? ""),
    });
    return jsonAnswer(200, pageOf(rows, page.first, drawOf));
  });

  registerOperation(host, "readDraw", (call) => {
    const read = async (db: Kysely<Tables>): Promise<Answer> => {
      const id = call.idParam("draw");
      const row = await store.findDraw(db, call.tenant, id);
      if (row === undefined) throw await notFound(db, call, id);
      if (!call.isByOperator) return jsonAnswer(200, publicDrawOf(row));
      return jsonAnswer(200, drawOf(row), ["ETag", `"${row.version}"`]);
    };
    // The page of every fan begins with this, so for them it goes without a transaction.
    return call.isByOperator ? inOrganization(host.database, call.tenant, read) : read(host.database.kysely);
  });

  registerWrite(host, "cancelDraw", async (call, db) => {
    const row = await lockDraw(db, call);
    call.readBody(shapes.noBody);
    if (row.cancelledAt !== null) return drawAnswer(db, services, call, row.id, null);
    const outcome = await lockOutcome(db, { ...row, drawId: row.id });
    if (outcome.voidedAt !== null)
      throw apiError("INVALID_STATE", { details: { state: "VOID", hint: admitsNobody } });
    if (outcome.publishedAt !== null)
      throw apiError("INVALID_STATE", { details: { state: "COMPLETED", hint: resultStands } });
    await store.updateDraw(db, call.tenant, row.id, {
      cancelledAt: row.databaseNow,
      updatedAt: row.databaseNow,
    });
    await releaseHolds(db, row.id);
    await appendToLog(db, call.tenant, {
      distribution: { kind: "draw", id: row.id },
      kind: "cancelled",
      data: {
        count: row.lastNumber - row.removed,
        lastNumber: row.lastNumber,
        rulesHash: row.rulesHash.toString("hex"),
      },
    });
    return drawAnswer(db, services, call, row.id, { action: "draw.cancelled", before: row });
  });

  registerWrite(host, "deleteDraw", async (call, db) => {
    const row = await lockDraw(db, call);
    requireVersion(call, row.version);
    const count = row.lastNumber - row.removed;
    if (count > 0)
      throw apiError("RESOURCE_IN_USE", {
        details: { entries: count, hint: whatInstead[statusOfDraw(row)] },
      });
    const deletedAt = new Date(services.clock.now());
    await store.updateDraw(db, call.tenant, row.id, { deletedAt });
    await releaseHolds(db, row.id);
    await markDeleted(db, "draw", row.id, call.tenant, deletedAt);
    await removeImplied(db, call.tenant, row, deletedAt);
    // Its proof is gone with it: that there was one, and how many had been in it, stays where everybody can read it.
    await appendToLog(db, call.tenant, {
      distribution: { kind: "draw", id: row.id },
      kind: "deleted",
      data: { count, lastNumber: row.lastNumber, rulesHash: row.rulesHash.toString("hex") },
    });
    await recordDrawChange(db, call, { action: "draw.deleted", before: row, after: null });
    return { status: 204, afterCommit: async () => services.views.forget(row.id) };
  });
}

/** Throws every issue of the times and of the choice of a beacon at once. `now`: the close must lie after it; null: it may close now. */
export function requireSchedule(
  { openAt, closeAt, drawAt }: { openAt: Date | null; closeAt: Date; drawAt: Date },
  beacon: ChosenBeacon | { readonly issues: readonly ValidationIssue[] },
  now: Date | null,
): ChosenBeacon {
  const [chain, beaconIssues] = "issues" in beacon ? [null, beacon.issues] : [beacon.chain, []];
  const issues = [
    ...scheduleIssues(openAt, closeAt),
    ...pastIssues(closeAt, now),
    ...drawTimeIssues(closeAt, drawAt, chain),
    ...beaconIssues,
  ];
  if (issues.length > 0 || "issues" in beacon) throw validationError(issues);
  return beacon;
}

/**
 * The draw as the transaction leaves it, with its change on the record; null: nothing has changed. The process reads its own view
 * anew when it is next asked for.
 */
export async function drawAnswer(
  db: Transaction<Tables>,
  services: DrawServices,
  call: OperationCall,
  id: string,
  change: { action: DrawAction; before?: DrawWithFacts } | null,
): Promise<Answer> {
  const row = await store.findDraw(db, call.tenant, id);
  if (row === undefined) throw new Error("the draw was written and is gone");
  if (change !== null) await recordDrawChange(db, call, { before: null, ...change, after: row });
  const status = change?.action === "draw.created" ? 201 : 200;
  const headers = ["ETag", `"${row.version}"`];
  if (status === 201) headers.push("Location", `/api/v1/draws/${encodeId("draw", id)}`);
  return { ...jsonAnswer(status, drawOf(row), headers), afterCommit: async () => services.views.forget(id) };
}

export async function lockDraw(db: Kysely<Tables>, call: OperationCall): Promise<DrawWithFacts> {
  const id = call.idParam("draw");
  const row = await store.lockDraw(db, call.tenant, id);
  if (row === undefined) throw await notFound(db, call, id);
  return row;
}

function notFound(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "DRAW_NOT_FOUND", "draw", id, call.tenant);
}
