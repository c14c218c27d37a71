import { type ServerResponse, STATUS_CODES } from "node:http";

/** How long a connection may stay open between two requests. */
export const keepAliveSeconds = 72;

/** What Node keeps a finished head in: it is sent with the first piece of the body, in one write. */
interface WithHead {
  _header: string | null;
}

/**
 * The head of answers that differ in few lines, as text. Node checks and joins every header on each answer, which costs a third
 * of a refusal; ours were checked when the text was made.
 */
export class HeadText {
  readonly #status: number;
  readonly #start: string;
  readonly #lines: string;
  #date = "";
  #ending = "";

  /** @param lines whole lines that never differ, each with its end: neither `Date` nor `Connection` */
  constructor(status: number, lines: string) {
    this.#status = status;
    this.#start = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
    this.#lines = lines;
  }

  /**
   * Gives an answer its whole head. Where the connection is not to stay open, Node writes it.
   *
   * @param own lines of this one answer, `Content-Length` among them
   */
  write(raw: ServerResponse, own: string): void {
    if (!raw.shouldKeepAlive || !hasOpenHead(raw)) {
      raw.writeHead(this.#status, fieldsOf(own + this.#lines));
      return;
    }
    const date = dateNow();
    if (date !== this.#date) {
      this.#date = date;
      this.#ending = inOnePiece(
        `${this.#lines}Date: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}\r\n\r\n`,
      );
    }
    raw.statusCode = this.#status;
    raw._header = this.#start + own + this.#ending;
  }
}

/** A flat list of names and values as lines of a head. */
export function linesOf(headers: readonly string[]): string {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2)
    lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
}

/** The same text as one run of characters: one that was put together is walked through part by part whenever it is sent. */
export function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}

function fieldsOf(lines: string): string[] {
  return lines
    .trimEnd()
    .split("\r\n")
    .flatMap((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    });
}

/** Whether this Node still keeps the head where {@link HeadText} puts it. */
function hasOpenHead(raw: ServerResponse): raw is ServerResponse & WithHead {
  return "_header" in raw && raw._header === null;
}

let date: string | null = null;

/** Made once a second, as Node does it: to read the clock costs more than the rest of a head. */
function dateNow(): string {
  if (date === null) {
    const now = new Date();
    date = now.toUTCString();
    setTimeout(forgetDate, 1_000 - now.getMilliseconds()).unref();
  }
  return date;
}

function forgetDate(): void {
  date = null;
}
