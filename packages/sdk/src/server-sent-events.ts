const lineCharactersMax = 1_048_576;

/** One event of a stream. */
export interface ServerSentEvent {
  /** "message" when the stream gave no name. */
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events from pieces of decoded text, which may end anywhere; decoders leave the byte-order mark out. */
export class EventParser {
  /** What the stream said last about when to come back, in ms. */
  retryMs: number | null = null;
  #rest = "";
  #event = "";
  #data: string[] = [];

  /**
   * The events that this piece of text completes.
   *
   * @throws {RangeError} When a line grows over 1 MiB.
   */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    // A line break of two characters may be cut in the middle: a return at the end waits for what follows.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > lineCharactersMax) throw new RangeError("a line of the stream is too long");
    for (const line of lines) {
      const event = line === "" ? this.#finish() : this.#takeLine(line);
      if (event !== null) events.push(event);
    }
    return events;
  }

  #takeLine(line: string): null {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "retry" && /^\d+$/.test(value)) this.retryMs = Number(value);
    return null;
  }

  #finish(): ServerSentEvent | null {
    const event = { event: this.#event || "message", data: this.#data.join("\n") };
    const isEmpty = this.#event === "" && this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    return isEmpty ? null : event;
  }
}
