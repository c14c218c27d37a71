import { invalidResponse, unansweredError } from "./stanchion-error.ts";
import type { News, Topic } from "./topic.ts";
import type { Transport } from "./transport.ts";

const silenceMsMax = 40_000;
const answerMsMax = 15_000;

/** How a stream ended: the server was too full for it, is stopping, or it just ended. */
export interface StreamEnd {
  readonly reason: "busy" | "goodbye" | "ended";
  /** When the server wants to see us again, in ms; null when it did not say. */
  readonly retryMs: number | null;
}

/** Who listens to a stream. */
export interface StreamObserver<N extends News> {
  /** `isFresh`: written just now. The first may be from long before, when the line last moved. */
  onNews(news: N, isFresh: boolean): void;
  /** Bytes have come. */
  onAlive(): void;
}

/** Reads what comes until it ends; calls `hear` whenever bytes have come. */
export type EventReader<N extends News> = (
  body: ReadableStream<Uint8Array>,
  topic: Topic<N>,
  observer: StreamObserver<N>,
  hear: () => void,
) => Promise<StreamEnd>;

/**
 * Follows the stream of a topic until it ends.
 *
 * @throws {StanchionError} When the stream is refused, breaks, or is silent for 40 s; ABORTED by the signal.
 */
export async function followStream<N extends News>(
  transport: Transport,
  topic: Topic<N>,
  read: EventReader<N>,
  observer: StreamObserver<N>,
  signal: AbortSignal,
): Promise<StreamEnd> {
  const controller = new AbortController();
  let isSilent = false;
  let limitMs = answerMsMax;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(watchdog);
    controller.abort();
  };
  const hear = (): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      isSilent = true;
      stop();
    }, limitMs);
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) stop();
    hear();
    const response = await transport.send(
      { ...topic.streamRequest(), isPublic: true, headers: { Accept: "text/event-stream" } },
      controller.signal,
    );
    const body = bodyOfStream(await transport.refuse(response));
    limitMs = silenceMsMax;
    return await read(body, topic, observer, hear);
  } catch (error) {
    throw unansweredError(error, signal, isSilent ? limitMs : null);
  } finally {
    signal.removeEventListener("abort", stop);
    // Ends the connection also where the events ended the reading.
    stop();
  }
}

function bodyOfStream(response: Response): ReadableStream<Uint8Array> {
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (!isStream || response.body === null) throw invalidResponse(response);
  return response.body;
}
