import { shapes } from "@stanchion/contract";
import { apiError } from "../../platform/errors/index.ts";
import { type OperationHost, registerWrite } from "../../platform/http/index.ts";
import { touchLine } from "./admission-store.ts";
import { changeLineRules } from "./change-line-rules.ts";
import { closeNow, endForAll } from "./end-line.ts";
import { chainOfRules } from "./line-rules.ts";
import { moveOpening } from "./opening-store.ts";
import { factsOf, staysClosed } from "./queue-facts.ts";
import { lock, queueAnswer } from "./queue-routes.ts";
import type { QueueServices } from "./queue-services.ts";
import * as store from "./queue-store.ts";

const cameForItsTime =
  "Somebody has come for a drawing at openAt: the line opens then by itself, and not before.";

/** Opening, pausing, resuming and closing by hand. Each holds the lock of what admits: after a pause has answered nobody is admitted. */
export function registerQueueStateRoutes(host: OperationHost, services: QueueServices): void {
  registerWrite(host, "openQueue", async (call, db) => {
    const row = await lock(db, call);
    call.readBody(shapes.noBody);
    const { status } = factsOf(row);
    if (status === "CLOSED")
      throw apiError("INVALID_STATE", { details: { state: status, hint: staysClosed } });
    if (status !== "SCHEDULED") return queueAnswer(db, services, call, row.id, null);
    const openAt = row.databaseNow;
    const hasJoined = row.lastTicket > 0;
    // Whoever has come early has come for a drawing at its time.
    if (hasJoined && row.shuffleBeforeOpen)
      throw apiError("INVALID_STATE", {
        details: { state: status, lastTicket: row.lastTicket, hint: cameForItsTime },
      });
    const terms = { openAt, entryLevel: row.entryLevel, chain: chainOfRules(row) };
    const rules = hasJoined ? {} : await changeLineRules(db, call.tenant, row, terms);
    const isJoinable = row.joinFrom === null || row.joinFrom <= openAt;
    const joinFrom = isJoinable ? row.joinFrom : null;
    await store.updateQueue(db, call.tenant, row.id, { ...rules, openAt, joinFrom, updatedAt: openAt });
    await moveOpening(db, row.id, row.shuffleBeforeOpen ? openAt : null);
    await touchLine(db, row.id);
    return queueAnswer(db, services, call, row.id, { action: "queue.opened", before: row });
  });

  const setPaused = (name: "pauseQueue" | "resumeQueue", isPaused: boolean): void =>
    registerWrite(host, name, async (call, db) => {
      const row = await lock(db, call);
      call.readBody(shapes.noBody);
      const { status } = factsOf(row);
      if (status === "CLOSED")
        throw apiError("INVALID_STATE", { details: { state: status, hint: staysClosed } });
      if (row.isPaused === isPaused) return queueAnswer(db, services, call, row.id, null);
      await store.updateQueue(db, call.tenant, row.id, { isPaused, updatedAt: row.databaseNow });
      await touchLine(db, row.id);
      const action = isPaused ? "queue.paused" : "queue.resumed";
      return queueAnswer(db, services, call, row.id, { action, before: row });
    });
  setPaused("pauseQueue", true);
  setPaused("resumeQueue", false);

  registerWrite(host, "closeQueue", async (call, db) => {
    const row = await lock(db, call);
    const { drain = true } = call.readBody(shapes.queueClose);
    const isOpen = factsOf(row).status !== "CLOSED";
    const isEnding = !drain && row.endedTicket === null;
    if (isOpen) await closeNow(db, call.tenant, row);
    if (isEnding) await endForAll(db, call.tenant, row, null);
    if (!isOpen && !isEnding) return queueAnswer(db, services, call, row.id, null);
    await touchLine(db, row.id);
    return queueAnswer(db, services, call, row.id, { action: "queue.closed", before: row });
  });
}
