const lineCharactersMax = 1_048_576;

/** One event of a stream. */
export interface ServerSentEvent {
  /** "message" when the stream gave no name. */
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events from pieces of text that may end anywhere. */
export class EventParser {
  /** What the stream said last about when to come back, in ms. */
  retryMs: number | null = null;
  #rest = "";
  #isFirst = true;
  #endedWithReturn = false;
  #event = "";
  #data: string[] = [];

  /**
   * The events that this piece of text completes.
   *
   * @throws {RangeError} When a line grows over 1 MiB.
   */
  push(text: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    const lines = this.#splitLines(text);
    for (const line of lines) {
      const event = line === "" ? this.#finish() : this.#takeLine(line);
      if (event !== null) events.push(event);
    }
    return events;
  }

  #splitLines(text: string): string[] {
    if (text === "") return [];
    let added = text;
    if (this.#isFirst) added = added.replace(/^\uFEFF/, "");
    this.#isFirst = false;
    // A line break of two characters may be cut in the middle.
    if (this.#endedWithReturn && added.startsWith("\n")) added = added.slice(1);
    this.#endedWithReturn = text.endsWith("\r");
    const lines = (this.#rest + added).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > lineCharactersMax) throw new RangeError("a line of the stream is too long");
    return lines;
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
