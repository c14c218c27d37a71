const encoder = new TextEncoder();

/** The open streams of the fake, by what they are about. */
export class FakeStreams {
  readonly #open = new Map<string, Set<ReadableStreamDefaultController<Uint8Array>>>();

  /** Opens a stream and tells it the first event. */
  open(
    topic: string,
    event: string,
    data: object,
    id: number,
    headers: Readonly<Record<string, string>>,
  ): Response {
    const streams = this.#open.get(topic) ?? new Set();
    this.#open.set(topic, streams);
    let own: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        own = controller;
        controller.enqueue(textOf(event, id, data));
        streams.add(controller);
      },
      cancel: () => void streams.delete(own),
    });
    return new Response(body, { headers: streamHeaders(headers) });
  }

  /** Tells all who listen. */
  tell(topic: string, event: string, data: object, id: number): void {
    for (const stream of this.#open.get(topic) ?? []) stream.enqueue(textOf(event, id, data));
  }

  /** Sends everybody away politely. */
  sendAway(event: "busy" | "goodbye", retryMs: number): void {
    this.#endEach((stream) => {
      stream.enqueue(awayText(event, retryMs));
      stream.close();
    });
  }

  /** Breaks every stream, as a lost connection does. */
  drop(): void {
    this.#endEach((stream) => stream.error(new TypeError("The fake dropped the stream.")));
  }

  /** Ends one stream, whose caller has gone. */
  #endEach(end: (stream: ReadableStreamDefaultController<Uint8Array>) => void): void {
    for (const streams of this.#open.values()) {
      for (const stream of streams) end(stream);
      streams.clear();
    }
  }
}

/** A stream that says at once when to come back. */
export function awayResponse(retryMs: number, headers: Readonly<Record<string, string>>): Response {
  return new Response(awayText("busy", retryMs), { headers: streamHeaders(headers) });
}

/** What differs; a member that has gone is null. Null: nothing but the time does. */
export function changeOf<State extends object>(before: State, now: State): Record<string, unknown> | null {
  const [old, fresh] = [Object.entries(before), Object.entries(now)];
  const told = new Map(old.map(([name, value]) => [name, JSON.stringify(value)]));
  const changed = fresh.filter(([name, value]) => told.get(name) !== JSON.stringify(value));
  const gone = old.filter(([name]) => !(name in now)).map(([name]) => [name, null] as const);
  const change = Object.fromEntries([...changed, ...gone]);
  return Object.keys(change).some((name) => name !== "asOf") ? change : null;
}

function streamHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { ...headers, "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store" };
}

function textOf(event: string, id: number, data: object): Uint8Array {
  return encoder.encode(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function awayText(event: string, retryMs: number): Uint8Array<ArrayBuffer> {
  return encoder.encode(`retry: ${retryMs}\nevent: ${event}\ndata: {}\n\n`);
}
