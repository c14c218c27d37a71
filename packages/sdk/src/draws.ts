import type { DrawEntry, DrawEntryProof, DrawNews, PublicDraw } from "@stanchion/contract";
import { hasMembers, isNamed } from "./answers.ts";
import { draw } from "./draw-place.ts";
import {
  type CallOptions,
  type DeskSurroundings,
  type EnterOptions,
  EntryDesk,
  type WatchOptions,
  type WriteOptions,
} from "./entry-desk.ts";
import type { Watch } from "./live-watch.ts";
import type { DrawSnapshot } from "./snapshot.ts";
import { requireText } from "./stanchion-error.ts";
import { pathOf, type Transport } from "./transport.ts";

/**
 * Keeps one fan's part in one draw up to date until it is stopped. Failures stand in the snapshot; nothing throws.
 *
 * @example
 * const watch = stanchion.draws.watch(drawId);
 * const unsubscribe = watch.subscribe((snapshot) => show(snapshot.phase, snapshot.draw?.drawAt));
 * // later
 * unsubscribe();
 * watch.stop();
 */
export type DrawWatch = Watch<DrawSnapshot>;

/** Draws: entering, leaving, hearing of the result. Reached as `stanchion.draws`. */
export interface Draws {
  /**
   * Reads what is public of a draw: its name, its times and its rules.
   *
   * @throws {StanchionError} DRAW_NOT_FOUND, OTHER_ORGANIZATION and what every call can throw.
   * @example
   * const { name, closeAt, drawAt, winnerCount } = await stanchion.draws.get(drawId);
   */
  get(drawId: string, options?: CallOptions): Promise<PublicDraw>;

  /**
   * Enters the draw; who is in it already gets the entry held. Makes a guest session when there is none at all. A session
   * that the server refuses is dropped and the error thrown: a new guest would be another entrant.
   *
   * @throws {StanchionError} DRAW_NOT_OPEN, DRAW_FULL, DRAW_CLOSED, RESOURCE_RESTRICTED and what every call can throw.
   * @example
   * const { number, receipt } = await stanchion.draws.enter(drawId, { waitForOpening: true });
   */
  enter(drawId: string, options?: EnterOptions): Promise<DrawEntry>;

  /**
   * Reads one's own entry, whatever its status.
   *
   * @throws {StanchionError} NOT_IN_DRAW; AUTHENTICATION_REQUIRED when there is no session; what every call can throw.
   * @example
   * const { status, admission } = await stanchion.draws.status(drawId);
   */
  status(drawId: string, options?: CallOptions): Promise<DrawEntry>;

  /**
   * Leaves the draw before its list is fixed, or gives up what was won in it.
   *
   * @throws {StanchionError} NOT_IN_DRAW, INVALID_STATE, ALREADY_COMPLETED, ADMISSION_EXPIRED; AUTHENTICATION_REQUIRED
   * when there is no session; what every call can throw.
   * @example
   * await stanchion.draws.leave(drawId);
   */
  leave(drawId: string, options?: WriteOptions): Promise<DrawEntry>;

  /**
   * Reads an entry's leaf in the list that was drawn, and its way to the root that the draw's proof shows.
   *
   * @throws {StanchionError} INVALID_STATE before the list is fixed, ENTRY_NOT_FOUND, DRAW_NOT_FOUND and what every call
   * can throw.
   * @example
   * const { leaf, index } = await stanchion.draws.entryProof(drawId, entryId);
   */
  entryProof(drawId: string, entryId: string, options?: CallOptions): Promise<DrawEntryProof>;

  /**
   * Follows one's part in a draw, from before its opening to the purchase, until the watch is stopped. Makes no session
   * and never throws.
   *
   * @example
   * const watch = stanchion.draws.watch(drawId, { onChange: ({ phase, admission }) => show(phase, admission) });
   */
  watch(drawId: string, options?: WatchOptions<DrawSnapshot>): DrawWatch;
}

/** The draws as one client sees them. */
export class DrawDesk extends EntryDesk<DrawEntry, DrawNews, DrawSnapshot> implements Draws {
  readonly #transport: Transport;

  constructor(around: DeskSurroundings) {
    super(around, draw);
    this.#transport = around.transport;
  }

  async get(drawId: string, { signal }: CallOptions = {}): Promise<PublicDraw> {
    return this.#transport.call({ path: pathOf("draw", drawId), signal }, isNamed<PublicDraw>);
  }

  async entryProof(drawId: string, entryId: string, { signal }: CallOptions = {}): Promise<DrawEntryProof> {
    const entry = encodeURIComponent(requireText("entryId", entryId));
    const path = pathOf("draw", drawId, `/proof/entries/${entry}`);
    return this.#transport.call({ path, isPublic: true, signal }, isEntryProof);
  }
}

function isEntryProof(body: unknown): body is DrawEntryProof {
  return hasMembers(body, "string", "leaf") && Array.isArray(Object(body).path);
}
