import { createElement as h, type ReactElement, StrictMode, useEffect } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { entryWith, json, queueId, refusal, silence } from "../../../sdk/src/testing/fake-server.ts";
import { useQueue } from "../use-queue.ts";
import { Stage } from "./stage.ts";

const streamRoute = `GET /queues/${queueId}/stream`;
const enterRoute = `POST /queues/${queueId}/enter`;

function Place({ id = queueId, name = "" }: { id?: string; name?: string }): ReactElement {
  const { phase, position, pending, actionError, enter, leave } = useQueue(id);
  return h(
    "p",
    null,
    `${name}${phase} ${position ?? "-"} ${pending ?? "-"} ${actionError?.code ?? "-"}`,
    h("button", { type: "button", onClick: () => void enter({ waitForOpening: true }) }, `enter${name}`),
    h("button", { type: "button", onClick: () => void leave() }, `leave${name}`),
  );
}

function Joining(): ReactElement {
  const { phase, enter } = useQueue(queueId);
  useEffect(() => void enter(), [enter]);
  return h("p", null, phase);
}

function Problem(): ReactElement {
  return h("p", null, useQueue(queueId).error?.code ?? "none");
}

/** What holds of `useQueue`, with whichever React this file was loaded with. */
export function describeQueue(): void {
  describe("useQueue", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
    });
    afterEach(async () => {
      await stage.end();
      expect(stage.streamsOpen).toBe(0);
    });

    it("shows where the fan stands, and again whenever that changes", async () => {
      await stage.show(h(Place));
      expect(stage.text).toContain("outside - - -");
      await stage.press("enter");
      await stage.sendBoard({ version: 2 });
      expect(stage.text).toContain("waiting 100 - -");
      await stage.sendBoard({ version: 3, nowServing: 40 });
      expect(stage.text).toContain("waiting 60 - -");
    });

    it("keeps one watch for all who show the same place, until the last has gone", async () => {
      await stage.show([h(Place, { key: 1 }), h(Place, { key: 2 }), h(Place, { key: 3 })]);
      await stage.sendBoard({});
      expect(stage.server.count(streamRoute)).toBe(1);
      await stage.show([h(Place, { key: 3 })]);
      expect(stage.streamsOpen).toBe(1);
      await stage.show(null);
      expect(stage.streamsOpen).toBe(0);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("begins once where everything is mounted twice, and where one page follows another", async () => {
      await stage.show(h(StrictMode, null, h(Place, { key: 1 })));
      expect(stage.server.count(streamRoute)).toBe(1);
      await stage.show(h(StrictMode, null, h(Place, { key: 2 })));
      expect(stage.server.count(streamRoute)).toBe(1);
      expect(stage.streamsOpen).toBe(1);
    });

    it("begins anew for who comes back", async () => {
      await stage.show(h(Place));
      await stage.show(null);
      await stage.show(h(Place));
      expect([stage.server.count(streamRoute), stage.streamsOpen]).toEqual([2, 1]);
    });

    it("follows another line when it is given another id", async () => {
      stage.server.on("GET /queues/queue_02/stream", (request) => stage.server.openStream(request));
      await stage.show(h(Place));
      await stage.show(h(Place, { id: "queue_02" }));
      expect(stage.streamsOpen).toBe(1);
      expect(stage.server.count("GET /queues/queue_02/stream")).toBe(1);
      expect(stage.text).toContain("outside");
      await stage.show(null);
      expect(stage.streamsOpen).toBe(0);
    });

    it("tells every component that one of them has called, and takes a second press for the same call", async () => {
      let answer = (_: Response): void => {};
      stage.server.on(enterRoute, () => new Promise((resolve) => (answer = resolve)));
      await stage.show([h(Place, { key: 1, name: "a" }), h(Place, { key: 2, name: "b" })]);
      await stage.press("entera");
      expect(stage.text).toMatch(/aoutside - enter -.*boutside - enter -/);
      await stage.press("enterb");
      await stage.letPass(0, () => answer(json(201, entryWith())));
      expect(stage.server.count(enterRoute)).toBe(1);
      expect(stage.text).toMatch(/awaiting 100 - -.*bwaiting 100 - -/);
    });

    it("shows why a call failed, rejects with nothing, and forgets it when the next begins", async () => {
      stage.server.once(enterRoute, () => refusal(409, "QUEUE_FULL"));
      await stage.show(h(Place));
      await stage.press("enter");
      expect(stage.text).toContain("outside - - QUEUE_FULL");
      await stage.press("enter");
      expect(stage.text).toContain("waiting 100 - -");
    });

    it("gives the place up after it was taken, where both are pressed at once", async () => {
      await stage.show(h(Place));
      await stage.letPass(0, () => {
        stage.button("enter").click();
        stage.button("leave").click();
      });
      expect(stage.text).toContain("left - - -");
      const routes = stage.server.seen
        .map(({ route }) => route)
        .filter((route) => route.startsWith("POST /queues"));
      expect(routes).toEqual([enterRoute, `POST /queues/${queueId}/leave`]);
    });

    it("has functions that stay the same, so that an effect that joins does so once", async () => {
      await stage.show(h(StrictMode, null, h(Joining)));
      await stage.sendBoard({});
      expect(stage.text).toBe("waiting");
      expect(stage.server.count(enterRoute)).toBe(1);
    });

    it("carries a call through when its component has gone, and ends then", async () => {
      let answer = (_: Response): void => {};
      stage.server.on(enterRoute, () => new Promise((resolve) => (answer = resolve)));
      await stage.show(h(Place));
      await stage.press("enter");
      await stage.show(null);
      expect(stage.streamsOpen).toBe(1);
      await stage.letPass(0, () => answer(json(201, entryWith())));
      expect(stage.streamsOpen).toBe(0);
      await stage.show(h(Place));
      expect(stage.text).toContain("waiting 100");
    });

    it("shows what stands in the way of the watch, and goes on", async () => {
      stage.server.once(streamRoute, () => refusal(404, "QUEUE_NOT_FOUND"));
      stage.server.on(`GET /queues/${queueId}/now-serving`, () => refusal(404, "QUEUE_NOT_FOUND"));
      await stage.show(h(Problem));
      await stage.letPass(5_000);
      expect(stage.text).toBe("QUEUE_NOT_FOUND");
      stage.server.on(streamRoute, silence);
    });
  });
}
