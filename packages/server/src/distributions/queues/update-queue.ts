import { type HoldInput, shapes } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { requireHolds, writeHolds } from "../../catalog/index.ts";
import { timeOf } from "../../experiences/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  type OperationCall,
  type OperationHost,
  patched,
  registerWrite,
  requireVersion,
} from "../../platform/http/index.ts";
import { raiseVersionByStock, touchLine } from "./admission-store.ts";
import { changeLineRules } from "./change-line-rules.ts";
import { chainOfRules } from "./line-rules.ts";
import { moveOpening } from "./opening-store.ts";
import { queueDefaults } from "./queue.ts";
import { factsOf, staysClosed } from "./queue-facts.ts";
import { lock, queueAnswer } from "./queue-routes.ts";
import type { QueueServices } from "./queue-services.ts";
import * as store from "./queue-store.ts";
import { requireTerms } from "./queue-terms.ts";

/** Changing a queue. What was promised to those who join is fixed by the first of them, under the lock that joins take. */
export function registerUpdateQueue(host: OperationHost, services: QueueServices): void {
  registerWrite(host, "updateQueue", async (call, db) => {
    const row = await lock(db, call);
    const patch = call.readBody(shapes.queuePatch);
    requireVersion(call, row.version);
    const shuffleBeforeOpen = patched(patch.shuffleBeforeOpen, row.shuffleBeforeOpen, false);
    const goesOn = shuffleBeforeOpen && row.shuffleBeforeOpen;
    const terms = {
      openAt: timeOf(patch.openAt, row.openAt),
      closeAt: timeOf(patch.closeAt, row.closeAt),
      shuffleBeforeOpen,
      // What is for a drawing alone goes with it.
      joinFrom: timeOf(patch.joinFrom, shuffleBeforeOpen ? row.joinFrom : null),
      entryLevel: patched(patch.entryLevel, row.entryLevel, queueDefaults.entryLevel),
    };
    const isScheduleMoved = isMoved(row.openAt, terms.openAt) || isMoved(row.closeAt, terms.closeAt);
    const ownChain = chainOfRules(row);
    const { setting, chain } = requireTerms(terms, patched(patch.beacon, goesOn ? row.beacon : null, null), {
      isLive: row.isLive,
      chains: ownChain === null ? services.chains : [...services.chains, ownChain],
      judgesSchedule: isScheduleMoved && !isClosingNow(terms.closeAt, row.databaseNow),
    });
    requireOpenTerms(row, terms);
    const { status } = factsOf(row);
    if (status === "CLOSED" && isScheduleMoved)
      throw apiError("INVALID_STATE", { details: { state: status, hint: staysClosed } });
    const rules = await changeLineRules(db, call.tenant, row, { ...terms, chain });
    await store.updateQueue(db, call.tenant, row.id, {
      ...terms,
      ...rules,
      beacon: JSON.stringify(setting),
      name: patch.name ?? row.name,
      admitRate: patch.admitRate ?? row.admitRate,
      timeZone: patched(patch.timeZone, row.timeZone, queueDefaults.timeZone),
      waitlistUrl: patched(patch.waitlistUrl, row.waitlistUrl, null),
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
      requireFingerprint: patched(
        patch.requireFingerprint,
        row.requireFingerprint,
        queueDefaults.requireFingerprint,
      ),
      checkoutUrl: patched(patch.checkoutUrl, row.checkoutUrl, null),
      pageUrl: patched(patch.pageUrl, row.pageUrl, null),
      whenSoldOut: patched(patch.whenSoldOut, row.whenSoldOut, queueDefaults.whenSoldOut),
      updatedAt: new Date(services.clock.now()),
    });
    await moveOpening(db, row.id, terms.shuffleBeforeOpen ? terms.openAt : null);
    if (patch.holds !== undefined) await changeHolds(db, call, row, patch.holds ?? []);
    await touchLine(db, row.id);
    return queueAnswer(db, services, call, row.id, { action: "queue.updated", before: row });
  });
}

const joinedForStock =
  "Somebody has joined, and what is left for them follows from it: it stands. Change the stock itself, or make another queue.";

/** What admissions hold stands from the first join on. */
async function changeHolds(
  db: Transaction<Tables>,
  call: OperationCall,
  row: store.QueueWithFacts,
  given: readonly HoldInput[],
): Promise<void> {
  const holds = await requireHolds(db, call.tenant, given);
  if (JSON.stringify(holds) === JSON.stringify(row.holds)) return;
  if (row.lastTicket > 0)
    throw apiError("INVALID_STATE", {
      details: {
        state: factsOf(row).status,
        field: "holds",
        lastTicket: row.lastTicket,
        hint: joinedForStock,
      },
    });
  // The board's version counts the changes of the stock: it never goes back.
  await raiseVersionByStock(db, call.tenant, row.id);
  await writeHolds(db, row.id, holds);
}

/** A closing in the past, or now, is one that closes now. */
function isClosingNow(closeAt: Date | null, now: Date): boolean {
  return closeAt !== null && closeAt.getTime() <= now.getTime();
}

function isMoved(before: Date | null, after: Date | null): boolean {
  return before?.getTime() !== after?.getTime();
}

const joinedForIt =
  "Somebody has joined for this opening: it stands. Close the queue and make another to change it.";
const hasOpened =
  "The line has opened, and its order was drawn: its opening stands. Make another queue to change it.";

/** Who has joined relied on the opening and on how the order is made; and an order is drawn once. */
function requireOpenTerms(
  row: store.QueueWithFacts,
  after: Pick<store.QueueWithFacts, "openAt" | "shuffleBeforeOpen">,
): void {
  if (row.lastTicket === 0 && !row.isCohortFixed) return;
  const field = isMoved(row.openAt, after.openAt)
    ? "openAt"
    : row.shuffleBeforeOpen !== after.shuffleBeforeOpen
      ? "shuffleBeforeOpen"
      : null;
  if (field === null) return;
  const { status } = factsOf(row);
  const hint = row.isCohortFixed ? hasOpened : joinedForIt;
  throw apiError("INVALID_STATE", { details: { state: status, field, lastTicket: row.lastTicket, hint } });
}
