import { isEntry } from "./answers.ts";
import type { SessionKeeper } from "./auth.ts";
import { callListener, LiveWatch, type Watch } from "./live-watch.ts";
import { listenToPage } from "./page-events.ts";
import type { AnyEntry, Mechanism } from "./place.ts";
import { randomId } from "./random-id.ts";
import type { SessionStore } from "./session-store.ts";
import { hasCode, isMissing, type StanchionError } from "./stanchion-error.ts";
import type { News } from "./topic.ts";
import { type ApiRequest, pathOf, type Transport } from "./transport.ts";

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
  /** Waits until it opens instead of throwing QUEUE_NOT_OPEN or DRAW_NOT_OPEN. */
  readonly waitForOpening?: boolean | undefined;
}

/** What `watch` takes. */
export interface WatchOptions<S> {
  /** Gets the first snapshot too, a moment after the call. */
  readonly onChange?: ((snapshot: S) => void) | undefined;
}

/** What all desks of one client share. */
export interface DeskSurroundings {
  readonly transport: Transport;
  readonly store: SessionStore;
  readonly sessions: SessionKeeper;
  /** What is sent of this device. */
  deviceHeaders(): Readonly<Record<string, string>>;
  /** Hears of what a watch meets in the background. */
  onError(error: StanchionError): void;
}

/** The lines, or the draws, as one client sees them: sends the calls, keeps the entries, and tells the watches. */
export class EntryDesk<E extends AnyEntry, N extends News, S extends object> {
  readonly #around: DeskSurroundings;
  readonly #mechanism: Mechanism<E, N, S>;
  readonly #watches = new Set<LiveWatch<E, N, S>>();
  /** How often each entry was told: an answer that was asked for before the last is out of date. */
  readonly #tellings = new Map<string, number>();
  #stopListening: (() => void) | null = null;

  constructor(around: DeskSurroundings, mechanism: Mechanism<E, N, S>) {
    this.#around = around;
    this.#mechanism = mechanism;
  }

  async enter(id: string, options: EnterOptions = {}): Promise<E> {
    const { signal, waitForOpening } = options;
    const { sessions } = this.#around;
    const request = { ...this.#writeOf(id, "/enter", options), waitForOpening };
    if (sessions.session() === null) await sessions.guest(signal ? { signal } : {});
    const entry = await this.callAs(request).catch((error) => {
      if (!hasCode(error, "ALREADY_IN_QUEUE", "ALREADY_REGISTERED")) throw error;
      // The details are the entry.
      const details: unknown = error.details;
      if (!isEntry<E>(details)) throw error;
      return details;
    });
    return this.#tell(id, entry);
  }

  status(id: string, options: CallOptions = {}): Promise<E> {
    return this.#askEntry(id, { signal: options.signal });
  }

  async leave(id: string, options: WriteOptions = {}): Promise<E> {
    const entry = await this.callAs(this.#writeOf(id, "/leave", options)).catch((error) => {
      if (isMissing(error)) this.#tellNone(id);
      throw error;
    });
    return this.#tell(id, entry);
  }

  watch(id: string, { onChange }: WatchOptions<S> = {}): Watch<S> {
    this.#stopListening ??= listenToPage({
      onWake: () => this.#wakeWatches(),
      onStorage: (key) => this.#takeStorageChange(key),
    });
    const { transport, store, sessions, onError } = this.#around;
    const source = {
      id,
      transport,
      readConsumerId: () => sessions.session()?.consumerId ?? null,
      readEntry: () => store.readEntry<E>(id),
      askEntry: (signal: AbortSignal) => this.#askEntry(id, { signal, triesMax: 1 }),
      keepEntry: (entry: E) => void this.#tell(id, entry),
      onError: (error: StanchionError) => callListener(onError, error),
      onStop: () => this.#forgetWatch(watch),
    };
    const watch: LiveWatch<E, N, S> = new LiveWatch(source, this.#mechanism);
    this.#watches.add(watch);
    if (onChange !== undefined) startListener(watch, onChange);
    return watch;
  }

  /** The session was made or has ended in this tab. */
  takeSessionChange(isNew: boolean): void {
    const consumerId = this.#around.sessions.session()?.consumerId ?? null;
    for (const watch of [...this.#watches]) watch.takeSession(consumerId, isNew);
  }

  async #askEntry(id: string, options: CallOptions & { readonly triesMax?: number }): Promise<E> {
    const telling = this.#tellings.get(id);
    const isNewest = (): boolean => this.#tellings.get(id) === telling;
    const headers = lineTokenOf(this.#around.store.readEntry<E>(id)?.entry);
    try {
      const entry = await this.callAs({ path: this.#path(id, "/status"), headers, ...options });
      return isNewest() ? this.#tell(id, entry) : entry;
    } catch (error) {
      if (isMissing(error) && isNewest()) this.#tellNone(id);
      throw error;
    }
  }

  #path(id: string, verb: string): string {
    return pathOf(this.#mechanism.noun, id, verb);
  }

  #writeOf(id: string, verb: string, options: WriteOptions): ApiRequest {
    const headers = { "Idempotency-Key": options.idempotencyKey ?? randomId() };
    return { method: "POST", path: this.#path(id, verb), headers, signal: options.signal };
  }

  /** Makes a call of the fan who is signed in; for modules of their own beside this one too. */
  callAs<T = E>(request: ApiRequest, isAnswer?: (value: unknown) => value is T): Promise<T>;
  callAs(request: ApiRequest, isAnswer = isEntry<E>): Promise<unknown> {
    const { transport, sessions, deviceHeaders } = this.#around;
    const device = deviceHeaders();
    return sessions.callAs((credential) => {
      const headers = { ...request.headers, ...device, ...credential };
      return transport.call({ ...request, headers }, isAnswer);
    }, request.signal);
  }

  /** Keeps what was told of an entry, passes it on and answers it. */
  #tell(id: string, told: E): E {
    const { store, sessions } = this.#around;
    // Whoever signed in meanwhile does not get the place of the one before.
    if (told.consumerId !== sessions.session()?.consumerId) return told;
    const entry = store.writeEntry(id, told);
    this.#tellWatches(id, entry);
    return entry;
  }

  #tellNone(id: string): void {
    this.#around.store.clearEntry(id);
    this.#tellWatches(id, null);
  }

  #tellWatches(id: string, entry: E | null): void {
    this.#tellings.set(id, (this.#tellings.get(id) ?? 0) + 1);
    for (const watch of [...this.#watches]) if (watch.id === id) watch.takeEntry(entry);
  }

  #takeStorageChange(key: string | null): void {
    const { store } = this.#around;
    if (key === null || key === store.sessionKey) this.takeSessionChange(false);
    for (const id of new Set([...this.#watches].map((watch) => watch.id))) {
      if (key !== null && key !== store.entryKey(id)) continue;
      this.#tellWatches(id, store.readEntry<E>(id)?.entry ?? null);
    }
  }

  #wakeWatches(): void {
    for (const watch of this.#watches) watch.wake();
  }

  #forgetWatch(watch: LiveWatch<E, N, S>): void {
    this.#watches.delete(watch);
    if (this.#watches.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = null;
  }
}

/** What makes the reading of a place in line cheap. One that is over is no help: the fan may have a new one, from another device. */
function lineTokenOf(
  stored: (AnyEntry & { readonly lineToken?: string }) | undefined,
): Record<string, string> {
  const isHelpful = stored?.status === "QUEUED" || stored?.status === "ADMITTED";
  return isHelpful && stored.lineToken ? { "X-Line-Token": stored.lineToken } : {};
}

/** Shows the first snapshot too, but not before the caller holds the watch. */
function startListener<S>(watch: Watch<S>, onChange: (snapshot: S) => void): void {
  let hasHeard = false;
  watch.subscribe((snapshot) => {
    hasHeard = true;
    onChange(snapshot);
  });
  queueMicrotask(() => {
    if (!hasHeard) callListener(onChange, watch.snapshot);
  });
}
