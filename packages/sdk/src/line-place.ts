import type { Board, Entry, EntryStatus } from "@stanchion/contract";
import { Alarm } from "./alarm.ts";
import { isBoard } from "./answers.ts";
import type { DepartedSegment } from "./departed-segment.ts";
import type { Mechanism, Place, PlaceHost, Standing } from "./place.ts";
import { backoffMs, demandedWaitMs } from "./retry.ts";
import type { StoredEntry } from "./session-store.ts";
import { inSmallLetters } from "./small-letters.ts";
import type { QueuePhase, QueueSnapshot } from "./snapshot.ts";
import { StanchionError } from "./stanchion-error.ts";
import { admittedStatusMs, hasTurnCome, waitingStatusMs } from "./status-plan.ts";
import { pathOf } from "./transport.ts";
import type { Movement } from "./wait-estimate.ts";

type Detail = typeof import("./line-detail.ts");

/** A line: its board, and the places in it. */
export const line: Mechanism<Entry, Board, QueueSnapshot> = {
  noun: "queue",
  waitingStatus: "QUEUED",
  topicOf: (id) => ({
    event: "board",
    pollMsMin: 2_000,
    streamRequest: () => ({ path: pathOf("queue", id, "/stream") }),
    pollRequest: () => ({ path: pathOf("queue", id, "/now-serving"), isPublic: true }),
    read: (body) => (isBoard(body) ? body : null),
  }),
  placeIn: (host) => new LinePlace(host),
};

/** A place in a line: a position that only falls, worked out from the board. */
class LinePlace implements Place<Entry, Board, QueueSnapshot> {
  readonly #host: PlaceHost<Entry>;
  /** Null until somebody waits in a line that moves. */
  #detail: Detail | null = null;
  #departed: DepartedSegment | null = null;
  #entry: Entry | null = null;
  #firstPosition: number | null = null;
  #shownPosition: number | null = null;
  /** Null: none was seen. */
  #movement: Movement | null = null;

  constructor(host: PlaceHost<Entry>) {
    this.#host = host;
  }

  forget(): void {
    this.#departed?.clear();
    this.#firstPosition = null;
    this.#shownPosition = null;
    this.#movement = null;
  }

  restore({ firstPosition }: StoredEntry<Entry>): void {
    this.#firstPosition = firstPosition ?? this.#firstPosition;
  }

  note(entry: Entry | null, board: Board, isBack: boolean): void {
    if (isBack) this.#departed?.clear();
    const rank = rankOn(board, entry);
    const isStill = rank === null || board.status === "PAUSED";
    if (isBack || isStill) this.#movement = null;
    if (isStill || this.#detail === null) return;
    const { now } = this.#host.transport.surroundings;
    this.#movement = this.#detail.observeMovement(this.#movement, now(), board, rank);
  }

  settle(entry: Entry | null, board: Board | null): boolean {
    this.#entry = entry;
    const isWaiting = entry?.status === "QUEUED";
    const rank = rankOn(board, entry);
    if (!isWaiting) this.#departed?.clear();
    else this.#lowerPosition(entry, board, rank);
    if (!isWaiting || board === null) return false;
    this.#drawRank(entry, board);
    if (rank === null) return hasTurnCome(board, entry);
    this.#departed?.follow(board, rank);
    if (this.#detail === null) this.#loadDetail(board);
    return hasTurnCome(board, entry) || !!this.#detail?.hasDeparted(board, rank, this.#bits);
  }

  isLive(entry: Entry | null): boolean {
    return entry?.status === "QUEUED" || entry?.status === "ADMITTED";
  }

  isNewsOfUse(entry: Entry | null, board: Board | null): boolean {
    if (entry?.status === "LEFT" || entry?.status === "EXPIRED") return board?.status !== "CLOSED";
    return entry === null || this.isLive(entry);
  }

  statusDelayMs(entry: Entry, board: Board | null, isDue: boolean, asks: number): number | null {
    const { surroundings, clock } = this.#host.transport;
    if (entry.status === "QUEUED") return waitingStatusMs(board, isDue, asks, surroundings.random);
    if (entry.status !== "ADMITTED") return null;
    return admittedStatusMs(entry.admission, clock.now(), asks, surroundings.random);
  }

  compose({ entry, isKnown, news: board, ...shared }: Standing<Entry, Board>): QueueSnapshot {
    const position = entry?.status === "QUEUED" ? this.#shownPosition : null;
    const isPlaced = entry !== null && position !== null;
    const estimate = (of: Entry, at: number): number | null =>
      board === null
        ? of.estimatedWaitSeconds
        : (this.#detail?.estimateWaitSeconds(board, of, at, this.#movement) ?? null);
    return {
      ...shared,
      queueId: this.#host.id,
      phase: entry === null ? (isKnown ? "outside" : "loading") : phaseOf(entry.status),
      queueStatus: board?.status ?? null,
      board,
      entry,
      position,
      ahead: position === null ? null : position - 1,
      estimatedWaitSeconds: isPlaced ? estimate(entry, position) : null,
      estimatedWaitFactor: this.#movement?.factor ?? 2,
      progress: position === null ? null : progressFrom(this.#firstPosition ?? position, position),
      admission: entry?.status === "ADMITTED" ? (entry.admission ?? null) : null,
    };
  }

  /** People leave and are served; nobody comes in before: a higher number is an older one. */
  #lowerPosition(entry: Entry, board: Board | null, rank: number | null): void {
    const known = [this.#shownPosition, entry.position];
    if (board !== null && rank !== null) known.push(this.#positionOn(board, rank));
    const positions = known.filter((position) => position !== null);
    if (positions.length === 0) return;
    this.#shownPosition = Math.min(...positions);
    this.#firstPosition ??= this.#shownPosition;
  }

  #positionOn(board: Board, rank: number): number {
    return this.#detail?.positionOf(board, rank, this.#bits) ?? Math.max(1, rank - board.nowServing);
  }

  get #bits(): DepartedSegment["bits"] {
    return this.#departed?.bits ?? null;
  }

  #loadDetail(board: Board): void {
    const { id, transport, onChange } = this.#host;
    import("./line-detail.ts").then(
      (detail) => {
        if (this.#detail !== null) return;
        this.#detail = detail;
        this.#departed = new detail.DepartedSegment({
          transport,
          alarm: new Alarm(transport.surroundings),
          path: (segment) => pathOf("queue", id, `/departed/${segment}`),
          waitAfterMs: (error, failures) =>
            Math.max(
              error instanceof StanchionError ? demandedWaitMs(error) : 0,
              backoffMs(failures, transport.surroundings.random),
            ),
          onBits: onChange,
        });
        this.note(this.#entry, board, false);
        onChange();
      },
      // It is tried again with the next board.
      () => {},
    );
  }

  /** The order was drawn: everybody works out the own rank, so that not all ask for it at once. */
  #drawRank(entry: Entry, board: Board): void {
    const { shuffle } = board;
    if (entry.rank !== null || !shuffle) return;
    import("./shuffle.ts").then(
      ({ placeIn }) => {
        if (entry === this.#entry)
          this.#host.keepEntry({ ...entry, ...placeIn(board, shuffle, entry.ticket) });
      },
      // It comes with the next board, or a status tells the rank.
      () => {},
    );
  }
}

/** The rank of who waits, once the board counts by ranks; before the opening, and before the order is drawn, it counts by tickets. */
function rankOn(board: Board | null, entry: Entry | null): number | null {
  if (board === null || board.status === "SCHEDULED" || board.status === "DRAWING") return null;
  return entry?.status === "QUEUED" ? entry.rank : null;
}

function progressFrom(firstPosition: number, position: number): number {
  return firstPosition <= 1 ? 1 : Math.max(0, (firstPosition - position) / (firstPosition - 1));
}

function phaseOf(status: EntryStatus): QueuePhase {
  return status === "QUEUED" ? "waiting" : inSmallLetters(status);
}
