import { connect } from "node:net";
import { type ErrorBody, type ErrorCode, errorTable, isRetryable } from "@stanchion/contract";

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** How a client ends that has said everything. */
type Ending = "waits" | "half-closes";

/**
 * Sends bytes that no HTTP client would, and reads until the server closes. `head`: how many of the answers have no body by their
 * request's method.
 */
export async function exchangeBytes(
  port: number,
  parts: readonly (string | Buffer)[],
  options: { ending?: Ending; toHead?: boolean } = {},
): Promise<RawAnswer[]> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (data) => chunks.push(data));
    socket.on("close", () => resolve(Buffer.concat(chunks)));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // The server is done with us and we still write: what it has said counts.
      if (error.code !== "EPIPE" && error.code !== "ECONNRESET") reject(error);
    });
    for (const part of parts) socket.write(part);
    if (options.ending === "half-closes") socket.end();
  });
  return readAnswers(bytes, options.toHead ?? false);
}

/** The answers in what a server has sent. Fails where something stands there that is none. */
export function readAnswers(bytes: Buffer, isToHead = false): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const end = rest.indexOf("\r\n\r\n");
    const [statusLine = "", ...lines] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const status = /^HTTP\/1\.1 (\d{3}) [A-Z]/.exec(statusLine)?.[1];
    if (end < 0 || status === undefined)
      throw new Error(`not an answer: ${rest.subarray(0, 200).toString("latin1")}`);
    const headers = new Headers(
      lines.map((line): [string, string] => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
    const hasBody = !isToHead && !["100", "204", "304"].includes(status);
    const length = hasBody ? Number(headers.get("content-length") ?? Number.NaN) : 0;
    if (Number.isNaN(length)) throw new Error(`no length: ${statusLine}`);
    const text = rest.subarray(end + 4, end + 4 + length).toString();
    if (Buffer.byteLength(text) !== length) throw new Error(`cut off: ${statusLine} ${text}`);
    answers.push({ status: Number(status), headers, text });
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}

/** Fails where the answer is not this refusal, whole and in the contract's shape. */
export function checkRefusal(answer: RawAnswer | undefined, code: ErrorCode): ErrorBody {
  const row = errorTable[code];
  if (answer === undefined) throw new Error(`no answer, expected is ${code}`);
  const fail = (why: string): never => {
    throw new Error(`${why}; expected is ${code}: ${answer.status} ${answer.text}`);
  };
  if (answer.status !== row.status) fail("another status");
  const type = answer.headers.get("content-type") ?? "";
  if (!/^application\/(problem\+)?json; charset=utf-8$/.test(type)) fail(`Content-Type ${type}`);
  const body = JSON.parse(answer.text) as ErrorBody;
  if (body.code !== code || body.error !== row.error) fail("another code");
  if (body.requestId !== answer.headers.get("x-request-id")) fail("the body names another request");
  if (body.retryable !== isRetryable(code)) fail("retryable is not the row's");
  if (!body.docs.endsWith(`/docs/errors/${code}`)) fail("no docs");
  if (typeof body.message !== "string" || body.message.includes("{")) fail("the message is not filled");
  if (typeof body.details !== "object") fail("no details");
  if (answer.headers.get("cache-control") !== "no-store") fail("cacheable");
  if (answer.headers.get("content-language") === null) fail("no Content-Language");
  if (answer.headers.get("date") === null) fail("no Date");
  if (row.status === 401 && answer.headers.get("www-authenticate") === null) fail("no WWW-Authenticate");
  if (row.status === 405 && answer.headers.get("allow") === null) fail("no Allow");
  return body;
}
