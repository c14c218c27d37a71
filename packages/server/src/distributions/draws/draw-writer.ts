import { encodeId, uuidFromBytes } from "@stanchion/contract";
import type { Entrant, EntryFacts, ReceiptMaker } from "../../fairness/index.ts";
import type { Database } from "../../platform/database/index.ts";
import { createGroupWriter, type GroupWriter } from "../../platform/group-writer.ts";
import type { Log } from "../../platform/log.ts";
import { type DrawGroupResult, type LeaveItem, writeDrawGroup } from "./draw-group-store.ts";

export type EnterOutcome =
  | {
      readonly kind: "entered";
      readonly number: number;
      readonly enteredAt: string;
      readonly receipt: string;
    }
  /** The row stands already: sent again after a broken connection, or under the same idempotency key. */
  | { readonly kind: "replayed"; readonly entryId: string; readonly isResent: boolean }
  | { readonly kind: "already"; readonly entryId: string }
  /** As many take part in all lines and draws of the organization as the host lets it have. */
  | { readonly kind: "overQuota"; readonly limit: number }
  | { readonly kind: "removed" | "cancelled" | "notOpen" | "closed" | "full" | "gone" };

export type LeaveOutcome =
  | { readonly kind: "left"; readonly entryId: string }
  | { readonly kind: "replayed"; readonly entryId: string }
  | { readonly kind: "keyReused" | "otherDevice" | "cancelled" | "closed" | "notLive" | "gone" };

/** Writes the entries and leaves of each draw in groups, and signs one receipt for all who entered with one. */
export type DrawWriter = GroupWriter<Entrant, EnterOutcome, LeaveItem, LeaveOutcome>;

export function createDrawWriter(deps: {
  database: Database;
  log: Log;
  makeReceipts: ReceiptMaker;
}): DrawWriter {
  return createGroupWriter({
    log: deps.log,
    async write(drawId, enters, leaves) {
      const result = await writeDrawGroup(deps.database.pool, drawId, enters, leaves);
      const entered = enterOutcomes(drawId, enters, result, deps.makeReceipts);
      return { entered, left: leaves.map((_, index) => leaveOutcome(result, index)) };
    },
    follow: followerOutcome,
  });
}

function enterOutcomes(
  drawId: string,
  enters: readonly Entrant[],
  result: DrawGroupResult,
  makeReceipts: ReceiptMaker,
): EnterOutcome[] {
  const enteredAt = result.at.toISOString();
  const rulesHash = result.rulesHash.toString("hex");
  const wireDrawId = encodeId("draw", drawId);
  const facts: EntryFacts[] = [];
  enters.forEach(({ entry, facts: { level } }, index) => {
    if (result.outcomes[index] !== "E") return;
    const { wireId, consumerWireId, salt, subject } = entry;
    const ids = { entryId: wireId, distributionId: wireDrawId, consumerId: consumerWireId };
    facts.push({
      ...ids,
      level,
      salt,
      subject,
      place: result.firstNumber + facts.length,
      enteredAt,
      rulesHash,
    });
  });
  const receipts = makeReceipts(facts, result, result.at.getTime());
  let entered = 0;
  return enters.map((_, index) => {
    if (result.outcomes[index] !== "E") return refusedOutcome(result, index);
    const number = result.firstNumber + entered;
    const receipt = receipts[entered] ?? "null";
    entered += 1;
    return { kind: "entered", number, enteredAt, receipt };
  });
}

function refusedOutcome(result: DrawGroupResult, index: number): EnterOutcome {
  const entryId = result.known?.[index] ?? "";
  switch (result.outcomes[index]) {
    case "S":
      return { kind: "replayed", entryId, isResent: true };
    case "P":
      return { kind: "replayed", entryId, isResent: false };
    case "A":
      return { kind: "already", entryId };
    case "B":
      return { kind: "removed" };
    case "K":
      return { kind: "cancelled" };
    case "N":
      return { kind: "notOpen" };
    case "X":
      return { kind: "closed" };
    case "F":
      return { kind: "full" };
    case "U":
      return { kind: "overQuota", limit: result.peopleQuota ?? 0 };
    default:
      return { kind: "gone" };
  }
}

/** The outcome of a second call of one consumer that came while the first was gathered. */
function followerOutcome(first: Entrant, follower: Entrant, outcome: EnterOutcome): EnterOutcome {
  if (outcome.kind !== "entered" && !(outcome.kind === "replayed" && outcome.isResent)) return outcome;
  const entryId = outcome.kind === "replayed" ? outcome.entryId : uuidFromBytes(first.entry.bytes);
  const { idempotencyKey } = follower.facts;
  return idempotencyKey !== null && idempotencyKey === first.facts.idempotencyKey
    ? { kind: "replayed", entryId, isResent: false }
    : { kind: "already", entryId };
}

function leaveOutcome(result: DrawGroupResult, index: number): LeaveOutcome {
  const entryId = result.leftEntries?.[index] ?? "";
  switch (result.leaveOutcomes?.[index]) {
    case "L":
      return { kind: "left", entryId };
    case "P":
      return { kind: "replayed", entryId };
    case "Q":
      return { kind: "keyReused" };
    case "O":
      return { kind: "otherDevice" };
    case "K":
      return { kind: "cancelled" };
    case "Z":
      return { kind: "closed" };
    case "N":
      return { kind: "notLive" };
    default:
      return { kind: "gone" };
  }
}
