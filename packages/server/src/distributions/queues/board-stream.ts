import { type Board, decodeId } from "@stanchion/contract";
import { apiError } from "../../platform/errors/index.ts";
import type { Channel, EventStreams, OpenTopic, StreamEvent } from "../../platform/http/index.ts";
import type { LineView } from "./line-view.ts";
import type { QueueServices } from "./queue-services.ts";

/** The board as server-sent events: `board` at once, then `change` with what differs. */
export function registerBoardStream(streams: EventStreams, services: QueueServices): void {
  streams.register("streamBoard", async (request) => {
    const queueId = decodeId("queue", (request.params as { queueId?: string }).queueId ?? "");
    const view = queueId === null ? null : await services.views.get(queueId);
    if (view === null) throw apiError("QUEUE_NOT_FOUND");
    return { key: view.wireId, open: (channel) => watchBoard(streams, services, view, channel) };
  });
}

function watchBoard(
  streams: EventStreams,
  { views, clock }: QueueServices,
  first: LineView,
  channel: Channel,
): OpenTopic {
  let view = first;
  let lastBoard = view.boardOf(clock.now());
  let pushedAtMs = 0;

  const push = (): void => {
    const now = Date.now();
    if (now - pushedAtMs < streams.shortestPushMs) return;
    const board = view.boardOf(clock.now());
    const change = changesOf(lastBoard, board);
    if (change === null) return;
    lastBoard = board;
    pushedAtMs = now;
    channel.tell({ event: "change", id: board.version, data: change });
  };

  return {
    begin(): StreamEvent {
      // Those who come later start from what the others were told last: the next change fits them all.
      const now = view.boardOf(clock.now());
      const board = changesOf(lastBoard, now) === null ? now : lastBoard;
      return { event: "board", id: board.version, data: board };
    },
    close: views.watch(view.queueId, (changed) => {
      view = changed;
      push();
    }),
  };
}

function changesOf(before: Board, now: Board): Partial<Board> | null {
  // The drawing of an order is no new version: nobody has come or gone.
  const isDrawn = before.shuffle?.seed !== now.shuffle?.seed;
  if (before.version === now.version && before.status === now.status && !isDrawn) return null;
  const change: Record<string, unknown> = { version: now.version, asOf: now.asOf };
  for (const key of ["status", "nowServing", "lastTicket", "waiting", "admitRate"] as const)
    if (before[key] !== now[key]) change[key] = now[key];
  if (isDrawn) change.shuffle = now.shuffle ?? null;
  if (before.reason !== now.reason) change.reason = now.reason ?? null;
  // Of what a line holds every change of the stock is a new version.
  if (JSON.stringify(before.stock) !== JSON.stringify(now.stock)) change.stock = now.stock ?? null;
  if (String(before.departed) !== String(now.departed)) change.departed = now.departed;
  return change;
}
