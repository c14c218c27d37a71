import { type Board, bytesFromUuid, encodeId, limits, type QueueStatus } from "@stanchion/contract";
import { createDepartures, segmentOf } from "./departures.ts";
import { type LinePace, paceOf } from "./line-pace.ts";
import type { LineRow } from "./line-store.ts";
import { type QueueSchedule, queueStatus } from "./queue.ts";

/** Of fewer admissions that have ended nothing is said of how many come free. */
const endedMin = 20;

/** One line as this process knows it, a fraction of a second old: enough to answer boards and positions without the database. */
export class LineView implements QueueSchedule {
  readonly queueId: string;
  /** The id on the wire. */
  readonly wireId: string;
  readonly queueBytes: Uint8Array;
  row: LineRow;
  /** When the row was read, by this process's clock. */
  readAtMs: number;
  /** When somebody last asked for it. */
  usedAtMs: number;
  /** The turn of reading at which the row was taken; kept by who reads. */
  takenTurn = 0;
  private readonly departures = createDepartures();
  private departuresSeen = 0;
  private serving = 0;
  private clockOffsetMs = 0;
  private board: {
    readonly version: number;
    readonly atMs: number;
    readonly status: QueueStatus;
    readonly body: string;
  } | null = null;

  /** The rank of each ticket of those who came before the opening, less one; null where there is none, or not yet. */
  private readonly ranks: Uint32Array | null;

  /** `departed`: the tickets of all who have. */
  constructor(row: LineRow, departed: readonly number[], readAtMs: number, ranks: Uint32Array | null = null) {
    this.ranks = ranks;
    this.queueId = row.queueId;
    this.wireId = encodeId("queue", row.queueId);
    this.queueBytes = bytesFromUuid(row.queueId);
    this.row = row;
    this.readAtMs = readAtMs;
    this.usedAtMs = readAtMs;
    this.apply(row, departed, readAtMs);
  }

  /** Is this row older than what is known, as after a failover to an older timeline? Then the line is to be read anew. */
  isOlder(row: LineRow): boolean {
    const known = this.row;
    return (
      row.lastTicket < known.lastTicket ||
      row.departed < known.departed ||
      row.nowServing < known.nowServing ||
      row.controlVersion < known.controlVersion ||
      row.stockVersion < known.stockVersion ||
      (row.shuffleSeed === null && known.shuffleSeed !== null)
    );
  }

  /** Whether nobody has a rank yet: the order is yet to be drawn, or this process does not know it. */
  get isUndrawn(): boolean {
    return this.row.shuffleBeforeOpen && this.ranks === null;
  }

  /** Null until the order is drawn. */
  rankOf(ticket: number): number | null {
    if (this.isUndrawn) return null;
    const place = this.ranks?.[ticket - 1];
    return place === undefined ? ticket : place + 1;
  }

  get seenDepartures(): number {
    return this.departuresSeen;
  }

  /** Takes a newer row, with the tickets that departed since the last one. */
  apply(row: LineRow, departed: readonly number[], readAtMs: number): void {
    this.row = row;
    this.readAtMs = readAtMs;
    this.clockOffsetMs = row.databaseNowMs - readAtMs;
    this.departuresSeen = row.departed;
    if (this.isUndrawn) return;
    for (const ticket of departed) this.departures.add(this.rankOf(ticket) ?? 0);
    this.serving = Math.max(this.serving, row.nowServing);
    // The controller moves the serving rank only as it ticks; those who have left in front of it count at once.
    while (this.serving < row.lastTicket && this.departures.has(this.serving + 1)) this.serving += 1;
    this.departures.serveTo(this.serving);
  }

  /** Notes a departure that this process has just written, before it is read back. */
  noteDeparture(ticket: number): void {
    const rank = this.rankOf(ticket);
    if (rank !== null) this.departures.add(rank);
  }

  /** The database's time. */
  nowMs(clockMs: number): number {
    return clockMs + this.clockOffsetMs;
  }

  get version(): number {
    const { lastTicket, departed, controlVersion, stockVersion } = this.row;
    return lastTicket + departed + controlVersion + stockVersion;
  }

  get nowServing(): number {
    return this.serving;
  }

  get waiting(): number {
    const { row } = this;
    if (row.endedTicket !== null) return 0;
    return Math.max(0, row.lastTicket - row.departed - row.admittedInOrder);
  }

  get openAtMs(): number | null {
    return this.row.openAtMs;
  }

  get closeAtMs(): number | null {
    return this.row.closeAtMs;
  }

  get isPaused(): boolean {
    return this.row.isPaused;
  }

  status(clockMs: number): QueueStatus {
    return queueStatus(this, this.nowMs(clockMs));
  }

  isClosed(clockMs: number): boolean {
    return this.status(clockMs) === "CLOSED";
  }

  isEnded(ticket: number): boolean {
    return this.row.endedTicket !== null && ticket <= this.row.endedTicket;
  }

  /** Does this ticket wait, as far as this process knows? Before the order is drawn nobody's does for sure. */
  isWaiting(ticket: number): boolean {
    const rank = this.rankOf(ticket);
    return (
      rank !== null &&
      rank > this.serving &&
      ticket <= this.row.lastTicket &&
      !this.departures.has(rank) &&
      !this.isEnded(ticket)
    );
  }

  /** How many are served before this rank. */
  ahead(rank: number): number {
    return Math.max(0, rank - this.serving - this.departures.countBelow(rank) - 1);
  }

  /** How it moves as things stand; null while nobody is admitted. */
  pace(clockMs: number): LinePace | null {
    return paceOf(this.row, this.nowMs(clockMs));
  }

  /** The board as JSON: one text for everybody, made anew when something changed and once a second for its time. */
  boardBody(clockMs: number): string {
    const status = this.status(clockMs);
    const { board } = this;
    if (
      board !== null &&
      board.version === this.version &&
      board.status === status &&
      this.readAtMs - board.atMs < 1_000
    )
      return board.body;
    const body = JSON.stringify(this.boardOf(clockMs));
    this.board = { version: this.version, atMs: this.readAtMs, status, body };
    return body;
  }

  boardOf(clockMs: number): Board {
    const { row } = this;
    const status = this.status(clockMs);
    const reason = this.reason(status);
    return {
      queueId: this.wireId,
      status,
      version: this.version,
      nowServing: this.serving,
      lastTicket: row.lastTicket,
      waiting: this.waiting,
      admitRate: row.admitRate,
      segment: limits.boardSegmentRanks,
      departed: this.departures.counts(),
      ...this.shuffle(),
      ...(reason === null ? {} : { reason }),
      ...this.stock(),
      asOf: new Date(this.nowMs(this.readAtMs)).toISOString(),
    };
  }

  private shuffle(): Pick<Board, "shuffle"> {
    const { shuffleSeed } = this.row;
    if (this.ranks === null || shuffleSeed === null) return {};
    return { shuffle: { count: this.ranks.length, seed: shuffleSeed.toString("hex") } };
  }

  private stock(): Pick<Board, "stock"> {
    const { stockTotal, stockLeft, stockFree, completedTotal, returnedTotal } = this.row;
    if (stockTotal === null || stockLeft === null || stockFree === null) return {};
    const ended = completedTotal + returnedTotal;
    const returnedPercent = ended < endedMin ? null : Math.round((returnedTotal / ended) * 100);
    const allHeld = stockFree === 0 && stockLeft > 0;
    // Of what there never was enough for one, nothing was sold out.
    const soldOut = stockLeft === 0 && stockTotal > 0;
    return {
      stock: { total: stockTotal, left: stockLeft, free: stockFree, allHeld, soldOut, returnedPercent },
    };
  }

  private reason(status: QueueStatus): NonNullable<Board["reason"]> | null {
    const { row } = this;
    if (row.endedTicket !== null) return row.endedReason ?? "ENDED_BY_OPERATOR";
    if (row.maxAdmissions !== null && row.admittedTotal - row.returnedTotal >= row.maxAdmissions)
      return "ALL_ADMITTED";
    if (row.isPaused) return "PAUSED_BY_OPERATOR";
    return status === "CLOSED" ? "CLOSED" : null;
  }

  /** The bitmap of a segment; null beyond the line's end. */
  segment(index: number): Buffer | null {
    return index > segmentOf(this.row.lastTicket) ? null : this.departures.segment(index);
  }
}
