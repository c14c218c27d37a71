/** A line of one server process for the tests of the page: the real page and assets, and a scripted API behind it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Board, type Entry, type ErrorCode, errorTable, isRetryable } from "@stanchion/contract";
import { rankTicket } from "../../../sdk/src/shuffle.ts";
import {
  type Asset,
  messagePageHtml,
  pickLanguage,
  waitingPageAssets,
  waitingPageHtml,
  waitingPageWords,
} from "../index.ts";

export const queueId = "queue_01h455vb4pex5vsknk084sn02q";
const consumerId = "cons_01h455vb4pex5vsknk084sn02r";
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/** What the API is to refuse, instead of answering. */
export interface Fault {
  readonly code: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryAfter?: number;
}

export type Operation = "guest" | "enter" | "status" | "leave" | "board" | "stream" | "queue";

/** The state of the line, which a test changes as it likes; `push` tells those who watch. */
export interface FakeLine {
  readonly origin: string;
  readonly pageUrl: string;
  name: string;
  checkoutUrl: string | null;
  openAt: string | null;
  capacity: number | null;
  /** Is the order of those drawn who come before the opening? */
  shuffleBeforeOpen: boolean;
  joinFrom: string | null;
  board: Board;
  entry: Entry | null;
  readonly faults: Map<Operation, Fault>;
  /** What was asked for, newest last. */
  readonly calls: string[];
  /** How long an admission token is good, in seconds. */
  tokenSeconds: number;
  change(board: Partial<Board>): void;
  set(entry: Partial<Entry>): void;
  /** Draws the order of all who have come, and opens. */
  draw(seed: string): void;
  admit(seconds: number): void;
  /** Ends every stream, as a lost connection does. */
  cut(): void;
  reset(): void;
  close(): Promise<void>;
}

export async function startFakeLine(): Promise<FakeLine> {
  const words = await waitingPageWords();
  const assets = [...Object.values(await waitingPageAssets()), ...words.assets] as Asset[];
  const streams = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(line, assets, streams, request, response).catch((error) => {
      response.destroy(error);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const line: FakeLine = {
    origin,
    pageUrl: `${origin}/q/${queueId}`,
    ...freshState(),
    faults: new Map(),
    calls: [],
    change(change) {
      line.board = {
        ...line.board,
        ...change,
        version: line.board.version + 1,
        asOf: new Date().toISOString(),
      };
      for (const stream of streams) sendEvent(stream, "board", line.board);
    },
    set(entry) {
      line.entry = { ...(line.entry ?? freshEntry(line.board)), ...entry };
    },
    draw(seed) {
      const shuffle = { count: line.board.lastTicket, seed };
      if (line.entry) line.set({ rank: rankTicket(line.entry.ticket, shuffle.count, seed) });
      line.change({ status: "OPEN", shuffle });
    },
    admit(seconds) {
      const admission = admissionFor(seconds, line.tokenSeconds);
      line.set({ status: "ADMITTED", position: null, ahead: null, estimatedWaitSeconds: null, admission });
      line.change({ nowServing: line.entry?.rank ?? 0, waiting: 0 });
    },
    cut() {
      for (const stream of streams) stream.destroy();
    },
    reset() {
      line.cut();
      Object.assign(line, freshState());
      line.faults.clear();
      line.calls.length = 0;
    },
    close() {
      line.cut();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return line;
}

function freshState() {
  const board: Board = {
    queueId,
    status: "OPEN",
    version: 1,
    nowServing: 0,
    lastTicket: 11,
    waiting: 11,
    admitRate: 3,
    segment: 4_096,
    departed: [0],
    asOf: new Date().toISOString(),
  };
  return {
    name: "Spring drop 2026",
    checkoutUrl: null as string | null,
    openAt: null as string | null,
    capacity: null as number | null,
    shuffleBeforeOpen: false,
    joinFrom: null as string | null,
    board,
    entry: null as Entry | null,
    tokenSeconds: 60,
  };
}

function freshEntry(board: Board): Entry {
  const ticket = board.lastTicket + 1;
  const isDrawn = board.status !== "SCHEDULED" && board.status !== "DRAWING";
  const position = isDrawn ? ticket - board.nowServing : null;
  return {
    entryId: "ent_01h455vb4pex5vsknk084sn02s",
    queueId,
    consumerId,
    status: "QUEUED",
    ticket,
    rank: isDrawn ? ticket : null,
    position,
    ahead: position === null ? null : position - 1,
    estimatedWaitSeconds: isDrawn ? 240 : null,
    enteredAt: new Date().toISOString(),
    lineToken: "line-token",
    receipt: receiptOf(ticket),
  };
}

/** Of the shape that the API gives; it proves nothing. */
function receiptOf(ticket: number): NonNullable<Entry["receipt"]> {
  return {
    body: {
      consumerId,
      distributionId: queueId,
      enteredAt: "2026-03-08T08:30:00.000Z",
      entryId: "ent_01h455vb4pex5vsknk084sn02s",
      level: "guest",
      rulesHash: "0a".repeat(32),
      subject: "0b".repeat(32),
      ticket,
    },
    salt: "0c".repeat(16),
    index: 0,
    size: 1,
    path: [],
    signature: "e30.e30.c2ln",
  };
}

function admissionFor(seconds: number, tokenSeconds: number): NonNullable<Entry["admission"]> {
  return {
    id: "adm_01h455vb4pex5vsknk084sn02t",
    token: tokenFor(tokenSeconds),
    expiresAt: new Date(Date.now() + seconds * 1_000).toISOString(),
  };
}

let tokensMade = 0;

function tokenFor(seconds: number): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const issuedAt = Math.floor(Date.now() / 1_000);
  tokensMade += 1;
  const claims = { jti: `made ${tokensMade}`, iat: issuedAt, exp: issuedAt + seconds };
  return `${encode({ typ: "admission+jwt", alg: "EdDSA" })}.${encode(claims)}.c2lnbmF0dXJl`;
}

async function answer(
  line: FakeLine,
  assets: readonly Asset[],
  streams: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", line.origin);
  const path = url.pathname;
  const asset = assets.find((candidate) => candidate.path === path);
  if (asset !== undefined) return send(response, 200, asset.contentType, asset.body);
  if (path.startsWith("/q/"))
    return send(response, 200, "text/html; charset=utf-8", await pageOf(line, url, languagesOf(request)));
  if (path === "/checkout") return send(response, 200, "text/html; charset=utf-8", "<title>Checkout</title>");
  for await (const _ of request);
  const operation = operationOf(path);
  if (operation === null) return sendError(response, { code: "ROUTE_NOT_FOUND" });
  line.calls.push(operation);
  const fault = line.faults.get(operation) ?? ownFault(line, operation);
  if (fault !== null) return sendError(response, fault);
  if (operation === "stream") return openStream(line, streams, response);
  sendJson(response, operation === "guest" || operation === "enter" ? 201 : 200, bodyOf(line, operation));
}

async function pageOf(line: FakeLine, url: URL, wishes: readonly string[]): Promise<string> {
  const { script, style, extras } = await waitingPageAssets();
  const stylePath = style.path;
  if (url.pathname !== `/q/${queueId}`)
    return messagePageHtml({
      title: "There is no such line",
      text: "The link may be old or incomplete. Go back to the shop and look for a newer one.",
      requestId: "req_fake",
      stylePath,
    });
  return waitingPageHtml({
    queueId,
    queueName: line.name,
    publishableKey: "pk_test_fake",
    checkoutUrl: line.checkoutUrl,
    scriptPath: script.path,
    extrasPath: extras.path,
    wordsPath: (await waitingPageWords()).path,
    language: pickLanguage([url.searchParams.get("lang"), ...wishes]),
    stylePath,
  });
}

function languagesOf({ headers }: IncomingMessage): string[] {
  return (headers["accept-language"] ?? "").split(",").map((wish) => wish.split(";")[0] ?? "");
}

function operationOf(path: string): Operation | null {
  if (path === "/api/v1/auth/guest") return "guest";
  const base = `/api/v1/queues/${queueId}`;
  if (path === base) return "queue";
  if (!path.startsWith(`${base}/`)) return null;
  const verb = path.slice(base.length + 1);
  if (verb === "now-serving") return "board";
  return verb === "enter" || verb === "status" || verb === "leave" || verb === "stream" ? verb : null;
}

function ownFault(line: FakeLine, operation: Operation): Fault | null {
  if (operation === "status" || operation === "leave")
    return line.entry === null ? { code: "NOT_IN_QUEUE" } : null;
  if (operation !== "enter") return null;
  const status = line.entry?.status;
  if (status === "QUEUED" || status === "ADMITTED")
    return { code: "ALREADY_IN_QUEUE", details: { ...line.entry } };
  if (line.board.status === "SCHEDULED" && !canJoinEarly(line))
    return { code: "QUEUE_NOT_OPEN", details: { openAt: line.openAt }, retryAfter: 1 };
  return line.board.status === "CLOSED" ? { code: "QUEUE_CLOSED" } : null;
}

function canJoinEarly({ shuffleBeforeOpen, joinFrom }: FakeLine): boolean {
  return shuffleBeforeOpen && (joinFrom === null || Date.parse(joinFrom) <= Date.now());
}

function bodyOf(line: FakeLine, operation: Operation): unknown {
  switch (operation) {
    case "guest":
      return sessionTokens();
    case "enter":
      return enter(line);
    case "leave":
      line.set({ status: "LEFT", position: null, ahead: null, estimatedWaitSeconds: null });
      return line.entry;
    case "board":
      return line.board;
    case "queue":
      return publicQueueOf(line);
    default:
      if (line.entry?.admission)
        line.set({ admission: { ...line.entry.admission, token: tokenFor(line.tokenSeconds) } });
      return line.entry;
  }
}

function enter(line: FakeLine): Entry {
  line.entry = freshEntry(line.board);
  line.change({ lastTicket: line.board.lastTicket + 1, waiting: line.board.waiting + 1 });
  return line.entry;
}

function publicQueueOf(line: FakeLine) {
  const { status, waiting } = line.board;
  const { name, openAt, capacity, shuffleBeforeOpen, joinFrom } = line;
  const fairness = { shuffleBeforeOpen, joinFrom, beacon: { kind: "none" }, rulesHash: "0a".repeat(32) };
  const ids = { id: queueId, experienceId: "exp_fake", sequenceId: "seq_fake" };
  return {
    ...ids,
    ...fairness,
    name,
    status,
    openAt,
    closeAt: null,
    timeZone: "UTC",
    waitlistUrl: null,
    capacity,
    waiting,
    pageUrl: null,
  };
}

function sessionTokens() {
  const expiresAt = new Date(Date.now() + 2_592_000_000).toISOString();
  return {
    session: { type: "guest", consumerId, expiresAt },
    accessToken: "access",
    refreshToken: "refresh",
    expiresIn: 3_600,
    refreshExpiresIn: 2_592_000,
  };
}

function openStream(line: FakeLine, streams: Set<ServerResponse>, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  streams.add(response);
  response.on("close", () => streams.delete(response));
  sendEvent(response, "board", line.board);
}

function sendEvent(response: ServerResponse, event: string, data: unknown): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

function sendError(response: ServerResponse, { code, details = {}, retryAfter }: Fault): void {
  const { error, status, message } = errorTable[code];
  const requestId = "req_01h455vb4pex5vsknk084sn02z";
  if (retryAfter !== undefined) response.setHeader("Retry-After", String(retryAfter));
  response.setHeader("X-Request-Id", requestId);
  sendJson(response, status, {
    error,
    message,
    code,
    details,
    requestId,
    retryable: isRetryable(code),
    docs: `/docs/errors/${code}`,
  });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, "application/json; charset=utf-8", JSON.stringify(body));
}

function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  response.writeHead(status, {
    "Content-Type": contentType,
    "Cache-Control": "no-store",
    "Content-Security-Policy": contentSecurityPolicy,
  });
  response.end(body);
}
