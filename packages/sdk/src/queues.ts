import type { Board, Entry, PublicQueue } from "@stanchion/contract";
import { isBoard, isNamed } from "./answers.ts";
import {
  type CallOptions,
  type DeskSurroundings,
  type EnterOptions,
  EntryDesk,
  type WatchOptions,
  type WriteOptions,
} from "./entry-desk.ts";
import { line } from "./line-place.ts";
import type { Watch } from "./live-watch.ts";
import type { QueueSnapshot } from "./snapshot.ts";
import { pathOf, type Transport } from "./transport.ts";

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
export type QueueWatch = Watch<QueueSnapshot>;

/** Lines: joining, leaving, watching. Reached as `stanchion.queues`. */
export interface Queues {
  /**
   * Reads what is public of a queue.
   *
   * @throws {StanchionError} QUEUE_NOT_FOUND, OTHER_ORGANIZATION and what every call can throw.
   * @example
   * const { name, openAt } = await stanchion.queues.get(queueId);
   */
  get(queueId: string, options?: CallOptions): Promise<PublicQueue>;

  /**
   * Joins the line; who is in it already gets the place held. Makes a guest session when there is none at all. A session
   * that the server refuses is dropped and the error thrown: a new guest would be a new place at the end.
   *
   * @throws {StanchionError} QUEUE_NOT_OPEN, QUEUE_FULL, QUEUE_CLOSED, ALREADY_COMPLETED, RESOURCE_RESTRICTED and what
   * every call can throw.
   * @example
   * const entry = await stanchion.queues.enter(queueId, { waitForOpening: true });
   */
  enter(queueId: string, options?: EnterOptions): Promise<Entry>;

  /**
   * Reads one's own entry, whatever its status.
   *
   * @throws {StanchionError} NOT_IN_QUEUE; AUTHENTICATION_REQUIRED when there is no session; what every call can throw.
   * @example
   * const { status, admission } = await stanchion.queues.status(queueId);
   */
  status(queueId: string, options?: CallOptions): Promise<Entry>;

  /**
   * Gives up one's place or admission.
   *
   * @throws {StanchionError} NOT_IN_QUEUE, INVALID_STATE, ALREADY_COMPLETED, ADMISSION_EXPIRED; AUTHENTICATION_REQUIRED
   * when there is no session; what every call can throw.
   * @example
   * await stanchion.queues.leave(queueId);
   */
  leave(queueId: string, options?: WriteOptions): Promise<Entry>;

  /**
   * Reads the board of the line, the same for everybody.
   *
   * @throws {StanchionError} QUEUE_NOT_FOUND and what every call can throw.
   * @example
   * const { nowServing, waiting } = await stanchion.queues.board(queueId);
   */
  board(queueId: string, options?: CallOptions): Promise<Board>;

  /**
   * Follows one's place in a queue until the watch is stopped. Makes no session and never throws.
   *
   * @example
   * const watch = stanchion.queues.watch(queueId, { onChange: ({ phase, position }) => show(phase, position) });
   */
  watch(queueId: string, options?: WatchOptions<QueueSnapshot>): QueueWatch;
}

/** The queues as one client sees them. */
export class QueueDesk extends EntryDesk<Entry, Board, QueueSnapshot> implements Queues {
  readonly #transport: Transport;

  constructor(around: DeskSurroundings) {
    super(around, line);
    this.#transport = around.transport;
  }

  async get(queueId: string, { signal }: CallOptions = {}): Promise<PublicQueue> {
    return this.#transport.call({ path: pathOf("queue", queueId), signal }, isNamed<PublicQueue>);
  }

  async board(queueId: string, { signal }: CallOptions = {}): Promise<Board> {
    const path = pathOf("queue", queueId, "/now-serving");
    return this.#transport.call({ path, isPublic: true, signal }, isBoard);
  }
}
