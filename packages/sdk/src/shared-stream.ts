import type { StreamEnd, StreamObserver } from "./news-stream.ts";
import type { News } from "./topic.ts";

// Loaded by itself where a browser has what tabs share a stream by, so that it costs nobody else a byte.

/** A follower asks so often whether the leader is there. Its tab is seen, or else nobody minds that its timers are slow. */
const askEveryMs = 2_000;
/** A leader that has not answered so many questions stands still. */
const unansweredMax = 1;
/** A leader that has heard nothing for so long may have a dead stream: whoever asks for the news takes its place. */
const quietMsMax = 20_000;

/** What tabs tell each other. */
interface TabMessage<N extends News> {
  /** True: for the last news; false: whether there is a leader. */
  readonly ask?: boolean;
  readonly news?: N | null;
  readonly isFresh?: boolean;
  /** Bytes have come. */
  readonly isAlive?: boolean;
  /** The stream has ended, for all. */
  readonly end?: StreamEnd;
}

type Follow<N extends News> = (observer: StreamObserver<N>, signal: AbortSignal) => Promise<StreamEnd>;

const ended: StreamEnd = { reason: "ended", retryMs: null };

/**
 * Follows a stream together with the other tabs of the browser: the one that holds the lock opens it and hands on what comes.
 * The lock ends with its tab; from a tab that stands still it is taken.
 *
 * @param name of the lock and of the channel
 * @param follow opens the stream
 * @param random 0 to below 1: not all who miss their leader take its place at the same moment
 * @throws what `follow` throws, and the signal's reason
 */
export function followShared<N extends News>(
  name: string,
  follow: Follow<N>,
  observer: StreamObserver<N>,
  signal: AbortSignal,
  random: () => number,
): Promise<StreamEnd> {
  return new Promise((resolve, reject) => {
    const askMs = askEveryMs * (1 + random() / 2);
    const stream = new SharedStream(name, { follow, observer, askMs, resolve, reject });
    stream.start(signal);
  });
}

interface SharedParts<N extends News> {
  readonly follow: Follow<N>;
  readonly observer: StreamObserver<N>;
  readonly askMs: number;
  resolve(end: StreamEnd): void;
  reject(error: unknown): void;
}

class SharedStream<N extends News> {
  readonly #name: string;
  readonly #parts: SharedParts<N>;
  readonly #channel: BroadcastChannel;
  readonly #ending = new AbortController();
  readonly #waiting = new AbortController();
  #isLeading = false;
  #last: N | null = null;
  #heardAtMs = 0;
  #unanswered = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(name: string, parts: SharedParts<N>) {
    this.#name = name;
    this.#parts = parts;
    this.#channel = new BroadcastChannel(name);
  }

  start(until: AbortSignal): void {
    const { signal } = this.#ending;
    const stop = (): void => {
      this.#finish();
      this.#parts.reject(until.reason);
    };
    const giveUp = (): void => this.#finishWith(ended);
    until.addEventListener("abort", stop, { signal });
    // A page that is put to rest hands its place on: the others would wait, and it could not be kept for the way back.
    addEventListener("pagehide", giveUp, { signal });
    document.addEventListener("freeze", giveUp, { signal });
    this.#channel.onmessage = ({ data }) => this.#take(data);
    this.#request({ signal: this.#waiting.signal });
    this.#ask(true);
    this.#listen();
  }

  #request(options: LockOptions): void {
    navigator.locks
      .request(this.#name, options, () => this.#lead())
      .catch(() => {
        if (this.#ending.signal.aborted) return;
        // Another tab has taken the place of this one, which had stood still.
        if (this.#isLeading) this.#finishWith(ended);
        // Where locks are refused a tab is on its own; where it only waits no longer, it asks for the lock anew.
        else if (options.steal || !this.#waiting.signal.aborted) void this.#lead();
      });
  }

  async #lead(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#isLeading = true;
    clearTimeout(this.#timer);
    this.#heardAtMs = Date.now();
    this.#tell({});
    const { follow, reject } = this.#parts;
    const observer: StreamObserver<N> = {
      onNews: (news, isFresh) => this.#handOn(news, isFresh),
      onAlive: () => this.#takeBytes(),
    };
    try {
      const end = await follow(observer, this.#ending.signal);
      this.#tell({ end });
      this.#finishWith(end);
    } catch (error) {
      const seconds = Number(Object(error).retryAfterSeconds);
      this.#tell({ end: { ...ended, retryMs: seconds > 0 ? seconds * 1_000 : null } });
      this.#finish();
      reject(error);
    }
  }

  #takeBytes(): void {
    this.#heardAtMs = Date.now();
    this.#parts.observer.onAlive();
    this.#tell({ isAlive: true });
  }

  #handOn(news: N, isFresh: boolean): void {
    this.#last = news;
    this.#parts.observer.onNews(news, isFresh);
    this.#tell({ news, isFresh });
  }

  #take({ ask, news, isFresh = false, isAlive, end }: TabMessage<N>): void {
    if (ask !== undefined) this.#answer(ask);
    // A leader hears what a tab still says whose place it has taken.
    if (ask !== undefined || this.#isLeading) return;
    const { observer } = this.#parts;
    this.#unanswered = 0;
    if (isAlive || news) observer.onAlive();
    if (news) observer.onNews(news, isFresh);
    if (end) this.#finishWith(end);
  }

  #answer(isForNews: boolean): void {
    if (!this.#isLeading) return;
    // Its own page may not know that it slept: who asks leads from now on.
    if (isForNews && Date.now() - this.#heardAtMs > quietMsMax) this.#finishWith(ended);
    else this.#tell({ news: isForNews ? this.#last : null });
  }

  #ask(isForNews: boolean): void {
    this.#unanswered += 1;
    this.#tell({ ask: isForNews });
  }

  #listen(): void {
    this.#timer = setTimeout(() => {
      if (this.#unanswered > unansweredMax) {
        this.#waiting.abort();
        return this.#request({ steal: true });
      }
      this.#ask(false);
      this.#listen();
    }, this.#parts.askMs);
  }

  #tell(message: TabMessage<N>): void {
    if (!this.#ending.signal.aborted) this.#channel.postMessage(message);
  }

  #finishWith(end: StreamEnd): void {
    this.#finish();
    this.#parts.resolve(end);
  }

  #finish(): void {
    this.#ending.abort();
    this.#waiting.abort();
    clearTimeout(this.#timer);
    this.#channel.close();
  }
}
