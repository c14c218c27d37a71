import { type EventType, encodeId, eventTypes, operationOf, operations } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import type { Database } from "../../platform/database/index.ts";
import { ApiError } from "../../platform/errors/index.ts";
import {
  type Channel,
  type EventStreams,
  type OpenTopic,
  OperationCall,
  type OperationHost,
  parameterError,
  type Topic,
} from "../../platform/http/index.ts";
import type { Log } from "../../platform/log.ts";
import * as store from "./listener-store.ts";
import { aliveSeconds, comeBackSeconds, openListener, readPlace, writePlace } from "./listeners.ts";

interface StreamDeps {
  readonly host: Pick<OperationHost, "authenticate">;
  readonly database: Database;
  readonly log: Log;
}

const pollMs = 250;
const keepMs = 5_000;
const judgeMs = 1_000;
/** What is written while so much has not been taken waits in the database. */
const unsentBytesMax = 65_536;
const takenCharactersMax = 65_536;
/** Who has so much to catch up with never will. */
const waitingMax = 10_000;

/** What happens, for whoever listens while developing: deliveries of a listener of their own, which the stream takes. */
export function registerEventStream(streams: EventStreams, deps: StreamDeps): void {
  streams.register("streamEvents", async (request): Promise<Topic> => {
    const call = new OperationCall(request, operations.streamEvents);
    const { types, maxPerBatch, after } = call.readQuery(operations.streamEvents.query);
    const lastEventId = request.headers["last-event-id"];
    const place = readPlace(after ?? (typeof lastEventId === "string" ? lastEventId : ""));
    if (after !== undefined && place === null)
      throw parameterError("after", "the cursor of an event that came", after);
    // Nobody listens to the answer of a HEAD.
    if (request.method === "HEAD") return { key: request.call.requestId, open: () => silent };
    const wanted = { types: typesOf(types), maxPerBatch: maxPerBatch ?? 1, place };
    const listener = await openListener(deps.database, call.tenant, wanted);
    const sent = listener.hasGoneOn ? (place?.sent ?? 0) : 0;
    return {
      key: `events ${listener.id} ${listener.openedAt}`,
      open: (channel) => follow(deps, { ...listener, request, sent, types: wanted.types }, channel),
    };
  });
}

const silent: OpenTopic = { begin: () => ({ event: "listening", id: "", data: {} }), close: () => {} };

function typesOf(given: string | undefined): readonly EventType[] {
  const wanted = given?.split(",");
  return eventTypes.filter((type) => wanted?.includes(type) ?? true);
}

interface Followed extends store.OpenListener {
  readonly request: FastifyRequest;
  readonly sent: number;
  readonly hasGoneOn: boolean;
  readonly types: readonly EventType[];
}

function follow({ host, database, log }: StreamDeps, listener: Followed, channel: Channel): OpenTopic {
  const { pool } = database;
  let isClosed = false;
  let keptAtMs = Date.now();
  let judgedAtMs = Date.now();
  let timer: NodeJS.Timeout | undefined;

  const end = (reason: "REPLACED" | "FELL_BEHIND" | "CREDENTIAL_ENDED"): void => {
    channel.tell({ event: "ended", id: "", data: { reason } });
    channel.end();
  };

  /** Whose key is revoked or session over hears no more, though the stream was let in. */
  const judge = async (): Promise<void> => {
    if (Date.now() - judgedAtMs < judgeMs) return;
    judgedAtMs = Date.now();
    try {
      await host.authenticate(operationOf("streamEvents"), listener.request, () => {});
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      end("CREDENTIAL_ENDED");
    }
  };

  const keep = async (): Promise<void> => {
    if (Date.now() - keptAtMs < keepMs) return;
    const waiting = await store.keepListener(pool, listener, aliveSeconds);
    keptAtMs = Date.now();
    if (isClosed) return;
    if (waiting === null) end("REPLACED");
    else if (waiting > waitingMax) end("FELL_BEHIND");
  };

  const send = async (): Promise<void> => {
    while (!isClosed && channel.unsentBytes < unsentBytesMax) {
      const deliveries = await store.takeForStream(pool, listener, takenCharactersMax);
      for (const { ordinal, eventId, type, body } of deliveries) {
        const cursor = writePlace({ id: listener.id, sent: ordinal });
        const data = { cursor, id: encodeId("event", eventId), type, body };
        channel.tell({ event: "event", id: cursor, data });
      }
      if (deliveries.length === 0) return;
    }
  };

  const round = (): void => {
    judge()
      .then(keep)
      .then(send)
      .catch((error: unknown) => log.warn({ err: error }, "a stream of events could not be gone on with"))
      .finally(() => {
        if (!isClosed) timer = setTimeout(round, pollMs);
      });
  };
  timer = setTimeout(round, 0);

  return {
    begin() {
      const cursor = writePlace(listener);
      const { hasGoneOn, types } = listener;
      return { event: "listening", id: cursor, data: { cursor, hasGoneOn, types } };
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      // Soon gone, unless it comes back.
      store
        .keepListener(pool, listener, comeBackSeconds)
        .catch((error: unknown) => log.debug({ err: error }, "a stream's end could not be noted"));
    },
  };
}
