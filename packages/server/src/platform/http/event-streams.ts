import type { ServerResponse } from "node:http";
import { limits, type OperationName, operationOf } from "@stanchion/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { pushCorsHeaders } from "./call.ts";
import { clientNetworkOf } from "./client-network-of.ts";
import { pushRateHeaders } from "./rate-headers.ts";
import { type OperationHost, registerStream } from "./register-operation.ts";

/** One server-sent event. */
export interface StreamEvent {
  readonly event: string;
  readonly id: number | string;
  readonly data: object;
}

/** All who listen to one topic. */
export interface Channel {
  readonly listeners: number;
  /** One buffer for all of them. */
  tell(event: StreamEvent): void;
  /** Bytes that the slowest of them has not taken yet. */
  readonly unsentBytes: number;
  /** Ends all of them. */
  end(): void;
}

/** What many listen to together, the same for everybody. */
export interface Topic {
  /** Of one topic among all. */
  readonly key: string;
  /** Called for the first who listens. */
  open(channel: Channel): OpenTopic;
}

export interface OpenTopic {
  /** What somebody who comes is told first. What the channel is told next must fit it. */
  begin(): StreamEvent;
  close(): void;
}

/** The open streams of this process, of every kind. */
export interface EventStreams {
  readonly open: number;
  /** Registers an operation that streams what `find` finds for a request; it throws what is refused. */
  register(name: OperationName, find: (request: FastifyRequest) => Promise<Topic>): void;
  /** How long telling everybody must be apart, for what can wait: then it takes a tenth of a core. */
  readonly shortestPushMs: number;
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
/** A push costs about 20 µs for each stream. */
const pushMsPerStream = 0.2;

interface Hub {
  readonly streams: Set<ServerResponse>;
  topic: OpenTopic;
}

/** While `mustWaitMs` says how long, new streams are told to come back then. */
export function createEventStreams(
  host: OperationHost,
  mustWaitMs: () => number | null,
  most: StreamLimits = streamLimits,
): EventStreams {
  const hubs = new Map<string, Hub>();
  const perAddress = new Map<string, number>();
  let open = 0;
  let isClosing = false;

  const heartbeat = setInterval(() => {
    const beat = Buffer.from(":\n\n");
    for (const hub of hubs.values()) for (const stream of hub.streams) write(stream, beat);
  }, limits.streamHeartbeatSeconds * 1000);
  heartbeat.unref();

  const hubOf = ({ key, open: openTopic }: Topic): Hub => {
    const known = hubs.get(key);
    if (known !== undefined) return known;
    const streams = new Set<ServerResponse>();
    const channel: Channel = {
      get listeners() {
        return streams.size;
      },
      tell(event) {
        const buffer = Buffer.from(textOf(event));
        for (const stream of streams) write(stream, buffer);
      },
      get unsentBytes() {
        return Math.max(0, ...Array.from(streams, ({ writableLength }) => writableLength));
      },
      end() {
        for (const stream of streams) stream.end();
      },
    };
    const hub = { streams, topic: openTopic(channel) };
    hubs.set(key, hub);
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
    const { allowOrigin, verdict } = request.call;
    if (isForAnyone(request)) pushCorsHeaders(headers, "*");
    else headers.push("Vary", "Origin");
    if (allowOrigin !== null && !isForAnyone(request)) pushCorsHeaders(headers, allowOrigin);
    if (verdict !== null) pushRateHeaders(headers, verdict);
    raw.writeHead(200, headers);
    host.app.noteSuccess(request, 200);
    return raw;
  };

  const listen = (request: FastifyRequest, reply: FastifyReply, topic: Topic): void => {
    const address = clientNetworkOf(request);
    const ofAddress = perAddress.get(address) ?? 0;
    const raw = begin(request, reply);
    if (request.method === "HEAD") return void raw.end();
    if (open >= most.streamsMax || ofAddress >= most.streamsPerAddressMax)
      return void raw.end(busy(jittered(10_000)));
    const hub = hubOf(topic);
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
      hub.topic.close();
      hubs.delete(topic.key);
    });
    raw.write(`retry: ${jittered(2_000)}\n${textOf(hub.topic.begin())}`);
  };

  const turnedAway = (): string | null => {
    if (isClosing) return goodbye();
    const waitMs = mustWaitMs();
    return waitMs === null ? null : busy(spread(waitMs));
  };

  return {
    get open() {
      return open;
    },
    get shortestPushMs() {
      return Math.max(shortestPushMs, open * pushMsPerStream);
    },
    register(name, find) {
      registerStream(host, name, async (request, reply) => {
        const refusal = turnedAway();
        if (refusal !== null) return void begin(request, reply).end(refusal);
        const topic = await find(request);
        // Whoever asked may be gone by now, and its close would not be heard any more.
        if (reply.raw.destroyed) return void reply.hijack();
        if (isClosing) return void begin(request, reply).end(goodbye());
        listen(request, reply, topic);
      });
    },
    sendAway(waitMs) {
      for (const hub of hubs.values()) for (const stream of hub.streams) stream.end(busy(spread(waitMs)));
    },
    close() {
      isClosing = true;
      clearInterval(heartbeat);
      for (const hub of hubs.values()) {
        hub.topic.close();
        for (const stream of hub.streams) stream.end(goodbye());
      }
    },
  };
}

function isForAnyone({ call: { operation } }: FastifyRequest): boolean {
  return operation !== null && operationOf(operation).access === "anyone";
}

function textOf({ event, id, data }: StreamEvent): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

function write(stream: ServerResponse, buffer: Buffer): void {
  // A reader that does not keep up is let go; it comes back and is told how things are then.
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
