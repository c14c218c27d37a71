import { createElement as h, type ReactElement, StrictMode, Suspense } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  drawEntryWith,
  drawId,
  drawNewsWith,
  entryWith,
  json,
  queueId,
  refusal,
  silence,
} from "../../../sdk/src/testing/fake-server.ts";
import { useSuspenseDraw } from "../use-suspense-draw.ts";
import { useSuspenseQueue } from "../use-suspense-queue.ts";
import { Catcher } from "./catcher.ts";
import { Stage } from "./stage.ts";

const streamRoute = `GET /queues/${queueId}/stream`;
const statusRoute = `GET /queues/${queueId}/status`;
const boardRoute = `GET /queues/${queueId}/now-serving`;

function Known(): ReactElement {
  const { phase, queueStatus, position } = useSuspenseQueue(queueId);
  return h("p", null, `${phase} ${queueStatus} ${position}`);
}

function KnownDraw(): ReactElement {
  const { phase, drawStatus } = useSuspenseDraw(drawId);
  return h("p", null, `${phase} ${drawStatus}`);
}

const page = h(Suspense, { fallback: "One moment" }, h(Known));

const drawPage = h(Suspense, { fallback: "One moment" }, h(KnownDraw));

/** What holds of `useSuspenseQueue` and `useSuspenseDraw` in a browser. */
export function describeSuspense(): void {
  describe("useSuspenseQueue", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
    });
    afterEach(async () => {
      await stage.end();
      vi.restoreAllMocks();
    });

    it.each([
      ["once", page],
      ["in strict mode", h(StrictMode, null, page)],
    ])(
      "shows the fallback until the line is known, %s, by one watch that ends with the page",
      async (_, shown) => {
        await stage.show(shown);
        expect(stage.text).toBe("One moment");
        await stage.sendBoard({});
        expect(stage.text).toBe("outside OPEN null");
        await stage.letPass(20_000);
        expect(stage.server.count(streamRoute)).toBe(1);
        await stage.clear();
        expect(stage.streamsOpen).toBe(0);
      },
    );

    it("shows a place that is kept here at once, without the line", async () => {
      await stage.client.queues.enter(queueId);
      await stage.show(page);
      expect(stage.text).toBe("waiting null 100");
    });

    it("throws what no waiting mends", async () => {
      vi.spyOn(console, "error").mockImplementation(() => {});
      stage.server.on(streamRoute, () => refusal(404, "QUEUE_NOT_FOUND"));
      stage.server.on(boardRoute, () => refusal(404, "QUEUE_NOT_FOUND"));
      await stage.show(h(Catcher, null, page));
      await stage.letPass(2_000);
      expect(stage.text).toBe("QUEUE_NOT_FOUND");
      await stage.clear();
      await stage.letPass(20_000);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("waits on while the server cannot be reached, and goes on when it can", async () => {
      await stage.client.auth.guest();
      stage.server.on(statusRoute, () => refusal(503, "OVERLOADED"));
      await stage.show(page);
      await stage.letPass(25_000);
      expect(stage.text).toBe("One moment");
      stage.server.on(statusRoute, () => json(200, entryWith()));
      await stage.letPass(60_000);
      expect(stage.text).toMatch(/^waiting/);
      expect(stage.streamsOpen).toBe(1);
    });

    it("stops the watch of whoever went away before anything was known", async () => {
      stage.server.on(streamRoute, silence).on(boardRoute, silence);
      await stage.show(page);
      await stage.clear();
      await stage.letPass(60_000);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
  describe("useSuspenseDraw", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
    });
    afterEach(async () => {
      await stage.end();
      vi.restoreAllMocks();
    });

    it("shows the fallback until the draw is known, by one watch that ends with the page", async () => {
      await stage.show(h(StrictMode, null, drawPage));
      expect(stage.text).toBe("One moment");
      await stage.letPass(0, () => stage.server.stream.send("draw", drawNewsWith()));
      expect(stage.text).toBe("outside OPEN");
      await stage.letPass(20_000);
      expect(stage.server.count(`GET /draws/${drawId}/stream`)).toBe(1);
      await stage.clear();
      expect(stage.streamsOpen).toBe(0);
    });

    it("shows an entry that is kept here at once", async () => {
      stage.server.on(`POST /draws/${drawId}/enter`, () => json(201, drawEntryWith()));
      await stage.client.draws.enter(drawId);
      await stage.show(drawPage);
      expect(stage.text).toBe("entered null");
    });

    it("throws what no waiting mends", async () => {
      vi.spyOn(console, "error").mockImplementation(() => {});
      stage.server.on(`GET /draws/${drawId}/stream`, () => refusal(404, "DRAW_NOT_FOUND"));
      stage.server.on(`GET /draws/${drawId}`, () => refusal(404, "DRAW_NOT_FOUND"));
      await stage.show(h(Catcher, null, drawPage));
      await stage.letPass(2_000);
      expect(stage.text).toBe("DRAW_NOT_FOUND");
    });
  });
}
