import type { Board, Entry, EntryStatus } from "@stanchion/contract";
import { readAdmissionTokenTimes } from "./admission-token.ts";
import { Alarm } from "./alarm.ts";
import { BoardFeed, type BoardObserver } from "./board-feed.ts";
import { type BoardChoice, chooseBoard, heldForMs, noBoard } from "./board-order.ts";
import { DepartedSegment } from "./departed-segment.ts";
import { departedBefore, positionOf } from "./position.ts";
import { backoffMs, demandedWaitMs } from "./retry.ts";
import type { StoredEntry } from "./session-store.ts";
import type { Connection, QueuePhase, QueueSnapshot } from "./snapshot.ts";
import { hasCode, StanchionError } from "./stanchion-error.ts";
import { admittedStatusMs, hasTurnCome, waitingStatusMs } from "./status-plan.ts";
import type { Transport } from "./transport.ts";
import { estimateWaitSeconds, type Movement, noMovement, observeMovement } from "./wait-estimate.ts";

const refusedStatusMs = 60_000;
const otherTabMs = 1_000;
const wakeEveryMs = 2_000;

const phases: Readonly<Record<EntryStatus, QueuePhase>> = {
  QUEUED: "waiting",
  ADMITTED: "admitted",
  COMPLETED: "completed",
  LEFT: "left",
  EXPIRED: "expired",
  DENIED: "denied",
};

/** A listener to a watch; gets the new snapshot. */
export type SnapshotListener = (snapshot: QueueSnapshot) => void;

/**
 * Keeps one fan's place in one queue up to date until it is stopped. Failures stand in the snapshot; nothing throws.
 *
 * @example
 * const watch = stanchion.queues.watch(queueId);
 * const unsubscribe = watch.subscribe((snapshot) => show(snapshot.phase, snapshot.position));
 * // later
 * unsubscribe();
 * watch.stop();
 */
export interface QueueWatch {
  /** How things stand; the same object until something changes. */
  readonly snapshot: QueueSnapshot;
  /** Calls the listener with each new snapshot, not with the present one; answers what ends that. */
  subscribe(listener: SnapshotListener): () => void;
  /** Asks the server anew at once, unless it asked to be left alone for a while. */
  refresh(): void;
  /** Ends every timer, request and listener of the watch. The last snapshot stays readable. */
  stop(): void;
}

/** What a watch needs from its client. */
export interface WatchSource {
  readonly queueId: string;
  readonly transport: Transport;
  /** Null: nobody is signed in. */
  readConsumerId(): string | null;
  readEntry(): StoredEntry | null;
  /** One try; what it answers comes back by {@link LiveQueueWatch.takeEntry} before it resolves. */
  askEntry(signal: AbortSignal): Promise<Entry>;
  /** Keeps what the watch has worked out of the entry, and tells every watch of it by {@link LiveQueueWatch.takeEntry}. */
  keepEntry(entry: Entry): void;
  onError(error: StanchionError): void;
  onStop(): void;
}

/** The watch behind {@link QueueWatch}: joins board, entry and session into snapshots. */
export class LiveQueueWatch implements QueueWatch, BoardObserver {
  readonly queueId: string;
  readonly #source: WatchSource;
  readonly #running = new AbortController();
  readonly #listeners = new Set<SnapshotListener>();
  readonly #feed: BoardFeed;
  readonly #departed: DepartedSegment;
  readonly #statusAlarm: Alarm;
  readonly #heldAlarm: Alarm;
  #snapshot: QueueSnapshot;
  #consumerId: string | null;
  #entry: Entry | null = null;
  /** Whether there is an entry is known. */
  #isKnown = false;
  #choice: BoardChoice = noBoard;
  #connection: Connection = "connecting";
  #boardError: StanchionError | null = null;
  #statusError: StanchionError | null = null;
  #firstPosition: number | null = null;
  #shownPosition: number | null = null;
  #movement: Movement = noMovement;
  #isAsking = false;
  #isTurn = false;
  /** How often the status was asked for in vain since the turn came or the admission ended. */
  #asks = 0;
  #statusFailures = 0;
  #notBeforeMs = 0;
  #wokenAtMs = Number.NEGATIVE_INFINITY;

  constructor(source: WatchSource) {
    const { queueId, transport } = source;
    this.queueId = queueId;
    this.#source = source;
    this.#feed = new BoardFeed(transport, queueId, this);
    this.#departed = new DepartedSegment(transport, queueId, () => this.#takePlace());
    this.#statusAlarm = new Alarm(transport.surroundings);
    this.#heldAlarm = new Alarm(transport.surroundings);
    this.#consumerId = source.readConsumerId();
    this.#snapshot = this.#compose();
    this.#load(0);
  }

  get snapshot(): QueueSnapshot {
    return this.#snapshot;
  }

  subscribe(listener: SnapshotListener): () => void {
    // A listener of its own, so that one function can be subscribed twice.
    const own: SnapshotListener = (snapshot) => listener(snapshot);
    if (!this.#isStopped) this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  refresh(): void {
    if (this.#isStopped) return;
    this.#feed.refresh();
    if (this.#consumerId !== null) this.#askIn(0);
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#running.abort();
    this.#feed.stop();
    this.#departed.clear();
    this.#statusAlarm.clear();
    this.#heldAlarm.clear();
    this.#listeners.clear();
    this.#source.onStop();
  }

  /** The page woke up: what may have stood still is asked for anew, once for several signs of it. */
  wake(): void {
    const nowMs = this.#now();
    if (this.#isStopped || nowMs - this.#wokenAtMs < wakeEveryMs) return;
    this.#wokenAtMs = nowMs;
    this.#feed.refresh();
    if (!this.#isKnown || isLive(this.#entry)) this.#askIn(0);
  }

  /** Takes the entry that an answer, or another tab, has told; null: there is none. */
  takeEntry(entry: Entry | null): void {
    if (this.#isStopped) return;
    if (entry?.entryId !== this.#entry?.entryId) this.#forgetPlace();
    if (entry?.status !== this.#entry?.status) this.#asks = 0;
    this.#entry = entry;
    this.#isKnown = true;
    this.#statusError = null;
    this.#statusFailures = 0;
    const times = entry?.admission ? readAdmissionTokenTimes(entry.admission.token) : null;
    if (times !== null) this.#source.transport.clock.observe(times.issuedAtMs);
    this.#takePlace();
    // While it is being asked for, what comes next is planned after the answer.
    if (!this.#isAsking) this.#planStatus();
  }

  /** Somebody else is signed in, or nobody; `isNew` consumers have no entry yet. */
  takeSession(consumerId: string | null, isNew: boolean): void {
    if (this.#isStopped || consumerId === this.#consumerId) return;
    this.#consumerId = consumerId;
    if (consumerId === null || isNew) {
      this.takeEntry(null);
      return;
    }
    this.#entry = null;
    this.#isKnown = false;
    this.#forgetPlace();
    this.#load(otherTabMs);
  }

  takeBoard(board: Board, isFresh: boolean): void {
    const before = this.#choice.board;
    const nowMs = this.#now();
    this.#choice = chooseBoard(this.#choice, board, nowMs);
    const heldMs = heldForMs(this.#choice, nowMs);
    if (heldMs === null) this.#heldAlarm.clear();
    else if (!this.#heldAlarm.isSet) this.#heldAlarm.set(heldMs, () => this.#takeHeldBoard());
    const chosen = this.#choice.board;
    if (chosen === null || chosen === before) return;
    if (before !== null && chosen.version < before.version) {
      this.#departed.clear();
      this.#movement = noMovement;
    }
    if (isFresh) this.#source.transport.clock.observe(Date.parse(chosen.asOf));
    this.#observeMovement(chosen);
    this.#takePlace();
  }

  takeConnection(connection: Connection): void {
    this.#connection = connection;
    this.#emit();
  }

  takeBoardError(error: StanchionError | null): void {
    const isMaintenanceOver = error === null && this.#boardError?.code === "MAINTENANCE";
    this.#boardError = error;
    // The time that maintenance took was given back.
    if (isMaintenanceOver && this.#entry?.status === "ADMITTED") this.#askIn(0);
    if (error !== null) this.#source.onError(error);
    this.#emit();
  }

  get #isStopped(): boolean {
    return this.#running.signal.aborted;
  }

  #now(): number {
    return this.#source.transport.surroundings.now();
  }

  /** Starts from what is stored; asks the server only where that is not enough. */
  #load(askInMs: number): void {
    const stored = this.#source.readEntry();
    if (stored === null && this.#consumerId !== null) {
      this.#feed.start();
      this.#askIn(askInMs);
      this.#emit();
      return;
    }
    this.takeEntry(stored?.entry ?? null);
    if (stored === null) return;
    this.#firstPosition = stored.firstPosition ?? this.#firstPosition;
    this.#emit();
    // Waiting is told by the board; everything else may have changed while nobody looked.
    if (stored.entry.status !== "QUEUED") this.#askIn(askInMs);
  }

  #forgetPlace(): void {
    this.#departed.clear();
    this.#firstPosition = null;
    this.#shownPosition = null;
    this.#movement = noMovement;
    this.#isTurn = false;
    this.#asks = 0;
  }

  #takeHeldBoard(): void {
    const { held } = this.#choice;
    if (held !== null) this.takeBoard(held.board, false);
  }

  #observeMovement(board: Board): void {
    const rank = rankOn(board, this.#entry);
    if (rank === null || board.status === "PAUSED") {
      this.#movement = noMovement;
      return;
    }
    // Without the own segment's bits: they come late and at once, which would look like speed.
    const passed = board.nowServing + departedBefore(board, rank, null);
    this.#movement = observeMovement(this.#movement, this.#now(), passed);
  }

  /** Works out from entry, board and bits where the fan stands, and what must be asked for. */
  #takePlace(): void {
    const entry = this.#entry;
    const { board } = this.#choice;
    const isWaiting = entry?.status === "QUEUED";
    const rank = rankOn(board, entry);
    if (isWaiting) this.#lowerPosition(entry, rank);
    if (isWaiting && board !== null) this.#drawRank(entry, board);
    if (board !== null && rank !== null) this.#departed.follow(board, rank);
    if (!isWaiting) this.#departed.clear();
    if (this.#isKnown && !isBoardOfUse(entry, board)) this.#feed.stop();
    else this.#feed.start();
    const isTurn = isWaiting && board !== null && hasTurnCome(board, entry, this.#departed.bits);
    const hasCome = isTurn && !this.#isTurn;
    this.#isTurn = isTurn;
    if (hasCome) {
      this.#asks = 0;
      if (!this.#isAsking) this.#planStatus();
    }
    this.#emit();
  }

  /** The order was drawn: everybody works out the own rank, so that not all ask for it at once. */
  #drawRank(entry: Entry, board: Board): void {
    const { shuffle } = board;
    if (entry.rank !== null || !shuffle) return;
    import("./shuffle.ts").then(
      ({ placeIn }) => {
        if (entry === this.#entry)
          this.#source.keepEntry({ ...entry, ...placeIn(board, shuffle, entry.ticket) });
      },
      // It comes with the next board, or a status tells the rank.
      () => {},
    );
  }

  /** People leave and are served; nobody comes in before: a higher number is an older one. */
  #lowerPosition(entry: Entry, rank: number | null): void {
    const { board } = this.#choice;
    const known = [this.#shownPosition, entry.position];
    if (board !== null && rank !== null) known.push(positionOf(board, rank, this.#departed.bits));
    const positions = known.filter((position) => position !== null);
    if (positions.length === 0) return;
    this.#shownPosition = Math.min(...positions);
    this.#firstPosition ??= this.#shownPosition;
  }

  #planStatus(): void {
    const delayMs = this.#statusDelayMs();
    if (delayMs === null) this.#statusAlarm.clear();
    else this.#askIn(delayMs);
  }

  /** When to ask for the entry next, in ms; null: nothing will change by itself. */
  #statusDelayMs(): number | null {
    const { random } = this.#source.transport.surroundings;
    const entry = this.#entry;
    if (this.#consumerId === null) return null;
    if (this.#statusError !== null) {
      const backoff = backoffMs(this.#statusFailures - 1, random);
      return this.#statusError.retryable ? backoff : refusedStatusMs * (0.75 + random() / 2);
    }
    if (!this.#isKnown) return otherTabMs;
    if (entry?.status === "QUEUED")
      return waitingStatusMs(this.#choice.board, this.#isTurn, this.#asks, random);
    if (entry?.status !== "ADMITTED") return null;
    return admittedStatusMs(entry, this.#source.transport.clock.now(), this.#asks, random);
  }

  #askIn(delayMs: number): void {
    const leftAloneMs = this.#notBeforeMs - this.#now();
    this.#statusAlarm.set(Math.max(delayMs, leftAloneMs), () => this.#askStatus());
  }

  async #askStatus(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const statusBefore = this.#entry?.status;
    try {
      await this.#source.askEntry(this.#running.signal);
      this.#takeStatusAnswer(statusBefore);
    } catch (error) {
      if (this.#isStopped) return;
      if (hasCode(error, "NOT_IN_QUEUE")) this.#takeStatusAnswer(statusBefore);
      else this.#takeStatusFailure(error);
    } finally {
      this.#isAsking = false;
    }
    if (this.#isStopped) return;
    this.#planStatus();
    this.#emit();
  }

  #takeStatusAnswer(statusBefore: Entry["status"] | undefined): void {
    this.#statusError = null;
    this.#statusFailures = 0;
    const isUnchanged = this.#entry?.status === statusBefore;
    const endsAtMs = Date.parse(this.#entry?.admission?.expiresAt ?? "");
    const hasEnded = this.#source.transport.clock.now() >= endsAtMs;
    if (isUnchanged && (this.#isTurn || hasEnded)) this.#asks += 1;
  }

  #takeStatusFailure(error: unknown): void {
    if (!(error instanceof StanchionError)) throw error;
    this.#statusError = error;
    this.#statusFailures += 1;
    this.#notBeforeMs = this.#now() + demandedWaitMs(error);
    this.#source.onError(error);
  }

  #emit(): void {
    if (this.#isStopped) return;
    const next = this.#compose();
    const names = Object.keys(next) as (keyof QueueSnapshot)[];
    if (names.every((name) => Object.is(next[name], this.#snapshot[name]))) return;
    this.#snapshot = next;
    for (const listener of [...this.#listeners]) callListener(listener, next);
  }

  #compose(): QueueSnapshot {
    const entry = this.#entry;
    const { board } = this.#choice;
    const position = entry?.status === "QUEUED" ? this.#shownPosition : null;
    const isPlaced = entry !== null && position !== null;
    return {
      queueId: this.queueId,
      phase: entry === null ? (this.#isKnown ? "outside" : "loading") : phases[entry.status],
      connection: this.#connection,
      queueStatus: board?.status ?? null,
      board,
      entry,
      position,
      ahead: position === null ? null : position - 1,
      estimatedWaitSeconds: isPlaced ? estimateWaitSeconds(board, entry, position, this.#movement) : null,
      progress: position === null ? null : progressFrom(this.#firstPosition ?? position, position),
      admission: entry?.status === "ADMITTED" ? (entry.admission ?? null) : null,
      clockOffsetMs: this.#source.transport.clock.offsetMs,
      error: this.#statusError ?? this.#boardError,
    };
  }
}

/** The rank of who waits, once the board counts by ranks; before the opening, and before the order is drawn, it counts by tickets. */
function rankOn(board: Board | null, entry: Entry | null): number | null {
  if (board === null || board.status === "SCHEDULED" || board.status === "DRAWING") return null;
  return entry?.status === "QUEUED" ? entry.rank : null;
}

/** Can the entry still change by itself? */
function isLive(entry: Entry | null): boolean {
  return entry?.status === "QUEUED" || entry?.status === "ADMITTED";
}

/** Does the board matter to this fan: for the place, or for joining (again)? */
function isBoardOfUse(entry: Entry | null, board: Board | null): boolean {
  if (entry?.status === "LEFT" || entry?.status === "EXPIRED") return board?.status !== "CLOSED";
  return entry === null || isLive(entry);
}

function progressFrom(firstPosition: number, position: number): number {
  return firstPosition <= 1 ? 1 : Math.max(0, (firstPosition - position) / (firstPosition - 1));
}

/** A listener that throws is the page's fault: it is reported there and does not stop the watch. */
export function callListener<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
