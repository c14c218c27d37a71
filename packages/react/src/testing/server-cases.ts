import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { createElement as h, type ReactElement, Suspense } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToPipeableStream, renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { drawId, json, queueId } from "../../../sdk/src/testing/fake-server.ts";
import { DrawRoom } from "../draw-room.ts";
import { useAdmission } from "../use-admission.ts";
import { useExperience, useSuspenseExperience } from "../use-experience.ts";
import { useQueue } from "../use-queue.ts";
import { useSuspenseQueue } from "../use-suspense-queue.ts";
import { WaitingRoom } from "../waiting-room.ts";
import { experienceId, experienceRoute, experienceWith } from "./experience-cases.ts";
import { Stage } from "./stage.ts";

function Place(): ReactElement {
  const { phase } = useQueue(queueId);
  const { secondsLeft } = useAdmission(queueId);
  return h(
    "main",
    null,
    h("p", null, `${phase} ${secondsLeft}`),
    h(WaitingRoom, { queueId }),
    h(DrawRoom, { drawId }),
  );
}

const initial = experienceWith({ name: "From the server" });

function Launch(): ReactElement {
  const { experience } = useSuspenseExperience(experienceId, { initial });
  const { experience: same, isLoading } = useExperience(experienceId, { initial });
  const other = useExperience("exp_02", { initial });
  return h(
    "p",
    null,
    `${experience.name}, ${same?.name} ${isLoading} ${other.experience} ${other.isLoading}`,
  );
}

function Known(): ReactElement {
  return h("p", null, useSuspenseQueue(queueId).phase);
}

/** What holds of pages that a server has rendered. */
export function describeServer(): void {
  describe("a page from a server", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
    });
    afterEach(() => stage.end());

    async function hydrate(
      html: string,
      page: ReactElement,
    ): Promise<{ errors: unknown[]; complaints: number }> {
      const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
      const errors: unknown[] = [];
      stage.element.innerHTML = html;
      const onRecoverableError = (error: unknown): void => void errors.push(error);
      await stage.letPass(0, () =>
        stage.takeRoot(hydrateRoot(stage.element, stage.inProvider(page), { onRecoverableError })),
      );
      const complaints = complaint.mock.calls.length;
      complaint.mockRestore();
      return { errors, complaints };
    }

    it("knows of no fan and starts nothing", () => {
      const html = renderToString(stage.inProvider(h(Place)));
      expect(html).toContain("<p>loading null</p>");
      expect(html).toContain('data-slot="loading"');
      expect(stage.server.seen).toEqual([]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("comes to life without a difference, also where the place is known here", async () => {
      await stage.client.queues.enter(queueId);
      const html = renderToString(stage.inProvider(h(Place)));
      expect(await hydrate(html, h(Place))).toEqual({ errors: [], complaints: 0 });
      expect(stage.text).toContain("waiting null");
      expect(stage.streamsOpen).toBe(2);
    });

    it("shows the launch that the server has read, without a difference, until it was read anew", async () => {
      stage.server
        .on(experienceRoute, () => json(200, experienceWith()))
        .on("GET /experiences/exp_02", () => json(200, experienceWith({ id: "exp_02", name: "Two" })));
      const page = h(Suspense, { fallback: "One moment" }, h(Launch));
      const html = renderToString(stage.inProvider(page));
      expect(html).toContain("From the server, From the server false null true");
      expect(stage.server.seen).toEqual([]);
      expect(await hydrate(html, page)).toEqual({ errors: [], complaints: 0 });
      expect(stage.text).toBe("Friday drop, Friday drop false [object Object] false");
    });

    it("has the fallback of who suspends, and goes on here", async () => {
      const page = h("main", null, "Page ", h(Suspense, { fallback: "One moment" }, h(Known)));
      const reported: unknown[] = [];
      const out = new PassThrough();
      const stream = renderToPipeableStream(stage.inProvider(page), {
        onError: (error) => void reported.push(error),
        onAllReady: () => void stream.pipe(out),
      });
      const html = await text(out);
      expect(html).toContain("One moment");
      expect(reported).toMatchObject([{ digest: "BAILOUT_TO_CLIENT_SIDE_RENDERING" }]);
      expect(stage.server.seen).toEqual([]);
      await hydrate(html, page);
      await stage.sendBoard({});
      expect(stage.text).toBe("Page outside");
      expect(stage.server.count(`GET /queues/${queueId}/stream`)).toBe(1);
    });
  });
}
