import { isConnectionLost } from "./database/index.ts";
import type { Log } from "./log.ts";

/** One consumer's part in a group; a consumer stands at most once in each. */
export interface GroupItem {
  readonly consumerId: string;
}

/** Gathers what many consumers want of one target while a group is being committed, and writes it with one statement. */
export interface GroupWriter<Enter, Entered, Leave, Left> {
  /** `targetId`: whose lock the group takes. */
  enter(targetId: string, item: Enter): Promise<Entered>;
  leave(targetId: string, item: Leave): Promise<Left>;
  /** How many items wait for their group to be sent. */
  readonly waiting: number;
  /** Resolves once nothing is under way any more. */
  drained(): Promise<void>;
}

/** What became of a group's items, in their order. */
export interface GroupOutcomes<Entered, Left> {
  readonly entered: readonly Entered[];
  readonly left: readonly Left[];
}

interface Waiting<Item, Outcome> {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

interface WaitingEnter<Item, Outcome> extends Waiting<Item, Outcome> {
  /** Later calls of the same consumer, which the first one's outcome answers; null: none. */
  followers: Waiting<Item, Outcome>[] | null;
}

interface Group<Enter, Entered, Leave, Left> {
  readonly enters: WaitingEnter<Enter, Entered>[];
  readonly leaves: Waiting<Leave, Left>[];
  readonly byConsumer: Map<string, WaitingEnter<Enter, Entered> | "leave">;
}

interface TargetState<Enter, Entered, Leave, Left> {
  /** The groups that wait, oldest first. */
  readonly groups: Group<Enter, Entered, Leave, Left>[];
  isWriting: boolean;
}

const groupItemsMax = 1_000;
const lostRetryMs = 250;
// With a last try that hangs for as long as the pool lets it, the answer is there before clients give up after 15 s.
const lostPatienceMs = 5_000;

/**
 * `write` sends a group with one statement and answers an outcome for each item. A broken connection: it is called again with
 * the same items, so it must know by their ids what stands already. `follow` says what a consumer's second call comes to that
 * was gathered into the first.
 */
export function createGroupWriter<Enter extends GroupItem, Entered, Leave extends GroupItem, Left>(deps: {
  log: Log;
  write: (
    targetId: string,
    enters: readonly Enter[],
    leaves: readonly Leave[],
  ) => Promise<GroupOutcomes<Entered, Left>>;
  follow: (first: Enter, follower: Enter, outcome: Entered) => Entered;
}): GroupWriter<Enter, Entered, Leave, Left> {
  type Enters = readonly WaitingEnter<Enter, Entered>[];
  type Leaves = readonly Waiting<Leave, Left>[];
  type State = TargetState<Enter, Entered, Leave, Left>;

  const targets = new Map<string, State>();
  let onDrained: (() => void)[] = [];
  let waiting = 0;

  const stateOf = (targetId: string): State => {
    const known = targets.get(targetId);
    if (known !== undefined) return known;
    const state: State = { groups: [], isWriting: false };
    targets.set(targetId, state);
    return state;
  };

  /** The first group that has room and in which this consumer has nothing under way. */
  const groupFor = (state: State, consumerId: string): State["groups"][number] => {
    const last = state.groups.at(-1);
    if (last !== undefined && last.byConsumer.size < groupItemsMax && !last.byConsumer.has(consumerId))
      return last;
    const group: State["groups"][number] = { enters: [], leaves: [], byConsumer: new Map() };
    state.groups.push(group);
    return group;
  };

  const start = (targetId: string, state: State): void => {
    if (state.isWriting) return;
    state.isWriting = true;
    // What arrives in the same turn of the event loop goes along.
    setImmediate(next, targetId, state);
  };

  const next = (targetId: string, state: State): void => {
    const group = state.groups.shift();
    if (group === undefined) {
      state.isWriting = false;
      targets.delete(targetId);
      if (targets.size === 0) {
        for (const resolve of onDrained) resolve();
        onDrained = [];
      }
      return;
    }
    waiting -= group.enters.length + group.leaves.length;
    settle(targetId, group.enters, group.leaves)
      .catch((error: unknown) => deps.log.error({ err: error }, "a group could not be settled"))
      .finally(() => setImmediate(next, targetId, state));
  };

  const settle = async (targetId: string, enters: Enters, leaves: Leaves): Promise<void> => {
    const result = await send(targetId, enters, leaves).catch((error: unknown) => ({ error }));
    if (!("error" in result)) {
      answer(enters, leaves, result);
      return;
    }
    const isSingle = enters.length + leaves.length === 1;
    if (isSingle || !isItemsFault(result.error)) {
      refuse(enters, leaves, result.error);
      if (isLost(result.error)) refuseWaiting(targetId, result.error);
      return;
    }
    // One bad item must not fail the others: it ends up alone.
    const half = (items: number): number => Math.ceil(items / 2);
    const entersHalf = half(enters.length);
    const leavesHalf = leaves.length - half(leaves.length);
    await settle(targetId, enters.slice(0, entersHalf), leaves.slice(0, leavesHalf));
    await settle(targetId, enters.slice(entersHalf), leaves.slice(leavesHalf));
  };

  /** Those who wait behind a group that found no database have waited for it as long. */
  const refuseWaiting = (targetId: string, error: unknown): void => {
    const groups = targets.get(targetId)?.groups.splice(0) ?? [];
    for (const { enters, leaves } of groups) {
      waiting -= enters.length + leaves.length;
      refuse(enters, leaves, error);
    }
  };

  /** Sends a group until it is answered. */
  const send = async (
    targetId: string,
    enters: Enters,
    leaves: Leaves,
  ): Promise<GroupOutcomes<Entered, Left>> => {
    const enterItems = enters.map((enter) => enter.item);
    const leaveItems = leaves.map((leave) => leave.item);
    const startedAtMs = Date.now();
    for (;;) {
      try {
        return await deps.write(targetId, enterItems, leaveItems);
      } catch (error) {
        const isPassing = isLost(error) || ["40001", "40P01"].includes(Object(error).code);
        if (!isPassing || Date.now() - startedAtMs > lostPatienceMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, lostRetryMs));
      }
    }
  };

  const answer = (enters: Enters, leaves: Leaves, outcomes: GroupOutcomes<Entered, Left>): void => {
    for (let index = 0; index < enters.length; index += 1) {
      const enter = enters[index] as Enters[number];
      const outcome = outcomes.entered[index] as Entered;
      enter.resolve(outcome);
      for (const follower of enter.followers ?? [])
        follower.resolve(deps.follow(enter.item, follower.item, outcome));
    }
    for (const [index, leave] of leaves.entries()) leave.resolve(outcomes.left[index] as Left);
  };

  return {
    enter(targetId, item) {
      return new Promise((resolve, reject) => {
        const state = stateOf(targetId);
        const present = state.groups.at(-1)?.byConsumer.get(item.consumerId);
        if (present !== undefined && present !== "leave") {
          present.followers ??= [];
          present.followers.push({ item, resolve, reject });
          return;
        }
        const group = groupFor(state, item.consumerId);
        const enter: WaitingEnter<Enter, Entered> = { item, resolve, reject, followers: null };
        group.enters.push(enter);
        waiting += 1;
        group.byConsumer.set(item.consumerId, enter);
        start(targetId, state);
      });
    },
    leave(targetId, item) {
      return new Promise((resolve, reject) => {
        const state = stateOf(targetId);
        const group = groupFor(state, item.consumerId);
        group.leaves.push({ item, resolve, reject });
        waiting += 1;
        group.byConsumer.set(item.consumerId, "leave");
        start(targetId, state);
      });
    },
    get waiting() {
      return waiting;
    },
    drained: () =>
      targets.size === 0 ? Promise.resolve() : new Promise((resolve) => void onDrained.push(resolve)),
  };
}

function refuse<Enter, Entered, Leave, Left>(
  enters: readonly WaitingEnter<Enter, Entered>[],
  leaves: readonly Waiting<Leave, Left>[],
  error: unknown,
): void {
  for (const enter of enters)
    for (const waiting of [enter, ...(enter.followers ?? [])]) waiting.reject(error);
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
