import type { Board } from "@stanchion/contract";
import { isBoard } from "./answers.ts";
import { mergeBoard } from "./board-order.ts";
import { EventParser } from "./server-sent-events.ts";
import { invalidResponse, unansweredError } from "./stanchion-error.ts";
import { queuePath, type Transport } from "./transport.ts";

const silenceMsMax = 40_000;
const answerMsMax = 15_000;

/** How a stream ended: the server was too full for it, is stopping, or it just ended. */
export interface StreamEnd {
  readonly reason: "busy" | "goodbye" | "ended";
  /** When the server wants to see us again, in ms; null when it did not say. */
  readonly retryMs: number | null;
}

/**
 * Follows the stream of a board until it ends. Calls `onBoard` with whole boards, and `onAlive` whenever bytes come.
 * The first board may have been written long before, when the line last moved; those after it are fresh.
 *
 * @throws {StanchionError} When the stream is refused, breaks, or is silent for 40 s; ABORTED by the signal.
 */
export async function followBoardStream(
  transport: Transport,
  queueId: string,
  observer: { onBoard(board: Board, isFresh: boolean): void; onAlive(): void },
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
      {
        path: queuePath(queueId, "stream"),
        isPublic: true,
        headers: { Accept: "text/event-stream" },
      },
      controller.signal,
    );
    const body = bodyOfStream(await transport.refuse(response));
    limitMs = silenceMsMax;
    return await readEvents(body, observer.onBoard, () => {
      hear();
      observer.onAlive();
    });
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

async function readEvents(
  body: ReadableStream<Uint8Array>,
  onBoard: (board: Board, isFresh: boolean) => void,
  onAlive: () => void,
): Promise<StreamEnd> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  let board: Board | null = null;
  for (;;) {
    onAlive();
    const { value, done } = await reader.read();
    if (done) return { reason: "ended", retryMs: parser.retryMs };
    for (const { event, data } of parser.push(decoder.decode(value, { stream: true }))) {
      if (event === "busy" || event === "goodbye") return { reason: event, retryMs: parser.retryMs };
      const next: Board | null = boardAfter(board, event, data);
      if (next !== null && next !== board) onBoard(next, board !== null);
      board = next;
    }
  }
}

function boardAfter(board: Board | null, event: string, data: string): Board | null {
  if (event !== "board" && event !== "change") return board;
  const body: unknown = JSON.parse(data);
  if (event === "board") return isBoard(body) ? body : board;
  return board === null || typeof body !== "object" || body === null ? board : mergeBoard(board, body);
}
