import { readAdmissionTokenTimes } from "./admission-token.ts";
import { Alarm } from "./alarm.ts";
import { NewsFeed, type NewsObserver } from "./news-feed.ts";
import { chooseNews } from "./news-order.ts";
import type { AnyEntry, Mechanism, Place } from "./place.ts";
import { backoffMs, demandedWaitMs } from "./retry.ts";
import type { StoredEntry } from "./session-store.ts";
import type { Connection } from "./snapshot.ts";
import { isMissing, StanchionError } from "./stanchion-error.ts";
import type { News } from "./topic.ts";
import type { Transport } from "./transport.ts";

const refusedStatusMs = 60_000;
const otherTabMs = 1_000;
const wakeEveryMs = 2_000;

/** Follows one fan's place until it is stopped. Failures stand in the snapshot; nothing throws. */
export interface Watch<S> {
  /** How things stand; the same object until something changes. */
  readonly snapshot: S;
  /** Calls the listener with each new snapshot, not with the present one; answers what ends that. */
  subscribe(listener: (snapshot: S) => void): () => void;
  /** Asks the server anew at once, unless it asked to be left alone for a while. */
  refresh(): void;
  /** Ends every timer, request and listener of the watch. The last snapshot stays readable. */
  stop(): void;
}

/** What a watch needs from its client. */
export interface WatchSource<E extends AnyEntry> {
  readonly id: string;
  readonly transport: Transport;
  /** Null: nobody is signed in. */
  readConsumerId(): string | null;
  readEntry(): StoredEntry<E> | null;
  /** One try; what it answers comes back by {@link LiveWatch.takeEntry} before it resolves. */
  askEntry(signal: AbortSignal): Promise<E>;
  /** Keeps what the watch has worked out of the entry, and tells every watch of it by {@link LiveWatch.takeEntry}. */
  keepEntry(entry: E): void;
  onError(error: StanchionError): void;
  onStop(): void;
}

/** The watch behind {@link Watch}: joins news, entry and session into snapshots, as the mechanism says. */
export class LiveWatch<E extends AnyEntry, N extends News, S extends object>
  implements Watch<S>, NewsObserver<N>
{
  readonly id: string;
  readonly #source: WatchSource<E>;
  readonly #mechanism: Mechanism<E, N, S>;
  readonly #running = new AbortController();
  readonly #listeners = new Set<(snapshot: S) => void>();
  readonly #feed: NewsFeed<N>;
  readonly #place: Place<E, N, S>;
  readonly #statusAlarm: Alarm;
  #snapshot: S;
  #consumerId: string | null;
  #entry: E | null = null;
  /** Whether there is an entry is known. */
  #isKnown = false;
  #news: N | null = null;
  #connection: Connection = "connecting";
  #newsError: StanchionError | null = null;
  #statusError: StanchionError | null = null;
  #isAsking = false;
  /** The entry must have changed. */
  #isDue = false;
  /** How often the status was asked for in vain since it was due or the admission ended. */
  #asks = 0;
  #statusFailures = 0;
  #notBeforeMs = 0;
  #wokenAtMs = Number.NEGATIVE_INFINITY;

  constructor(source: WatchSource<E>, mechanism: Mechanism<E, N, S>) {
    const { id, transport, keepEntry } = source;
    this.id = id;
    this.#source = source;
    this.#mechanism = mechanism;
    this.#feed = new NewsFeed(transport, mechanism.topicOf(id, transport), this);
    this.#place = mechanism.placeIn({ id, transport, keepEntry, onChange: () => this.#settle() });
    this.#statusAlarm = new Alarm(transport.surroundings);
    this.#consumerId = source.readConsumerId();
    this.#snapshot = this.#compose();
    this.#load(0);
  }

  get snapshot(): S {
    return this.#snapshot;
  }

  subscribe(listener: (snapshot: S) => void): () => void {
    // A listener of its own, so that one function can be subscribed twice.
    const own = (snapshot: S): void => listener(snapshot);
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
    this.#place.forget();
    this.#statusAlarm.clear();
    this.#listeners.clear();
    this.#source.onStop();
  }

  /** The page woke up: what may have stood still is asked for anew, once for several signs of it. */
  wake(): void {
    const nowMs = this.#now();
    if (this.#isStopped || nowMs - this.#wokenAtMs < wakeEveryMs) return;
    this.#wokenAtMs = nowMs;
    this.#feed.refresh();
    if (!this.#isKnown || this.#place.isLive(this.#entry, this.#news)) this.#askIn(0);
  }

  /** Takes the entry that an answer, or another tab, has told; null: there is none. */
  takeEntry(entry: E | null): void {
    if (this.#isStopped) return;
    if (entry?.entryId !== this.#entry?.entryId) this.#forgetPlace();
    if (entry?.status !== this.#entry?.status) this.#asks = 0;
    this.#entry = entry;
    this.#isKnown = true;
    this.#statusError = null;
    this.#statusFailures = 0;
    const times = entry?.admission ? readAdmissionTokenTimes(entry.admission.token) : null;
    if (times !== null) this.#source.transport.clock.observe(times.issuedAtMs);
    this.#settle();
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

  takeNews(news: N, isFresh: boolean): void {
    const before = this.#news;
    this.#news = chooseNews(before, news);
    if (this.#news === before) return;
    if (isFresh) this.#source.transport.clock.observe(Date.parse(news.asOf));
    this.#place.note?.(this.#entry, news, before !== null && news.version < before.version);
    this.#settle();
  }

  takeConnection(connection: Connection): void {
    this.#connection = connection;
    this.#emit();
  }

  takeNewsError(error: StanchionError | null): void {
    const isMaintenanceOver = error === null && this.#newsError?.code === "MAINTENANCE";
    this.#newsError = error;
    // The time that maintenance took was given back.
    if (isMaintenanceOver && this.#entry?.admission) this.#askIn(0);
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
    this.#place.restore?.(stored);
    this.#emit();
    // The end of waiting is told by the news; everything else may have changed while nobody looked.
    if (stored.entry.status !== this.#mechanism.waitingStatus) this.#askIn(askInMs);
  }

  #forgetPlace(): void {
    this.#place.forget();
    this.#isDue = false;
    this.#asks = 0;
  }

  /** Works out from entry and news where the fan stands, and what must be asked for. */
  #settle(): void {
    if (this.#isStopped) return;
    const news = this.#news;
    const isDue = this.#place.settle(this.#entry, news);
    if (this.#isKnown && !this.#place.isNewsOfUse(this.#entry, news)) this.#feed.stop();
    else this.#feed.start();
    const hasCome = isDue && !this.#isDue;
    this.#isDue = isDue;
    if (hasCome) {
      this.#asks = 0;
      if (!this.#isAsking) this.#planStatus();
    }
    this.#emit();
  }

  #planStatus(): void {
    const delayMs = this.#statusDelayMs();
    if (delayMs === null) this.#statusAlarm.clear();
    else this.#askIn(delayMs);
  }

  /** When to ask for the entry next, in ms; null: nothing will change by itself. */
  #statusDelayMs(): number | null {
    const { random } = this.#source.transport.surroundings;
    const error = this.#statusError;
    if (this.#consumerId === null) return null;
    if (error !== null)
      return error.retryable
        ? backoffMs(this.#statusFailures - 1, random)
        : refusedStatusMs * (0.75 + random() / 2);
    if (!this.#isKnown) return otherTabMs;
    return this.#entry && this.#place.statusDelayMs(this.#entry, this.#news, this.#isDue, this.#asks);
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
      if (isMissing(error)) this.#takeStatusAnswer(statusBefore);
      else this.#takeStatusFailure(error);
    } finally {
      this.#isAsking = false;
    }
    if (this.#isStopped) return;
    this.#planStatus();
    this.#emit();
  }

  #takeStatusAnswer(statusBefore: string | undefined): void {
    this.#statusError = null;
    this.#statusFailures = 0;
    const isUnchanged = this.#entry?.status === statusBefore;
    const endsAtMs = Date.parse(this.#entry?.admission?.expiresAt ?? "");
    const hasEnded = this.#source.transport.clock.now() >= endsAtMs;
    if (isUnchanged && (this.#isDue || hasEnded)) this.#asks += 1;
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
    const names = Object.keys(next) as (keyof S)[];
    if (names.every((name) => Object.is(next[name], this.#snapshot[name]))) return;
    this.#snapshot = next;
    for (const listener of [...this.#listeners]) callListener(listener, next);
  }

  #compose(): S {
    return this.#place.compose({
      entry: this.#entry,
      isKnown: this.#isKnown,
      news: this.#news,
      connection: this.#connection,
      clockOffsetMs: this.#source.transport.clock.offsetMs,
      error: this.#statusError ?? this.#newsError,
    });
  }
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
