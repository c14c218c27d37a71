import { type ServerResponse, STATUS_CODES } from "node:http";

/** How long a connection may stay open between two requests. */
export const keepAliveSeconds = 72;

/** What Node keeps a finished head in: it is sent with the first piece of the body, in one write. */
interface WithHead {
  _header: string | null;
}

/**
 * Gives an answer its whole head as text. Node checks and joins every header on each answer, which costs a third of a
 * refusal; ours were checked when the text was made. Where the connection is not to stay open, Node writes the head.
 *
 * @param lines whole lines, each with its end: `Content-Length` among them, but neither `Date` nor `Connection`
 */
export function writeHeadText(raw: ServerResponse, status: number, lines: string): void {
  if (!raw.shouldKeepAlive || !hasOpenHead(raw)) {
    raw.writeHead(status, fieldsOf(lines));
    return;
  }
  raw.statusCode = status;
  raw._header = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}Date: ${dateNow()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}\r\n\r\n`;
}

/** A flat list of names and values as lines of a head. */
export function linesOf(headers: readonly string[]): string {
  let lines = "";
  for (let index = 0; index < headers.length; index += 2)
    lines += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return lines;
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

/** Whether this Node still keeps the head where `writeHeadText` puts it. */
function hasOpenHead(raw: ServerResponse): raw is ServerResponse & WithHead {
  return "_header" in raw && raw._header === null;
}

let date = "";
let dateSecond = 0;

function dateNow(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    date = new Date(second * 1000).toUTCString();
  }
  return date;
}
