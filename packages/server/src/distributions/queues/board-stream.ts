import type { ServerResponse } from "node:http";
import { type Board, decodeId, limits } from "@stanchion/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { apiError } from "../../platform/errors/index.ts";
import {
  clientNetworkOf,
  type OperationHost,
  pushCorsHeaders,
  registerStream,
} from "../../platform/http/index.ts";
import type { LineView } from "./line-view.ts";
import type { QueueServices } from "./queue-services.ts";

/** The open streams of this process. */
export interface BoardStreams {
  readonly open: number;
  /** Tells every stream to come back after so long, and ends it; new ones are still taken. */
  sendAway(waitMs: number): void;
  /** Tells every stream to come back in a while, and ends it. */
  close(): void;
}

export interface StreamLimits {
  readonly streamsMax: number;
  readonly streamsPerAddressMax: number;
}

export const streamLimits: StreamLimits = { streamsMax: 20_000, streamsPerAddressMax: 2_000 };
const unsentBytesMax = 262_144;
const shortestPushMs = 200;
/** A push costs about 20 µs for each stream: pushing is slowed down until that is a tenth of a core. */
const pushMsPerStream = 0.2;

interface Hub {
  readonly streams: Set<ServerResponse>;
  lastBoard: Board;
  pushedAtMs: number;
  stopWatching: () => void;
}

/**
 * The board as server-sent events: `board` at once, then `change` with what differs; one buffer for all who listen.
 * While `mustWaitMs` says how long, new streams are told to come back then.
 */
export function registerBoardStream(
  host: OperationHost,
  services: QueueServices,
  mustWaitMs: () => number | null,
  most: StreamLimits = streamLimits,
): BoardStreams {
  const hubs = new Map<string, Hub>();
  const perAddress = new Map<string, number>();
  let open = 0;
  let isClosing = false;

  const heartbeat = setInterval(() => {
    const beat = Buffer.from(":\n\n");
    for (const hub of hubs.values()) for (const stream of hub.streams) write(stream, beat);
  }, limits.streamHeartbeatSeconds * 1000);
  heartbeat.unref();

  const push = (view: LineView, hub: Hub): void => {
    const now = Date.now();
    if (now - hub.pushedAtMs < Math.max(shortestPushMs, open * pushMsPerStream)) return;
    const board = view.boardOf(services.clock.now());
    const change = changesOf(hub.lastBoard, board);
    if (change === null) return;
    hub.lastBoard = board;
    hub.pushedAtMs = now;
    const buffer = Buffer.from(`event: change\nid: ${board.version}\ndata: ${JSON.stringify(change)}\n\n`);
    for (const stream of hub.streams) write(stream, buffer);
  };

  const hubOf = (view: LineView): Hub => {
    const known = hubs.get(view.queueId);
    if (known !== undefined) return known;
    const hub: Hub = {
      streams: new Set(),
      lastBoard: view.boardOf(services.clock.now()),
      pushedAtMs: 0,
      stopWatching: () => {},
    };
    hub.stopWatching = services.views.watch(view.queueId, (changed) => push(changed, hub));
    hubs.set(view.queueId, hub);
    return hub;
  };

  const begin = (request: FastifyRequest, reply: FastifyReply): ServerResponse => {
    reply.hijack();
    const { raw } = reply;
    request.raw.socket.setNoDelay(true);
    const headers = [
      "X-Request-Id",
      request.call.requestId,
      "Content-Type",
      "text/event-stream; charset=utf-8",
      "Cache-Control",
      "no-store",
      "X-Accel-Buffering",
      "no",
    ];
    pushCorsHeaders(headers, "*");
    raw.writeHead(200, headers);
    host.app.noteSuccess(request, 200);
    return raw;
  };

  const listen = (request: FastifyRequest, reply: FastifyReply, view: LineView): void => {
    const address = clientNetworkOf(request);
    const ofAddress = perAddress.get(address) ?? 0;
    const raw = begin(request, reply);
    if (request.method === "HEAD") return void raw.end();
    if (open >= most.streamsMax || ofAddress >= most.streamsPerAddressMax)
      return void raw.end(busy(jittered(10_000)));
    const hub = hubOf(view);
    open += 1;
    perAddress.set(address, ofAddress + 1);
    hub.streams.add(raw);
    raw.once("close", () => {
      open -= 1;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left === 0) perAddress.delete(address);
      else perAddress.set(address, left);
      hub.streams.delete(raw);
      if (hub.streams.size > 0) return;
      hub.stopWatching();
      hubs.delete(view.queueId);
    });
    // Those who come later start from what the others were told last: the next change fits them all.
    const now = view.boardOf(services.clock.now());
    const board = changesOf(hub.lastBoard, now) === null ? now : hub.lastBoard;
    raw.write(
      `retry: ${jittered(2_000)}\nevent: board\nid: ${board.version}\ndata: ${JSON.stringify(board)}\n\n`,
    );
  };

  const turnedAway = (): string | null => {
    if (isClosing) return goodbye();
    const waitMs = mustWaitMs();
    return waitMs === null ? null : busy(spread(waitMs));
  };

  registerStream(host, "streamBoard", async (request, reply) => {
    const refusal = turnedAway();
    if (refusal !== null) return void begin(request, reply).end(refusal);
    const queueId = decodeId("queue", (request.params as { queueId?: string }).queueId ?? "");
    const view = queueId === null ? null : await services.views.get(queueId);
    if (view === null) throw apiError("QUEUE_NOT_FOUND");
    // Whoever asked may be gone by now, and its close would not be heard any more.
    if (reply.raw.destroyed) return void reply.hijack();
    if (isClosing) return void begin(request, reply).end(goodbye());
    listen(request, reply, view);
  });

  return {
    get open() {
      return open;
    },
    sendAway(waitMs) {
      for (const hub of hubs.values()) for (const stream of hub.streams) stream.end(busy(spread(waitMs)));
    },
    close() {
      isClosing = true;
      clearInterval(heartbeat);
      for (const hub of hubs.values()) {
        hub.stopWatching();
        for (const stream of hub.streams) stream.end(goodbye());
      }
    },
  };
}

function write(stream: ServerResponse, buffer: Buffer): void {
  // A reader that does not keep up is let go; it comes back and gets the board as it is then.
  if (stream.writableLength > unsentBytesMax) stream.destroy();
  else stream.write(buffer);
}

function goodbye(): string {
  return `retry: ${jittered(2_000)}\nevent: goodbye\ndata: {}\n\n`;
}

function busy(waitMs: number): string {
  return `retry: ${waitMs}\nevent: busy\ndata: {}\n\n`;
}

/** A wait that must not be shorter. */
function spread(ms: number): number {
  return Math.round(ms * (1 + Math.random() / 4));
}

/** Waits that are given to many at once are spread. */
function jittered(ms: number): number {
  return Math.round(ms * (0.5 + Math.random()));
}

function changesOf(before: Board, now: Board): Partial<Board> | null {
  if (before.version === now.version && before.status === now.status) return null;
  const change: Record<string, unknown> = { version: now.version, asOf: now.asOf };
  for (const key of ["status", "nowServing", "lastTicket", "waiting", "admitRate"] as const)
    if (before[key] !== now[key]) change[key] = now[key];
  if (before.reason !== now.reason) change.reason = now.reason ?? null;
  if (String(before.departed) !== String(now.departed)) change.departed = now.departed;
  return change;
}
