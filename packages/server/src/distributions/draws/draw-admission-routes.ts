import { type DrawEntryStatus, decodeId, encodeId, shapes } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { matchDevice, notDeviceThatEntered, readAdmissionToken } from "../../admissions/index.ts";
import { missing } from "../../identity/index.ts";
import { recordChange } from "../../platform/audit/index.ts";
import { inOrganization, type Tables } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  type Answer,
  isFingerprint,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  registerOperation,
  registerWrite,
} from "../../platform/http/index.ts";
import { answeredEntryOf, drawEntryJson, statusOfDrawEntry } from "./draw-entry.ts";
import { type DrawEntryRow, findAdmittedDrawEntry, findLatestDrawEntryIn } from "./draw-entry-store.ts";
import { lockOutcome } from "./draw-outcome-store.ts";
import { type DrawServices, drawViewFor } from "./draw-services.ts";
import { findDraw } from "./draw-store.ts";
import { completeWin, whyNotCompleted, whyNoWin } from "./lock-admission.ts";
import { freeSeat, noteDenial } from "./seat-store.ts";
import { writeAwards } from "./settle-draw.ts";

const notDrawnYet =
  "Nobody has won yet. Until the draw closes, use remove instead of deny to take somebody out of it.";

/** What the shop does with those who have won. */
export function registerDrawAdmissionRoutes(host: OperationHost, services: DrawServices): void {
  registerWrite(host, "completeDrawEntry", async (call, db) => {
    const draw = await drawFor(db, call);
    const { consumerId, orderId } = call.readBody(shapes.entryComplete);
    const entry = await lockEntry(db, call, draw, consumerId);
    const refusal = whyNotCompleted(entry);
    if (refusal !== null) throw refusal;
    await completeWin(db, draw, entry, orderId ?? null);
    return changedEntry(db, call, entry);
  });
  registerWrite(host, "denyDrawEntry", async (call, db) => {
    const draw = await drawFor(db, call);
    const { consumerId, reason } = call.readBody(shapes.drawEntryRemove);
    const entry = await lockEntry(db, call, draw, consumerId);
    const state = statusOfDrawEntry(entry);
    if (state === "COMPLETED") throw apiError("ALREADY_COMPLETED", { details: { state } });
    const isPastExpiry = state === "WON" && (entry.expiresAtMs ?? 0) <= entry.databaseNowMs;
    if (state === "EXPIRED" || isPastExpiry)
      throw apiError("ADMISSION_EXPIRED", { details: { state: "EXPIRED" } });
    if (state !== "WON")
      throw apiError("INVALID_STATE", { details: { state, hint: whyNothingIsDenied(entry, state) } });
    await freeSeat(db, draw.drawId, { entryId: entry.entryId, status: "DENIED" });
    await noteDenial(db, entry.entryId, reason);
    await writeAwards(db, draw, [
      { entryId: entry.entryId, seat: entry.seat ?? 0, outcome: "DENIED", reason },
    ]);
    await recordChange(db, call, {
      action: "entry.denied",
      target: encodeId("entry", entry.entryId),
      related: [encodeId("draw", draw.drawId), consumerId],
      before: { status: state },
      after: { status: "DENIED", reason },
    });
    return changedEntry(db, call, entry);
  });
  registerOperation(host, "validateDrawAdmission", (call) => validateDrawAdmission(services, call), {
    keepsAnswers: "quick",
  });
}

function whyNothingIsDenied({ drawStatus }: DrawEntryRow, state: DrawEntryStatus): string {
  if (state === "LOST") return "This person has not won: there is nothing to take back.";
  if (state !== "ENTERED") return "This person is out of the draw already: nothing needs to be done.";
  const admitsNobody = drawStatus === "CANCELLED" || drawStatus === "VOID";
  return admitsNobody ? "The draw admits nobody, so nobody needs to be taken out." : notDrawnYet;
}

interface OwnDraw {
  readonly drawId: string;
  readonly organizationId: string;
  readonly isLive: boolean;
}

/** The draw in the path, by the transaction's own connection. */
async function drawFor(db: Transaction<Tables>, call: OperationCall): Promise<OwnDraw> {
  const id = call.idParam("draw");
  const row = await findDraw(db, call.tenant, id);
  if (row === undefined) throw await missing(db, "DRAW_NOT_FOUND", "draw", id, call.tenant);
  return { ...row, drawId: row.id };
}

/** The consumer's entry, under the lock that everything takes which gives or ends a seat. */
async function lockEntry(
  db: Transaction<Tables>,
  { tenant }: OperationCall,
  draw: OwnDraw,
  consumerId: string,
): Promise<DrawEntryRow> {
  await lockOutcome(db, draw);
  const { drawId } = draw;
  const entry = await findLatestDrawEntryIn(db, tenant, {
    drawId,
    consumerId: decodeId("consumer", consumerId) ?? "",
  });
  if (entry === undefined) throw apiError("NOT_IN_DRAW");
  return entry;
}

async function changedEntry(
  db: Transaction<Tables>,
  { tenant }: OperationCall,
  { drawId, consumerId }: DrawEntryRow,
): Promise<Answer> {
  const row = await findLatestDrawEntryIn(db, tenant, { drawId, consumerId });
  if (row === undefined) throw new Error("the entry was changed and is gone");
  return { status: 200, body: drawEntryJson(answeredEntryOf(row), null) };
}

async function validateDrawAdmission(services: DrawServices, call: OperationCall): Promise<Answer> {
  const view = await drawViewFor(services, call);
  const { token, fingerprint } = call.readBody(shapes.admissionValidate);
  if (fingerprint === undefined && view.requireFingerprint) throw apiError("FP001");
  if (fingerprint !== undefined && !isFingerprint(fingerprint)) throw apiError("FP003");
  const claims = readAdmissionToken(services.keys, token, services.clock.now() + view.clockAheadMs);
  if (claims.dist !== view.wireId) throw apiError("INVALID_TOKEN");
  const admissionId = decodeId("admission", claims.jti) ?? "";
  const row = await inOrganization(services.database, view, (db) =>
    findAdmittedDrawEntry(db, view, admissionId),
  );
  if (row === undefined) throw apiError("INVALID_TOKEN");
  if (fingerprint !== undefined) {
    const match = matchDevice(view.drawId, row.device, { fingerprint, deviceKey: null });
    if (match.isFingerprint === false) throw notDeviceThatEntered();
  }
  const state = statusOfDrawEntry(row);
  if (state === "COMPLETED") throw apiError("ADMISSION_USED", { details: { state } });
  if (state === "EXPIRED") throw apiError("ADMISSION_EXPIRED", { details: { state } });
  if (state !== "WON") throw apiError("INVALID_STATE", { details: { state, hint: whyNoWin(row) } });
  return jsonAnswer(200, {
    valid: true,
    admission: {
      id: claims.jti,
      drawId: view.wireId,
      entryId: encodeId("entry", row.entryId),
      consumerId: encodeId("consumer", row.consumerId),
      status: state,
      admittedAt: new Date(row.admittedAtMs ?? 0).toISOString(),
      expiresAt: new Date(row.expiresAtMs ?? 0).toISOString(),
    },
  });
}
