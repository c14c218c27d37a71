import { type DrawNews, decodeId, encodeId } from "@stanchion/contract";
import { apiError } from "../../platform/errors/index.ts";
import type { Channel, EventStreams, OpenTopic } from "../../platform/http/index.ts";
import { statusOfDraw } from "./draw.ts";
import type { DrawState } from "./draw-state-store.ts";
import type { DrawWatch } from "./draw-watch.ts";

/** How far a draw has come, as server-sent events: `draw` at once, then `change` with what differs. */
export function registerDrawStream(streams: EventStreams, watch: DrawWatch): void {
  streams.register("streamDraw", async (request) => {
    const drawId = decodeId("draw", (request.params as { drawId?: string }).drawId ?? "");
    const state = drawId === null ? null : await watch.find(drawId);
    if (state === null) throw apiError("DRAW_NOT_FOUND");
    return {
      key: encodeId("draw", state.drawId),
      open: (channel) => watchDraw(streams, watch, state, channel),
    };
  });
}

function watchDraw(streams: EventStreams, watch: DrawWatch, first: DrawState, channel: Channel): OpenTopic {
  let last = newsOf(first, channel.listeners);
  let pushedAtMs = 0;

  const push = (state: DrawState): void => {
    const news = newsOf(state, channel.listeners);
    const now = Date.now();
    // Entries can wait; what people wait for cannot.
    if (news.status === last.status && now - pushedAtMs < streams.shortestPushMs) return;
    const change = changesOf(last, news);
    if (change === null) return;
    last = news;
    pushedAtMs = now;
    channel.tell({ event: "change", id: news.version, data: change });
  };

  return {
    begin: () => ({ event: "draw", id: last.version, data: last }),
    close: watch.watch(first.drawId, push),
  };
}

/** So many read their status in a second of all who hear of a result from one process. */
const readsPerSecond = 1_000;
/** Of a winner's time to buy at most this part passes before the page knows. */
const claimPartMax = 0.1;

function newsOf(state: DrawState, listeners: number): DrawNews {
  const status = statusOfDraw(state);
  const spreadSeconds = Math.min(listeners / readsPerSecond, state.admissionExpirationSeconds * claimPartMax);
  return {
    drawId: encodeId("draw", state.drawId),
    status,
    version: state.version,
    entries: state.entries,
    openAt: state.openAt?.toISOString() ?? null,
    closeAt: state.closeAt.toISOString(),
    drawAt: state.drawAt.toISOString(),
    drawnAt: state.publishedAt?.toISOString() ?? null,
    ...(state.latestRemovals.length > 0 ? { removed: [...state.latestRemovals] } : {}),
    ...(status === "COMPLETED" ? { readAfterSecondsMax: Math.max(1, Math.ceil(spreadSeconds)) } : {}),
    asOf: state.databaseNow.toISOString(),
  };
}

function changesOf(before: DrawNews, now: DrawNews): Partial<DrawNews> | null {
  if (before.version === now.version && before.status === now.status) return null;
  const change: Record<string, unknown> = { version: now.version, asOf: now.asOf };
  for (const key of ["status", "entries", "openAt", "closeAt", "drawAt", "drawnAt"] as const)
    if (before[key] !== now[key]) change[key] = now[key];
  // The others know it: this is told to everybody, and concerns one.
  const removed = now.removed?.filter((number) => !before.removed?.includes(number)) ?? [];
  if (removed.length > 0) change.removed = removed;
  // Of those who listen by then, and not of those who came earlier.
  if (before.status !== now.status && now.readAfterSecondsMax !== undefined)
    change.readAfterSecondsMax = now.readAfterSecondsMax;
  return change;
}
