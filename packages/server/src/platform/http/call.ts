import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline, Readable } from "node:stream";
import type { OperationName } from "@stanchion/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { RateVerdict } from "../rate-limits/index.ts";
import type { Actor, KeyActor } from "./actor.ts";
import { HeadText, linesOf } from "./head-text.ts";
import { pushRateHeaders, rateLinesOf } from "./rate-headers.ts";

/** One request on its way through: what is known of it so far. */
export interface CallState {
  readonly requestId: string;
  readonly startedAtMs: number;
  operation: OperationName | null;
  actor: Actor;
  /** The publishable key that came with a consumer's token, accepted or not. */
  key: KeyActor | null;
  verdict: RateVerdict | null;
  /** What the origin of the call may be told: an origin, `*`, or nothing. */
  allowOrigin: string | null;
  /** The nonce for the caller's next proofs, where one is to be told. */
  proofNonce: string | null;
}

/** What an operation answers. */
export interface Answer {
  readonly status: number;
  /** Text is sent as UTF-8. Absent: no body. */
  readonly body?: string | Buffer;
  /**
   * The text of the body and the answer's own headers have no character outside ASCII, and the headers nothing that a caller
   * could have chosen: then no bytes are counted, and the head goes out as text.
   */
  readonly isAscii?: boolean;
  /** Instead of a body: pieces of it, each asked for when the one before it has been taken. */
  readonly pieces?: AsyncIterable<string | Buffer>;
  /** Default `application/json; charset=utf-8`. */
  readonly contentType?: string;
  /** A flat list of names and values. `Cache-Control: no-store` and the content type stand unless they are named here. */
  readonly headers?: readonly string[];
  /** The request id of the first answer, where this one replays it. */
  readonly replayedRequestId?: string;
  /** Holds a secret, such as a new key: kept for repeats only under a key derived from the Idempotency-Key. */
  readonly holdsSecret?: boolean;
  /** The consumers whose personal data the answer holds: what is kept for repeats goes when they are erased. UUIDs. */
  readonly consumerIds?: readonly string[];
  /** Part of the request's body is not read and never will be: the connection ends after this answer. */
  readonly leavesBody?: boolean;
  /** Done after the transaction has committed and before the answer goes out. */
  readonly afterCommit?: () => Promise<unknown>;
}

declare module "fastify" {
  interface FastifyRequest {
    call: CallState;
  }
}

/** How long a client may still send after it was refused; what it sends is thrown away. */
export const lingerMs = 1_000;
const takesNothingMsMax = 60_000;

/** Puts an answer on the wire, with the headers that every answer has. Every byte of every answer but a stream's goes through here. */
export function writeAnswer(request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  if (answer.isAscii && typeof answer.body === "string") {
    writeAscii(request, reply, answer, answer.body);
    return;
  }
  const { call } = request;
  const headers: string[] = ["X-Request-Id", answer.replayedRequestId ?? call.requestId];
  const vary = variesBy(call.allowOrigin, answer.status);
  if (vary !== null) headers.push("Vary", vary);
  if (call.allowOrigin !== null) pushCorsHeaders(headers, call.allowOrigin);
  if (call.verdict !== null) pushRateHeaders(headers, call.verdict);
  if (call.proofNonce !== null) headers.push("DPoP-Nonce", call.proofNonce);
  const own = answer.headers ?? [];
  if (!own.includes("Cache-Control")) headers.push("Cache-Control", "no-store");
  headers.push(...own);
  const { body, pieces } = answer;
  if (pieces !== undefined) {
    headers.push("Content-Type", answer.contentType ?? "application/json; charset=utf-8");
  } else if (body === undefined) {
    if (answer.status !== 204 && answer.status !== 304) headers.push("Content-Length", "0");
  } else {
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    if (!own.includes("Content-Type"))
      headers.push("Content-Type", answer.contentType ?? "application/json; charset=utf-8");
    headers.push("Content-Length", String(length));
  }
  reply.hijack();
  const { raw } = reply;
  if (raw.headersSent || raw.destroyed) return;
  raw.writeHead(answer.status, headers);
  if (pieces !== undefined) sendPieces(request, raw, pieces);
  else if (answer.leavesBody) endAfterBody(request.raw, raw, body);
  else raw.end(body);
}

/** The answers that most requests get, without what Node does for each header of each of them. The same headers in the same order. */
function writeAscii(request: FastifyRequest, reply: FastifyReply, answer: Answer, body: string): void {
  const { requestId, allowOrigin, verdict, proofNonce } = request.call;
  const cors = allowOrigin === null ? "" : linesOf(corsHeaders(allowOrigin));
  const vary = variesBy(allowOrigin, answer.status);
  const varies = vary === null ? "" : `Vary: ${vary}\r\n`;
  const rate = verdict === null ? "" : rateLinesOf(verdict);
  const nonce = proofNonce === null ? "" : `DPoP-Nonce: ${proofNonce}\r\n`;
  const own = answer.headers === undefined ? "" : linesOf(answer.headers);
  reply.hijack();
  const { raw } = reply;
  if (raw.headersSent || raw.destroyed) return;
  headOf(answer.status).write(
    raw,
    `X-Request-Id: ${requestId}\r\n${varies}${cors}${rate}${nonce}` +
      `Cache-Control: no-store\r\n${own}Content-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\n`,
  );
  raw.end(body, "latin1");
}

const heads = new Map<number, HeadText>();

function headOf(status: number): HeadText {
  let head = heads.get(status);
  if (head === undefined) {
    head = new HeadText(status, "");
    heads.set(status, head);
  }
  return head;
}

/** A fault on the way breaks the connection off, so that nobody takes a part for the whole; whoever takes nothing is let go. */
function sendPieces(
  request: FastifyRequest,
  raw: ServerResponse,
  pieces: AsyncIterable<string | Buffer>,
): void {
  if (request.method === "HEAD") return void raw.end();
  raw.setTimeout(takesNothingMsMax, () => raw.destroy());
  pipeline(Readable.from(pieces), raw, () => {});
}

/** Closing while the client still sends would reset the connection, and take the answer with it. */
function endAfterBody(
  incoming: IncomingMessage,
  raw: ServerResponse,
  body: string | Buffer | undefined,
): void {
  if (body !== undefined) raw.write(body);
  const end = (): void => {
    clearTimeout(patience);
    raw.end();
  };
  const patience = setTimeout(end, lingerMs);
  incoming.once("end", end);
  incoming.once("close", end);
  incoming.resume();
}

/** What is open to all is the same for all, so that a cache keeps one copy; a refusal has two representations. */
function variesBy(allowOrigin: string | null, status: number): string | null {
  if (allowOrigin === "*") return status < 400 ? null : "Accept";
  return status < 400 ? "Origin" : "Origin, Accept";
}

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown, headers?: readonly string[]): Answer {
  return { status, body: JSON.stringify(value), ...(headers === undefined ? {} : { headers }) };
}

export const exposedHeaders =
  "X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy, ETag, Location, Idempotent-Replayed, DPoP-Nonce, WWW-Authenticate, Date";

export function pushCorsHeaders(headers: string[], allowOrigin: string): void {
  headers.push(...corsHeaders(allowOrigin));
}

function corsHeaders(allowOrigin: string): string[] {
  return ["Access-Control-Allow-Origin", allowOrigin, "Access-Control-Expose-Headers", exposedHeaders];
}
