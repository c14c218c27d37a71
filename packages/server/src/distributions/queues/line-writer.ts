import { encodeId, uuidFromBytes } from "@stanchion/contract";
import type { Entrant, EntryFacts, ReceiptMaker } from "../../fairness/index.ts";
import type { Database } from "../../platform/database/index.ts";
import { createGroupWriter, type GroupWriter } from "../../platform/group-writer.ts";
import type { Log } from "../../platform/log.ts";
import { type GroupResult, type LeaveItem, writeLineGroup } from "./line-group-store.ts";
import type { LinePace } from "./line-pace.ts";

export type JoinOutcome =
  | {
      readonly kind: "joined";
      readonly ticket: number;
      /** Null where the order is not drawn yet. */
      readonly ahead: number | null;
      readonly enteredAtMs: number;
      /** The same as it is answered. */
      readonly enteredAt: string;
      /** What the group was written with. */
      readonly pace: LinePace | null;
      /** As JSON. */
      readonly receipt: string;
    }
  /** The row stands already: sent again after a broken connection, or under the same idempotency key. */
  | { readonly kind: "replayed"; readonly entryId: string; readonly isResent: boolean }
  | { readonly kind: "already"; readonly entryId: string }
  /** As many wait in all lines of the organization as the host lets it have. */
  | { readonly kind: "overQuota"; readonly limit: number }
  | { readonly kind: "completed" | "blocked" | "notOpen" | "closed" | "full" | "gone" };

export type LeaveOutcome =
  | { readonly kind: "left" | "released"; readonly entryId: string; readonly ticket: number }
  | { readonly kind: "replayed"; readonly entryId: string }
  | { readonly kind: "ended" | "expired" | "otherDevice" | "keyReused" | "notLive" | "gone" };

/** Writes the joins and leaves of each line in groups. */
export type LineWriter = GroupWriter<Entrant, JoinOutcome, LeaveItem, LeaveOutcome>;

export function createLineWriter(deps: {
  database: Database;
  log: Log;
  paceOf: (queueId: string) => LinePace | null;
  makeReceipts: ReceiptMaker;
}): LineWriter {
  return createGroupWriter({
    log: deps.log,
    async write(queueId, joins, leaves) {
      const pace = deps.paceOf(queueId);
      const result = await writeLineGroup(deps.database.pool, queueId, pace, joins, leaves);
      const receipts = receiptsOf(queueId, joins, result, deps.makeReceipts);
      const entered = joinOutcomes(joins, result, pace, receipts);
      return { entered, left: leaveOutcomes(leaves, result) };
    },
    follow: followerOutcome,
  });
}

function joinOutcomes(
  joins: readonly Entrant[],
  result: GroupResult,
  pace: LinePace | null,
  receipts: readonly string[],
): JoinOutcome[] {
  const enteredAtMs = result.at.getTime();
  const enteredAt = result.at.toISOString();
  let joined = 0;
  return joins.map((_, index) =>
    joinOutcome(result, index, () => {
      const ahead = result.isRanked ? result.firstAhead + joined : null;
      const at = { ticket: result.firstTicket + joined, ahead, receipt: receipts[joined] ?? "null" };
      joined += 1;
      return { kind: "joined", ...at, enteredAtMs, enteredAt, pace };
    }),
  );
}

/** Those of all who have joined, in the order of their tickets; none where the queue has no rules. */
function receiptsOf(
  queueId: string,
  joins: readonly Entrant[],
  { at, outcomes, firstTicket, rulesHash, logSize, logRoot }: GroupResult,
  makeReceipts: ReceiptMaker,
): readonly string[] {
  if (rulesHash === null || logSize === null || logRoot === null) return [];
  const distributionId = encodeId("queue", queueId);
  const enteredAt = at.toISOString();
  const hash = rulesHash.toString("hex");
  const facts: EntryFacts[] = [];
  joins.forEach(({ entry, facts: { level } }, index) => {
    if (outcomes[index] !== "J") return;
    const { wireId, consumerWireId, salt, subject } = entry;
    const ids = { entryId: wireId, distributionId, consumerId: consumerWireId };
    facts.push({
      ...ids,
      level,
      salt,
      subject,
      place: firstTicket + facts.length,
      enteredAt,
      rulesHash: hash,
    });
  });
  return makeReceipts(facts, { logSize, logRoot }, at.getTime());
}

function joinOutcome(result: GroupResult, index: number, onJoined: () => JoinOutcome): JoinOutcome {
  const entryId = result.known?.[index] ?? "";
  switch (result.outcomes[index]) {
    case "J":
      return onJoined();
    case "S":
      return { kind: "replayed", entryId, isResent: true };
    case "P":
      return { kind: "replayed", entryId, isResent: false };
    case "A":
      return { kind: "already", entryId };
    case "C":
      return { kind: "completed" };
    case "B":
      return { kind: "blocked" };
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
function followerOutcome(first: Entrant, follower: Entrant, outcome: JoinOutcome): JoinOutcome {
  if (outcome.kind !== "joined" && !(outcome.kind === "replayed" && outcome.isResent)) return outcome;
  const entryId = outcome.kind === "replayed" ? outcome.entryId : uuidFromBytes(first.entry.bytes);
  const { idempotencyKey } = follower.facts;
  return idempotencyKey !== null && idempotencyKey === first.facts.idempotencyKey
    ? { kind: "replayed", entryId, isResent: false }
    : { kind: "already", entryId };
}

function leaveOutcomes(leaves: readonly LeaveItem[], result: GroupResult): LeaveOutcome[] {
  return leaves.map((_, index) => {
    const entryId = result.leftEntries?.[index] ?? "";
    const ticket = Number(result.leftTickets?.[index] ?? 0);
    return leaveOutcome(result.leaveOutcomes?.[index], entryId, ticket);
  });
}

function leaveOutcome(letter: string | undefined, entryId: string, ticket: number): LeaveOutcome {
  switch (letter) {
    case "L":
      return { kind: "left", entryId, ticket };
    case "R":
      return { kind: "released", entryId, ticket };
    case "P":
      return { kind: "replayed", entryId };
    case "E":
      return { kind: "ended" };
    case "T":
      return { kind: "expired" };
    case "O":
      return { kind: "otherDevice" };
    case "Q":
      return { kind: "keyReused" };
    case "N":
      return { kind: "notLive" };
    default:
      return { kind: "gone" };
  }
}
