import { Alarm } from "./alarm.ts";
import { parseJson } from "./answers.ts";
import { followStream, type StreamEnd, type StreamObserver } from "./news-stream.ts";
import { backoffMs, demandedWaitMs } from "./retry.ts";
import type { Connection } from "./snapshot.ts";
import { invalidResponse, StanchionError } from "./stanchion-error.ts";
import type { News, Topic } from "./topic.ts";
import type { Transport } from "./transport.ts";

/** A stream that has brought nothing by then is doubted, and the news are asked for besides. */
const streamGraceMs = 3_000;
/** A stream that held for so long was good: the next try comes soon again. */
const goodStreamMsMin = 30_000;
/** After so long without a byte a stream is not believed when the page wakes up: a heartbeat comes each 15 s. */
const quietMsMax = 20_000;
const busyMsDefault = 30_000;
/** When a server stops, everybody comes to ask at the same moment. */
const askSpreadMs = 2_000;

/** Who wants the news of a feed. */
export interface NewsObserver<N extends News> {
  /** `isFresh`: written just now, so that its time tells the server's clock. */
  takeNews(news: N, isFresh: boolean): void;
  takeConnection(connection: Connection): void;
  /** Null: the last way of asking worked. */
  takeNewsError(error: StanchionError | null): void;
}

/** Brings the news of one topic: by the stream, and by asking while there is no stream. */
export class NewsFeed<N extends News> {
  readonly #transport: Transport;
  readonly #topic: Topic<N>;
  readonly #observer: NewsObserver<N>;
  readonly #streamAlarm: Alarm;
  readonly #pollAlarm: Alarm;
  #running: AbortController | null = null;
  #stream: AbortController | null = null;
  #isStreaming = false;
  #isPolling = false;
  #hasPolled = false;
  #streamFailures = 0;
  #pollFailures = 0;
  #heardAtMs = 0;
  #last: N | null = null;

  constructor(transport: Transport, topic: Topic<N>, observer: NewsObserver<N>) {
    this.#transport = transport;
    this.#topic = topic;
    this.#observer = observer;
    this.#streamAlarm = new Alarm(transport.surroundings);
    this.#pollAlarm = new Alarm(transport.surroundings);
  }

  /** Does nothing while it runs. */
  start(): void {
    if (this.#running !== null) return;
    this.#running = new AbortController();
    this.#openStream();
    this.#pollAlarm.set(streamGraceMs, () => this.#poll());
  }

  stop(): void {
    this.#running?.abort();
    this.#running = null;
    this.#stream?.abort();
    this.#stream = null;
    this.#isStreaming = false;
    this.#streamAlarm.clear();
    this.#pollAlarm.clear();
  }

  /** Makes sure at once that the news are new: after sleep a stream may be dead without knowing it. */
  refresh(): void {
    if (this.#running === null) return;
    const isHeard = this.#transport.surroundings.now() - this.#heardAtMs < quietMsMax;
    if (this.#isStreaming && isHeard) return;
    this.#streamFailures = 0;
    this.#pollFailures = 0;
    // A try that is still on its way is left alone.
    if (this.#stream === null || this.#isStreaming) this.#openStream();
    this.#isStreaming = false;
    void this.#poll();
  }

  #openStream(): void {
    this.#streamAlarm.clear();
    this.#stream?.abort();
    const stream = new AbortController();
    this.#stream = stream;
    const openedAtMs = this.#transport.surroundings.now();
    const onNews = (news: N, isFresh: boolean): void => {
      if (!stream.signal.aborted) this.#takeStreamNews(news, isFresh);
    };
    const onAlive = (): void => {
      this.#heardAtMs = this.#transport.surroundings.now();
    };
    this.#follow({ onNews, onAlive }, stream.signal).then(
      (end) => this.#afterStream(stream, this.#waitAfterEnd(end, openedAtMs)),
      (error) => {
        if (!stream.signal.aborted) this.#afterStream(stream, this.#waitAfterFailure(error, openedAtMs));
      },
    );
  }

  /** Together with the other tabs, where the browser has what that takes. */
  async #follow(observer: StreamObserver<N>, signal: AbortSignal): Promise<StreamEnd> {
    const { readEvents, followShared } = await import("./stream-parts.ts");
    const follow = (by: StreamObserver<N>, until: AbortSignal): Promise<StreamEnd> =>
      followStream(this.#transport, this.#topic, readEvents, by, until);
    const canShare = globalThis.document && globalThis.BroadcastChannel && navigator.locks;
    if (!canShare || signal.aborted) return follow(observer, signal);
    const name = `stanchion:1:${this.#topic.streamRequest().path}`;
    return followShared(name, follow, observer, signal, this.#transport.surroundings.random);
  }

  #takeStreamNews(news: N, isFresh: boolean): void {
    this.#isStreaming = true;
    this.#pollFailures = 0;
    this.#pollAlarm.clear();
    this.#observer.takeNewsError(null);
    this.#observer.takeConnection("stream");
    this.#last = news;
    this.#observer.takeNews(news, isFresh);
  }

  #afterStream(stream: AbortController, waitMs: number): void {
    if (stream.signal.aborted) return;
    this.#stream = null;
    const wasStreaming = this.#isStreaming;
    this.#isStreaming = false;
    this.#streamAlarm.set(waitMs, () => this.#openStream());
    if (wasStreaming) {
      this.#observer.takeConnection("polling");
      this.#pollAlarm.set(this.#transport.surroundings.random() * askSpreadMs, () => this.#poll());
    } else if (!this.#hasPolled) void this.#poll();
  }

  #waitAfterEnd(end: StreamEnd, openedAtMs: number): number {
    const { random } = this.#transport.surroundings;
    const backoff = this.#backoffAfterStream(openedAtMs);
    const askedMs = end.retryMs ?? (end.reason === "busy" ? busyMsDefault : 0);
    // What one server tells all its streams at once is spread, so that they do not come back at once.
    return Math.max(end.reason === "ended" || askedMs === 0 ? backoff : 0, askedMs * (1 + random()));
  }

  #waitAfterFailure(error: unknown, openedAtMs: number): number {
    const demandedMs = error instanceof StanchionError ? demandedWaitMs(error) : 0;
    const spread = 1 + this.#transport.surroundings.random() / 2;
    return Math.max(this.#backoffAfterStream(openedAtMs), demandedMs * spread);
  }

  #backoffAfterStream(openedAtMs: number): number {
    const { now, random } = this.#transport.surroundings;
    if (now() - openedAtMs >= goodStreamMsMin) this.#streamFailures = 0;
    this.#streamFailures += 1;
    return backoffMs(this.#streamFailures - 1, random);
  }

  async #poll(): Promise<void> {
    const running = this.#running;
    if (running === null || this.#isStreaming || this.#isPolling) return;
    this.#pollAlarm.clear();
    this.#isPolling = true;
    this.#hasPolled = true;
    let waitMs = this.#topic.pollMsMin * (1 + this.#transport.surroundings.random() * 1.5);
    try {
      const { news, maxAgeMs } = await this.#askNews(running.signal);
      waitMs = Math.max(waitMs, maxAgeMs);
      if (!running.signal.aborted) this.#takePolledNews(news);
    } catch (error) {
      if (!running.signal.aborted && error instanceof StanchionError)
        waitMs = Math.max(waitMs, this.#takePollFailure(error));
    } finally {
      this.#isPolling = false;
    }
    const isWanted = this.#running !== null && !this.#isStreaming;
    if (isWanted) this.#pollAlarm.set(this.#running === running ? waitMs : 0, () => this.#poll());
  }

  #askNews(signal: AbortSignal): Promise<{ news: N; maxAgeMs: number }> {
    return this.#transport.attempt({ ...this.#topic.pollRequest(), signal }, async (response) => {
      const news = this.#topic.read(parseJson(await response.text()), this.#last);
      if (news === null) throw invalidResponse(response);
      const maxAge = /max-age=(\d{1,4})\b/.exec(response.headers.get("cache-control") ?? "");
      return { news, maxAgeMs: Number(maxAge?.[1] ?? 0) * 1_000 };
    });
  }

  #takePolledNews(news: N): void {
    this.#pollFailures = 0;
    // What was asked for before the stream came is older than what that has brought.
    if (this.#isStreaming) return;
    this.#last = news;
    this.#observer.takeNewsError(null);
    this.#observer.takeConnection("polling");
    this.#observer.takeNews(news, true);
  }

  /** How long to wait after it, in ms. */
  #takePollFailure(error: StanchionError): number {
    const { random } = this.#transport.surroundings;
    this.#pollFailures += 1;
    if (!this.#isStreaming) {
      this.#observer.takeNewsError(error);
      this.#observer.takeConnection("offline");
    }
    return Math.max(backoffMs(this.#pollFailures - 1, random), demandedWaitMs(error));
  }
}
