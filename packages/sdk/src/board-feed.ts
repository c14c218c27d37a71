import type { Board } from "@stanchion/contract";
import { Alarm } from "./alarm.ts";
import { isBoard, parseJson } from "./answers.ts";
import { followBoardStream, type StreamEnd } from "./board-stream.ts";
import { backoffMs, demandedWaitMs } from "./retry.ts";
import type { Connection } from "./snapshot.ts";
import { invalidResponse, StanchionError } from "./stanchion-error.ts";
import { queuePath, type Transport } from "./transport.ts";

const pollMsMin = 2_000;
const pollMsMax = 5_000;
/** A stream that has brought nothing by then is doubted, and the board is asked for besides. */
const streamGraceMs = 3_000;
/** A stream that held for so long was good: the next try comes soon again. */
const goodStreamMsMin = 30_000;
/** After so long without a byte a stream is not believed when the page wakes up: a heartbeat comes each 15 s. */
const quietMsMax = 20_000;
const busyMsDefault = 30_000;

/** Who wants the boards of a feed. */
export interface BoardObserver {
  /** `isFresh`: written just now, so that its time tells the server's clock. */
  takeBoard(board: Board, isFresh: boolean): void;
  takeConnection(connection: Connection): void;
  /** Null: the last way of asking worked. */
  takeBoardError(error: StanchionError | null): void;
}

/** Brings the board of one queue: by the stream, and by asking while there is no stream. */
export class BoardFeed {
  readonly #transport: Transport;
  readonly #queueId: string;
  readonly #observer: BoardObserver;
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

  constructor(transport: Transport, queueId: string, observer: BoardObserver) {
    this.#transport = transport;
    this.#queueId = queueId;
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

  /** Makes sure at once that the board is new: after sleep a stream may be dead without knowing it. */
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
    const onBoard = (board: Board, isFresh: boolean): void => {
      if (!stream.signal.aborted) this.#takeStreamBoard(board, isFresh);
    };
    const onAlive = (): void => {
      this.#heardAtMs = this.#transport.surroundings.now();
    };
    followBoardStream(this.#transport, this.#queueId, { onBoard, onAlive }, stream.signal).then(
      (end) => this.#afterStream(stream, this.#waitAfterEnd(end, openedAtMs)),
      (error) => {
        if (!stream.signal.aborted) this.#afterStream(stream, this.#waitAfterFailure(error, openedAtMs));
      },
    );
  }

  #takeStreamBoard(board: Board, isFresh: boolean): void {
    this.#isStreaming = true;
    this.#pollFailures = 0;
    this.#pollAlarm.clear();
    this.#observer.takeBoardError(null);
    this.#observer.takeConnection("stream");
    this.#observer.takeBoard(board, isFresh);
  }

  #afterStream(stream: AbortController, waitMs: number): void {
    if (stream.signal.aborted) return;
    this.#stream = null;
    const wasStreaming = this.#isStreaming;
    this.#isStreaming = false;
    this.#streamAlarm.set(waitMs, () => this.#openStream());
    if (wasStreaming) {
      this.#observer.takeConnection("polling");
      // When a server stops, everybody comes to ask at the same moment.
      this.#pollAlarm.set(this.#transport.surroundings.random() * pollMsMin, () => this.#poll());
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
    const { random } = this.#transport.surroundings;
    let waitMs = pollMsMin + random() * (pollMsMax - pollMsMin);
    try {
      const { board, maxAgeMs } = await this.#askBoard(running.signal);
      waitMs = Math.max(waitMs, maxAgeMs);
      if (!running.signal.aborted) this.#takePolledBoard(board);
    } catch (error) {
      if (!running.signal.aborted && error instanceof StanchionError)
        waitMs = Math.max(waitMs, this.#takePollFailure(error));
    } finally {
      this.#isPolling = false;
    }
    const isWanted = this.#running !== null && !this.#isStreaming;
    if (isWanted) this.#pollAlarm.set(this.#running === running ? waitMs : 0, () => this.#poll());
  }

  #askBoard(signal: AbortSignal): Promise<{ board: Board; maxAgeMs: number }> {
    const path = queuePath(this.#queueId, "now-serving");
    return this.#transport.attempt({ path, isPublic: true, signal }, async (response) => {
      const board = parseJson(await response.text());
      if (!isBoard(board)) throw invalidResponse(response);
      const maxAge = /max-age=(\d{1,4})\b/.exec(response.headers.get("cache-control") ?? "");
      return { board, maxAgeMs: Number(maxAge?.[1] ?? 0) * 1_000 };
    });
  }

  #takePolledBoard(board: Board): void {
    this.#pollFailures = 0;
    this.#observer.takeBoardError(null);
    if (!this.#isStreaming) this.#observer.takeConnection("polling");
    this.#observer.takeBoard(board, true);
  }

  /** How long to wait after it, in ms. */
  #takePollFailure(error: StanchionError): number {
    const { random } = this.#transport.surroundings;
    this.#pollFailures += 1;
    if (!this.#isStreaming) {
      this.#observer.takeBoardError(error);
      this.#observer.takeConnection("offline");
    }
    return Math.max(backoffMs(this.#pollFailures - 1, random), demandedWaitMs(error));
  }
}
