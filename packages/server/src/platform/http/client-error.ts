import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { type ErrorCode, limits } from "@stanchion/contract";
import { apiError, renderError } from "../errors/index.ts";
import { lingerMs, pushCorsHeaders } from "./call.ts";
import { isReadableOrigin } from "./origins.ts";
import { isRequestId } from "./request-head.ts";

export interface ClientErrorHost {
  readonly newRequestId: () => string;
  readonly publicUrl: () => string | null;
  /** Told of each answer that was written here. */
  readonly note: (requestId: string, status: number, code: ErrorCode, cause: string | undefined) => void;
}

export interface ClientError extends Error {
  readonly code?: string;
  /** What has arrived of the request. */
  readonly rawPacket?: unknown;
}

const refused = new WeakSet<Socket>();

/**
 * Node's parser refused the bytes, or the time for them is over. Each request gets one answer: where its head was read,
 * from the way of all requests, with its own id and origin; else in the contract's shape on the bare socket, after the answers
 * to the requests before it.
 */
export function answerClientError(error: ClientError, socket: Socket, host: ClientErrorHost): void {
  // The parser complains again about every piece that comes after the first wrong one.
  if (refused.has(socket)) return;
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  refused.add(socket);
  const code = clientErrorCode(error);
  const incoming = incomingOf(socket);
  if (incoming !== null && !incoming.complete) refuseBody(socket, incoming, code);
  else afterPendingAnswers(socket, () => writeRefusal(error, code, socket, host));
}

/** The body broke off after a head that could be read: whoever waits for it is told; an answer that did not wait stays the only one. */
function refuseBody(socket: Socket, incoming: IncomingMessage, code: ErrorCode): void {
  const pending = pendingAnswerOf(socket);
  if (pending === null) {
    endSoon(socket);
    return;
  }
  pending.once("close", () => endSoon(socket));
  const failure = apiError(code);
  if (incoming.listenerCount("error") > 0) incoming.emit("error", failure);
  else
    incoming.on("newListener", (event) => {
      if (event === "error") setImmediate(() => incoming.emit("error", failure));
    });
}

/** Answers go out in the order of the requests; where one is a stream, there is no place for another behind it. */
function afterPendingAnswers(socket: Socket, write: () => void): void {
  const pending = pendingAnswerOf(socket);
  if (pending === null) write();
  else if (pending.headersSent && !pending.writableEnded) socket.destroy();
  // Node takes the finished answer off the socket after those who wait for its end were told.
  else pending.once("close", () => setImmediate(() => afterPendingAnswers(socket, write)));
}

function writeRefusal(error: ClientError, code: ErrorCode, socket: Socket, host: ClientErrorHost): void {
  if (!socket.writable) return;
  const arrived = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString("latin1") : "";
  const given = headerIn(arrived, "x-request-id");
  const requestId = given !== null && isRequestId(given) ? given : host.newRequestId();
  const rendered = renderError(apiError(code), {
    requestId,
    publicUrl: host.publicUrl(),
    accept: headerIn(arrived, "accept") ?? undefined,
    acceptLanguage: headerIn(arrived, "accept-language") ?? undefined,
  });
  const headers = ["X-Request-Id", requestId, "Date", new Date().toUTCString(), "Vary", "Origin, Accept"];
  const origin = headerIn(arrived, "origin");
  if (origin !== null && isReadableOrigin(origin)) pushCorsHeaders(headers, origin);
  headers.push("Content-Type", rendered.contentType);
  headers.push("Content-Length", String(Buffer.byteLength(rendered.body)));
  headers.push(...rendered.headers, "Connection", "close");
  const lines = [`HTTP/1.1 ${rendered.status} ${STATUS_CODES[rendered.status]}`];
  for (let index = 0; index < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  host.note(requestId, rendered.status, code, error.code);
  endSoon(socket, `${lines.join("\r\n")}\r\n\r\n${rendered.body}`);
}

/** Closing while the client still sends would reset the connection, and take the answer with it. */
function endSoon(socket: Socket, answer?: string): void {
  if (answer === undefined) socket.end();
  else socket.end(answer);
  const patience = setTimeout(() => socket.destroy(), lingerMs);
  patience.unref();
  socket.once("close", () => clearTimeout(patience));
}

function clientErrorCode({ code, rawPacket }: ClientError): ErrorCode {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "REQUEST_TIMEOUT";
  if (code !== "HPE_HEADER_OVERFLOW") return "MALFORMED_REQUEST";
  // Node counts the address among the headers.
  const arrived = Buffer.isBuffer(rawPacket) ? rawPacket.toString("latin1") : "";
  const [requestLine = ""] = arrived.split("\r\n", 1);
  return requestLine.length > limits.urlBytesMax ? "URI_TOO_LONG" : "HEADERS_TOO_LARGE";
}

/** The value of a header in bytes that are no whole request. */
function headerIn(arrived: string, name: string): string | null {
  const [head = ""] = arrived.split("\r\n\r\n", 1);
  const line = head.split("\r\n").find((text) => text.toLowerCase().startsWith(`${name}:`));
  return line === undefined ? null : line.slice(name.length + 1).trim();
}

interface HttpSocket extends Socket {
  readonly parser?: { readonly incoming?: IncomingMessage | null } | null;
  readonly _httpMessage?: ServerResponse | null;
}

// Node keeps these two on the socket without documenting them; the tests of refusals fail where it does not any more.
function incomingOf(socket: HttpSocket): IncomingMessage | null {
  return socket.parser?.incoming ?? null;
}

function pendingAnswerOf(socket: HttpSocket): ServerResponse | null {
  return socket._httpMessage ?? null;
}
