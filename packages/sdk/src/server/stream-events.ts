import { parseJson } from "../answers.ts";
import { EventParser } from "../server-sent-events.ts";
import { abortedError, networkError, StanchionError, timeoutError } from "../stanchion-error.ts";
import type { ApiRequest, Transport } from "../transport.ts";

const openMsMax = 15_000;

/** One event of a stream. */
export interface StreamEvent {
  readonly event: string;
  /** What the event says, parsed. */
  readonly data: unknown;
}

/**
 * The events of one connection, until the server ends it or the iteration is left; whoever wants more calls again.
 *
 * @throws {StanchionError} When the stream is refused or breaks; ABORTED by the signal.
 */
export async function* streamEvents(
  transport: Transport,
  request: ApiRequest,
): AsyncGenerator<StreamEvent, void, undefined> {
  const { signal } = request;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, openMsMax);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  try {
    const response = await transport.refuse(await transport.send(request, controller.signal));
    clearTimeout(timer);
    if (response.body !== null) yield* readEvents(response.body);
  } catch (error) {
    if (error instanceof StanchionError) throw error;
    if (signal?.aborted) throw abortedError(signal.reason);
    throw isLate ? timeoutError(openMsMax) : networkError(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void, undefined> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const { event, data } of parser.push(decoder.decode(value, { stream: true })))
      yield { event, data: parseJson(data) };
  }
}
