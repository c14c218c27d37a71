import { type DrawStatus, decodeId, encodeId, shapes } from "@stanchion/contract";
import { recordChange } from "../../platform/audit/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import { type OperationHost, registerWrite } from "../../platform/http/index.ts";
import { isListFixed, statusOfDraw } from "./draw.ts";
import { answeredEntryOf, drawEntryJson, statusOfDrawEntry } from "./draw-entry.ts";
import { findLatestDrawEntryIn, removeDrawEntry } from "./draw-entry-store.ts";
import { lockDraw } from "./draw-routes.ts";

const erasedAlready = "This person was erased, and is out of the draw already: nothing needs to be done.";
const listStands = "The draw has closed, and its list stands. Who wins can be denied once it is drawn.";
const admitsNobody = "The draw admits nobody, so nobody needs to be taken out.";
/** What to do instead of taking somebody out of a draw in this state. */
const whatInstead: Readonly<Record<DrawStatus, string>> = {
  SCHEDULED: listStands,
  OPEN: listStands,
  CLOSED: listStands,
  COMPLETED: "The draw is drawn, and its list stands. If this person has won, deny the win.",
  CANCELLED: admitsNobody,
  VOID: admitsNobody,
};

/** Takes a consumer out of a draw for a reason that the proof will name. Who was taken out does not come in again. */
export function registerRemoveDrawEntry(host: OperationHost): void {
  registerWrite(host, "removeDrawEntry", async (call, db) => {
    const draw = await lockDraw(db, call);
    const { consumerId, reason } = call.readBody(shapes.drawEntryRemove);
    const question = { drawId: draw.id, consumerId: decodeId("consumer", consumerId) ?? "" };
    const entry = await findLatestDrawEntryIn(db, call.tenant, question);
    if (entry === undefined) throw apiError("NOT_IN_DRAW");
    if (entry.status === "REMOVED") return { status: 200, body: drawEntryJson(answeredEntryOf(entry), null) };
    // Who has left could come again, and is kept out too.
    if (entry.status === "ERASED")
      throw apiError("INVALID_STATE", { details: { state: statusOfDrawEntry(entry), hint: erasedAlready } });
    const state = statusOfDraw(draw);
    if (draw.cancelledAt !== null || isListFixed(draw))
      throw apiError("INVALID_STATE", { details: { state, hint: whatInstead[state] } });
    await removeDrawEntry(db, entry, reason);
    await recordChange(db, call, {
      action: "entry.removed",
      target: encodeId("entry", entry.entryId),
      related: [encodeId("draw", draw.id), consumerId],
      before: { status: entry.status },
      after: { status: "DENIED", reason },
    });
    return {
      status: 200,
      body: drawEntryJson({ ...answeredEntryOf(entry), status: "DENIED", reason }, null),
    };
  });
}
