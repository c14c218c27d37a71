import type { Database } from "../../platform/database/index.ts";
import { isConnectionLost } from "../../platform/database/index.ts";
import type { Log } from "../../platform/log.ts";
import { type GroupResult, type JoinItem, type LeaveItem, writeLineGroup } from "./line-group-store.ts";

export type JoinOutcome =
  | {
      readonly kind: "joined";
      readonly ticket: number;
      readonly ahead: number;
      readonly enteredAtMs: number;
      readonly secondsPerPerson: number | null;
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

/** Gathers the joins and leaves of each line while a group is being committed, and writes them with one statement. */
export interface LineWriter {
  join(queueId: string, item: JoinItem): Promise<JoinOutcome>;
  leave(queueId: string, item: LeaveItem): Promise<LeaveOutcome>;
  /** How many joins and leaves wait for their group to be sent. */
  readonly waiting: number;
  /** Resolves once nothing is under way any more. */
  drained(): Promise<void>;
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

type WaitingJoin = Waiting<JoinItem, JoinOutcome> & { followers: Waiting<JoinItem, JoinOutcome>[] };
type WaitingLeave = Waiting<LeaveItem, LeaveOutcome>;

interface Group {
  readonly joins: WaitingJoin[];
  readonly leaves: WaitingLeave[];
  readonly byConsumer: Map<string, WaitingJoin | "leave">;
}

interface LineState {
  /** The groups that wait, oldest first; a consumer stands at most once in each. */
  readonly groups: Group[];
  isWriting: boolean;
}

const groupItemsMax = 1_000;
const lostRetryMs = 250;
// With a last try that hangs for as long as the pool lets it, the answer is there before clients give up after 15 s.
const lostPatienceMs = 5_000;

export function createLineWriter(deps: {
  database: Database;
  log: Log;
  secondsPerPerson: (queueId: string) => number | null;
}): LineWriter {
  const lines = new Map<string, LineState>();
  let onDrained: (() => void)[] = [];
  let waiting = 0;

  const stateOf = (queueId: string): LineState => {
    const known = lines.get(queueId);
    if (known !== undefined) return known;
    const state: LineState = { groups: [], isWriting: false };
    lines.set(queueId, state);
    return state;
  };

  /** The first group that has room and in which this consumer has nothing under way. */
  const groupFor = (state: LineState, consumerId: string): Group => {
    const last = state.groups.at(-1);
    if (last !== undefined && last.byConsumer.size < groupItemsMax && !last.byConsumer.has(consumerId))
      return last;
    const group: Group = { joins: [], leaves: [], byConsumer: new Map() };
    state.groups.push(group);
    return group;
  };

  const start = (queueId: string, state: LineState): void => {
    if (state.isWriting) return;
    state.isWriting = true;
    // What arrives in the same turn of the event loop goes along.
    setImmediate(next, queueId, state);
  };

  const next = (queueId: string, state: LineState): void => {
    const group = state.groups.shift();
    waiting -= sizeOf(group);
    if (group === undefined) {
      state.isWriting = false;
      lines.delete(queueId);
      if (lines.size === 0) {
        for (const resolve of onDrained) resolve();
        onDrained = [];
      }
      return;
    }
    write(queueId, group.joins, group.leaves)
      .catch((error: unknown) => deps.log.error({ err: error }, "a group could not be settled"))
      .finally(() => setImmediate(next, queueId, state));
  };

  const write = async (
    queueId: string,
    joins: readonly WaitingJoin[],
    leaves: readonly WaitingLeave[],
  ): Promise<void> => {
    const secondsPerPerson = deps.secondsPerPerson(queueId);
    const result = await send(queueId, secondsPerPerson, joins, leaves).catch((error: unknown) => ({
      error,
    }));
    if (!("error" in result)) {
      settleJoins(joins, result, secondsPerPerson);
      settleLeaves(leaves, result);
      return;
    }
    const isSingle = joins.length + leaves.length === 1;
    if (isSingle || !isItemsFault(result.error)) {
      refuse(joins, leaves, result.error);
      if (isLost(result.error)) refuseWaiting(queueId, result.error);
      return;
    }
    // One bad item must not fail the others: it ends up alone.
    const half = (items: number): number => Math.ceil(items / 2);
    await write(
      queueId,
      joins.slice(0, half(joins.length)),
      leaves.slice(0, leaves.length - half(leaves.length)),
    );
    await write(queueId, joins.slice(half(joins.length)), leaves.slice(leaves.length - half(leaves.length)));
  };

  /** Those who wait behind a group that found no database have waited for it as long. */
  const refuseWaiting = (queueId: string, error: unknown): void => {
    const groups = lines.get(queueId)?.groups.splice(0) ?? [];
    for (const group of groups) {
      waiting -= sizeOf(group);
      refuse(group.joins, group.leaves, error);
    }
  };

  /** Sends a group until it is answered: a row that stands already under its entry's id is its own. */
  const send = async (
    queueId: string,
    secondsPerPerson: number | null,
    joins: readonly WaitingJoin[],
    leaves: readonly WaitingLeave[],
  ): Promise<GroupResult> => {
    const joinItems = joins.map((join) => join.item);
    const leaveItems = leaves.map((leave) => leave.item);
    const startedAtMs = Date.now();
    for (;;) {
      try {
        return await writeLineGroup(deps.database.pool, queueId, secondsPerPerson, joinItems, leaveItems);
      } catch (error) {
        const isPassing = isLost(error) || ["40001", "40P01"].includes(Object(error).code);
        if (!isPassing || Date.now() - startedAtMs > lostPatienceMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, lostRetryMs));
      }
    }
  };

  return {
    join(queueId, item) {
      return new Promise((resolve, reject) => {
        const state = stateOf(queueId);
        const present = state.groups.at(-1)?.byConsumer.get(item.consumerId);
        if (present !== undefined && present !== "leave") {
          present.followers.push({ item, resolve, reject });
          return;
        }
        const group = groupFor(state, item.consumerId);
        const join: WaitingJoin = { item, resolve, reject, followers: [] };
        group.joins.push(join);
        waiting += 1;
        group.byConsumer.set(item.consumerId, join);
        start(queueId, state);
      });
    },
    leave(queueId, item) {
      return new Promise((resolve, reject) => {
        const state = stateOf(queueId);
        const group = groupFor(state, item.consumerId);
        group.leaves.push({ item, resolve, reject });
        waiting += 1;
        group.byConsumer.set(item.consumerId, "leave");
        start(queueId, state);
      });
    },
    get waiting() {
      return waiting;
    },
    drained: () =>
      lines.size === 0 ? Promise.resolve() : new Promise((resolve) => void onDrained.push(resolve)),
  };
}

function sizeOf(group: Group | undefined): number {
  return group === undefined ? 0 : group.joins.length + group.leaves.length;
}

function refuse(joins: readonly WaitingJoin[], leaves: readonly WaitingLeave[], error: unknown): void {
  for (const join of joins) for (const waiting of [join, ...join.followers]) waiting.reject(error);
  for (const leave of leaves) leave.reject(error);
}

function isLost(error: unknown): boolean {
  return error instanceof Error && isConnectionLost(error);
}

/** Did something inside the group break it, such as a value or a constraint? Then the rest of it can stand without. */
function isItemsFault(error: unknown): boolean {
  const code: unknown = Object(error).code;
  return typeof code === "string" && /^(22|23|P0)/.test(code);
}

function settleJoins(
  joins: readonly WaitingJoin[],
  result: GroupResult,
  secondsPerPerson: number | null,
): void {
  const enteredAtMs = result.at.getTime();
  let joined = 0;
  for (const [index, join] of joins.entries()) {
    const outcome = joinOutcome(result, index, () => {
      const at = { ticket: result.firstTicket + joined, ahead: result.firstAhead + joined };
      joined += 1;
      return { kind: "joined", ...at, enteredAtMs, secondsPerPerson };
    });
    join.resolve(outcome);
    for (const follower of join.followers) follower.resolve(followerOutcome(join, follower, outcome));
  }
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
function followerOutcome(
  first: WaitingJoin,
  follower: { readonly item: JoinItem },
  outcome: JoinOutcome,
): JoinOutcome {
  if (outcome.kind !== "joined" && !(outcome.kind === "replayed" && outcome.isResent)) return outcome;
  const entryId = outcome.kind === "replayed" ? outcome.entryId : first.item.entryId;
  const { idempotencyKey } = follower.item;
  return idempotencyKey !== null && idempotencyKey === first.item.idempotencyKey
    ? { kind: "replayed", entryId, isResent: false }
    : { kind: "already", entryId };
}

function settleLeaves(leaves: readonly WaitingLeave[], result: GroupResult): void {
  for (const [index, leave] of leaves.entries()) {
    const entryId = result.leftEntries?.[index] ?? "";
    const ticket = Number(result.leftTickets?.[index] ?? 0);
    leave.resolve(leaveOutcome(result.leaveOutcomes?.[index], entryId, ticket));
  }
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
