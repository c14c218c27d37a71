import type { Board, Entry, PublicQueue } from "@stanchion/contract";
import { isBoard, isEntry, isPublicQueue } from "./answers.ts";
import type { SessionKeeper } from "./auth.ts";
import { listenToPage } from "./page-events.ts";
import { callListener, LiveQueueWatch, type QueueWatch, type SnapshotListener } from "./queue-watch.ts";
import { randomId } from "./random-id.ts";
import type { SessionStore } from "./session-store.ts";
import { hasCode, type StanchionError } from "./stanchion-error.ts";
import { type ApiRequest, queuePath, type Transport } from "./transport.ts";

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, also while it waits between tries: it throws ABORTED. */
  readonly signal?: AbortSignal | undefined;
}

/** What a write takes. */
export interface WriteOptions extends CallOptions {
  /** 1 to 255 visible ASCII characters; the same key within 24 hours is the same call. Random by default. */
  readonly idempotencyKey?: string | undefined;
}

/** What `enter` takes. */
export interface EnterOptions extends WriteOptions {
  /** Waits until the queue opens instead of throwing QUEUE_NOT_OPEN. */
  readonly waitForOpening?: boolean | undefined;
}

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
   * Follows one's place in a queue until the watch is stopped. Makes no session and never throws. `onChange` gets the
   * first snapshot too, a moment after the call.
   *
   * @example
   * const watch = stanchion.queues.watch(queueId, { onChange: ({ phase, position }) => show(phase, position) });
   */
  watch(queueId: string, options?: { readonly onChange?: SnapshotListener | undefined }): QueueWatch;
}

/** The queues as one client sees them: sends the calls, keeps the entries, and tells the watches. */
export class QueueDesk implements Queues {
  readonly #transport: Transport;
  readonly #store: SessionStore;
  readonly #sessions: SessionKeeper;
  readonly #readFingerprint: () => string | null;
  readonly #onError: (error: StanchionError) => void;
  readonly #watches = new Set<LiveQueueWatch>();
  /** How often each queue's entry was told: an answer that was asked for before the last is out of date. */
  readonly #tellings = new Map<string, number>();
  #stopListening: (() => void) | null = null;

  constructor(
    transport: Transport,
    store: SessionStore,
    sessions: SessionKeeper,
    readFingerprint: () => string | null,
    onError: (error: StanchionError) => void,
  ) {
    this.#transport = transport;
    this.#store = store;
    this.#sessions = sessions;
    this.#readFingerprint = readFingerprint;
    this.#onError = onError;
  }

  async get(queueId: string, options: CallOptions = {}): Promise<PublicQueue> {
    return this.#transport.call({ path: queuePath(queueId), signal: options.signal }, isPublicQueue);
  }

  async enter(queueId: string, options: EnterOptions = {}): Promise<Entry> {
    const { signal, waitForOpening } = options;
    const request = { ...this.#writeOf(queueId, "enter", options), waitForOpening };
    if (this.#sessions.session() === null) await this.#sessions.guest(signal ? { signal } : {});
    const entry = await this.#callAs(request).catch((error) => {
      if (!hasCode(error, "ALREADY_IN_QUEUE")) throw error;
      // The details are the entry.
      const { details } = error;
      if (!isEntry(details)) throw error;
      return details;
    });
    return this.#tell(entry);
  }

  status(queueId: string, options: CallOptions = {}): Promise<Entry> {
    return this.#askEntry(queueId, { signal: options.signal });
  }

  async leave(queueId: string, options: WriteOptions = {}): Promise<Entry> {
    const entry = await this.#callAs(this.#writeOf(queueId, "leave", options)).catch((error) => {
      if (hasCode(error, "NOT_IN_QUEUE")) this.#tellNone(queueId);
      throw error;
    });
    return this.#tell(entry);
  }

  async board(queueId: string, options: CallOptions = {}): Promise<Board> {
    const path = queuePath(queueId, "now-serving");
    return this.#transport.call({ path, isPublic: true, signal: options.signal }, isBoard);
  }

  watch(queueId: string, options: { readonly onChange?: SnapshotListener | undefined } = {}): QueueWatch {
    this.#stopListening ??= listenToPage({
      onWake: () => this.#wakeWatches(),
      onStorage: (key) => this.#takeStorageChange(key),
    });
    const watch: LiveQueueWatch = new LiveQueueWatch({
      queueId,
      transport: this.#transport,
      readConsumerId: () => this.#sessions.session()?.consumerId ?? null,
      readEntry: () => this.#store.readEntry(queueId),
      askEntry: (signal) => this.#askEntry(queueId, { signal, triesMax: 1 }),
      keepEntry: (entry) => void this.#tell(entry),
      onError: (error) => callListener(this.#onError, error),
      onStop: () => this.#forgetWatch(watch),
    });
    this.#watches.add(watch);
    const { onChange } = options;
    if (onChange !== undefined) startListener(watch, onChange);
    return watch;
  }

  /** The session was made or has ended in this tab. */
  takeSessionChange(isNew: boolean): void {
    const consumerId = this.#sessions.session()?.consumerId ?? null;
    for (const watch of [...this.#watches]) watch.takeSession(consumerId, isNew);
  }

  async #askEntry(
    queueId: string,
    options: { readonly signal?: AbortSignal | undefined; readonly triesMax?: number },
  ): Promise<Entry> {
    const telling = this.#tellings.get(queueId);
    const isNewest = (): boolean => this.#tellings.get(queueId) === telling;
    const stored = this.#store.readEntry(queueId)?.entry;
    // A place that is over is no help: the fan may have a new one, from another device.
    const isHelpful = stored?.status === "QUEUED" || stored?.status === "ADMITTED";
    const headers: Record<string, string> = isHelpful ? { "X-Line-Token": stored.lineToken } : {};
    try {
      const entry = await this.#callAs({ path: queuePath(queueId, "status"), headers, ...options });
      return isNewest() ? this.#tell(entry) : entry;
    } catch (error) {
      if (hasCode(error, "NOT_IN_QUEUE") && isNewest()) this.#tellNone(queueId);
      throw error;
    }
  }

  #writeOf(queueId: string, verb: "enter" | "leave", options: WriteOptions): ApiRequest {
    const headers = { "Idempotency-Key": options.idempotencyKey ?? randomId() };
    return { method: "POST", path: queuePath(queueId, verb), headers, signal: options.signal };
  }

  #callAs(request: ApiRequest): Promise<Entry> {
    const fingerprint = this.#readFingerprint();
    const device: Record<string, string> = fingerprint === null ? {} : { "X-Fingerprint": fingerprint };
    return this.#sessions.callAs((credential) => {
      const headers = { ...request.headers, ...device, ...credential };
      return this.#transport.call({ ...request, headers }, isEntry);
    }, request.signal);
  }

  /** Keeps what was told of an entry, passes it on and answers it. */
  #tell(told: Entry): Entry {
    // Whoever signed in meanwhile does not get the place of the one before.
    if (told.consumerId !== this.#sessions.session()?.consumerId) return told;
    const entry = this.#store.writeEntry(told);
    this.#tellWatches(told.queueId, entry);
    return entry;
  }

  #tellNone(queueId: string): void {
    this.#store.clearEntry(queueId);
    this.#tellWatches(queueId, null);
  }

  #tellWatches(queueId: string, entry: Entry | null): void {
    this.#tellings.set(queueId, (this.#tellings.get(queueId) ?? 0) + 1);
    for (const watch of [...this.#watches]) if (watch.queueId === queueId) watch.takeEntry(entry);
  }

  #takeStorageChange(key: string | null): void {
    if (key === null || key === this.#store.sessionKey) this.takeSessionChange(false);
    for (const queueId of new Set([...this.#watches].map((watch) => watch.queueId))) {
      if (key !== null && key !== this.#store.entryKey(queueId)) continue;
      this.#tellWatches(queueId, this.#store.readEntry(queueId)?.entry ?? null);
    }
  }

  #wakeWatches(): void {
    for (const watch of this.#watches) watch.wake();
  }

  #forgetWatch(watch: LiveQueueWatch): void {
    this.#watches.delete(watch);
    if (this.#watches.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = null;
  }
}

/** Shows the first snapshot too, but not before the caller holds the watch. */
function startListener(watch: QueueWatch, onChange: SnapshotListener): void {
  let hasHeard = false;
  watch.subscribe((snapshot) => {
    hasHeard = true;
    onChange(snapshot);
  });
  queueMicrotask(() => {
    if (!hasHeard) callListener(onChange, watch.snapshot);
  });
}
