import { type DrawStatus, type HoldInput, shapes } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { requireHolds } from "../../catalog/index.ts";
import { timeOf } from "../../experiences/index.ts";
import {
  appendToLog,
  type BeaconChoice,
  changedRules,
  chooseBeacon,
  writeRules,
} from "../../fairness/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  type OperationCall,
  type OperationHost,
  patched,
  registerWrite,
  requireVersion,
} from "../../platform/http/index.ts";
import { type DrawWithFacts, drawDefaults, statusOfDraw } from "./draw.ts";
import { lockOutcome } from "./draw-outcome-store.ts";
import { drawAnswer, lockDraw, requireSchedule } from "./draw-routes.ts";
import { makeRules, readRules } from "./draw-rules.ts";
import type { DrawServices } from "./draw-services.ts";
import { holdForWinners } from "./draw-stock.ts";
import * as store from "./draw-store.ts";

/** Changing a draw. What stands in its rules is fixed by the first entry, under the lock that entries take. */
export function registerUpdateDraw(host: OperationHost, services: DrawServices): void {
  registerWrite(host, "updateDraw", async (call, db) => {
    const row = await lockDraw(db, call);
    const patch = call.readBody(shapes.drawPatch);
    requireVersion(call, row.version);
    const times = {
      openAt: timeOf(patch.openAt, row.openAt),
      closeAt: patch.closeAt === undefined || patch.closeAt === null ? row.closeAt : new Date(patch.closeAt),
      drawAt: patch.drawAt === undefined || patch.drawAt === null ? row.drawAt : new Date(patch.drawAt),
    };
    const beacon = beaconOf(services, row, patch.beacon);
    const { setting, chain } = requireSchedule(times, beacon, null);
    const ruled = {
      ...times,
      winnerCount: patch.winnerCount ?? row.winnerCount,
      capacity: patched(patch.capacity, row.capacity, null),
      admissionExpirationSeconds: patched(
        patch.admissionExpirationSeconds,
        row.admissionExpirationSeconds,
        drawDefaults.admissionExpirationSeconds,
      ),
      completionGraceSeconds: patched(
        patch.completionGraceSeconds,
        row.completionGraceSeconds,
        drawDefaults.completionGraceSeconds,
      ),
      backfill: patched(patch.backfill, row.backfill, drawDefaults.backfill),
      entryLevel: patched(patch.entryLevel, row.entryLevel, drawDefaults.entryLevel),
    };
    const { id, organizationId, isLive, commitment } = row;
    const rules = makeRules({ id, organizationId, isLive, commitment, chain, ...ruled });
    const { text, hash } = writeRules(rules);
    const isChanged = text !== row.rules;
    if (isChanged) requireOpenRules(row, changedRules(readRules(row.rules), rules));
    const admitRate = patched(patch.admitRate, row.admitRate, null);
    if (admitRate !== row.admitRate) await requireOpenTurns(db, row);
    await store.updateDraw(db, call.tenant, row.id, {
      ...ruled,
      admitRate,
      name: patch.name ?? row.name,
      requireFingerprint: patched(
        patch.requireFingerprint,
        row.requireFingerprint,
        drawDefaults.requireFingerprint,
      ),
      checkoutUrl: patched(patch.checkoutUrl, row.checkoutUrl, null),
      beacon: JSON.stringify(setting),
      rules: text,
      rulesHash: hash,
      updatedAt: new Date(services.clock.now()),
    });
    await changeHolds(db, call, row, { given: patch.holds, winnerCount: ruled.winnerCount });
    await store.moveClose(db, row.id, times.closeAt);
    if (isChanged) await logRules(db, call, row, { rules, hash });
    return drawAnswer(db, services, call, row.id, { action: "draw.updated", before: row });
  });
}

/** What a patch does not touch stays, whatever chains the server knows by now: the rules have all of it. */
function beaconOf(
  { chains }: DrawServices,
  row: DrawWithFacts,
  patch: BeaconChoice,
): ReturnType<typeof chooseBeacon> {
  const isSame = patch?.kind === row.beacon.kind && (patch.chain ?? null) === (row.beacon.chain ?? null);
  if (patch !== undefined && !isSame) return chooseBeacon(patch, row.isLive, chains);
  const { beacon } = readRules(row.rules);
  if (beacon.kind === "none") return { setting: row.beacon, chain: null };
  const { kind: _, round: __, ...chain } = beacon;
  return { setting: row.beacon, chain };
}

const enteredUnderThem =
  "Somebody has entered under these rules: they stand. Cancel the draw and make another to change them.";
/** What to do instead of giving a draw in this state other rules. */
const rulesStand: Readonly<Record<DrawStatus, string>> = {
  SCHEDULED: enteredUnderThem,
  OPEN: enteredUnderThem,
  CLOSED: "The draw has closed, and its rules stand. Cancel it and make another to change them.",
  COMPLETED: "The draw is drawn, and its rules stand. Make another for other rules.",
  CANCELLED: "The draw was cancelled, and its rules stand. Make another for other rules.",
  VOID: "The draw came to nothing, and its rules stand. Make another for other rules.",
};

/** Who enters has read the rules: from then on they stand, and so they do when nobody can enter any more. */
function requireOpenRules(row: DrawWithFacts, fields: readonly string[]): void {
  const state = statusOfDraw(row);
  const { lastNumber } = row;
  const hint = rulesStand[state];
  if (lastNumber > 0) throw apiError("INVALID_STATE", { details: { state, fields, lastNumber, hint } });
  if (state !== "SCHEDULED" && state !== "OPEN")
    throw apiError("INVALID_STATE", { details: { state, fields, hint } });
}

const turnsAreTold = "The result is out, and every winner knows when to come: the pace stands.";
const winnersHold = "The result is out, and winners hold what they won: it stands.";
const nobodyHolds = "The draw admits nobody, so nothing is held: nothing needs to be done.";

/** Once the result is out every winner knows when to come. */
async function requireOpenTurns(db: Transaction<Tables>, row: DrawWithFacts): Promise<void> {
  // The lock under which the result is published.
  const { publishedAt } = await lockOutcome(db, { ...row, drawId: row.id });
  if (publishedAt !== null)
    throw apiError("INVALID_STATE", {
      details: { state: "COMPLETED", fields: ["admitRate"], hint: turnsAreTold },
    });
}

/** Until the result is there what winners will hold can change; from then on they hold it. */
async function changeHolds(
  db: Transaction<Tables>,
  call: OperationCall,
  row: DrawWithFacts,
  { given, winnerCount }: { given: readonly HoldInput[] | null | undefined; winnerCount: number },
): Promise<void> {
  const holds = given === undefined ? row.holds : await requireHolds(db, call.tenant, given ?? []);
  const isSame = JSON.stringify(holds) === JSON.stringify(row.holds);
  if (isSame && (winnerCount === row.winnerCount || holds.length === 0)) return;
  // The lock under which the result is published.
  const { publishedAt, voidedAt } = await lockOutcome(db, { ...row, drawId: row.id });
  if (row.cancelledAt !== null || publishedAt !== null || voidedAt !== null) {
    const state = statusOfDraw({ ...row, publishedAt, voidedAt });
    const hint = state === "COMPLETED" ? winnersHold : nobodyHolds;
    throw apiError("INVALID_STATE", { details: { state, fields: ["holds"], hint } });
  }
  await holdForWinners(db, row.id, { holds, winnerCount });
}

async function logRules(
  db: Transaction<Tables>,
  call: OperationCall,
  before: DrawWithFacts,
  { rules, hash }: { rules: ReturnType<typeof makeRules>; hash: Buffer },
): Promise<void> {
  const distribution = { kind: "draw", id: before.id } as const;
  const data = { rulesHash: hash.toString("hex"), before: before.rulesHash.toString("hex") };
  await appendToLog(db, call.tenant, { distribution, kind: "rules.changed", data });
  await appendToLog(db, call.tenant, { distribution, kind: "rules.announced", data: { rules } });
}
