import type { PublicExperience } from "@stanchion/sdk";
import { createElement as h, type ReactElement, StrictMode, Suspense } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { json, refusal, silence } from "../../../sdk/src/testing/fake-server.ts";
import { useExperience, useSuspenseExperience } from "../use-experience.ts";
import { Catcher } from "./catcher.ts";
import { Stage } from "./stage.ts";

export const experienceId = "exp_01";
export const experienceRoute = `GET /experiences/${experienceId}`;

export function experienceWith(members: Partial<PublicExperience> = {}): PublicExperience {
  return {
    id: experienceId,
    name: "Friday drop",
    slug: null,
    status: "OPEN",
    openAt: null,
    closeAt: null,
    timeZone: "UTC",
    theme: null,
    products: [],
    ...members,
  };
}

function Launch({ seen = [] }: { seen?: unknown[] }): ReactElement {
  const view = useExperience(experienceId);
  seen.push(view);
  const facts = [view.experience?.name, view.isLoading && "loading", view.error?.code];
  return h(
    "p",
    null,
    facts.filter(Boolean).join(" "),
    h("button", { type: "button", onClick: view.refresh }, "Again"),
  );
}

function Known({ initial }: { initial?: PublicExperience }): ReactElement {
  const { experience, error } = useSuspenseExperience(experienceId, { initial });
  return h("p", null, `${experience.name} ${error?.code ?? ""}`);
}

const page = h(Suspense, { fallback: "One moment" }, h(Known));

/** What holds of `useExperience` and `useSuspenseExperience` in a browser. */
export function describeExperience(): void {
  describe("an experience", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
      stage.server.on(experienceRoute, () => json(200, experienceWith()));
    });
    afterEach(async () => {
      await stage.end();
      vi.restoreAllMocks();
    });
    const readings = (): number => stage.server.count(experienceRoute);
    const look = () => stage.letPass(0, () => document.dispatchEvent(new Event("visibilitychange")));

    describe("useExperience", () => {
      it("reads once for all who show it, in strict mode too, and anew for who comes back", async () => {
        stage.server.once(experienceRoute, silence);
        await stage.show(h(StrictMode, null, [h(Launch, { key: 1 }), h(Launch, { key: 2 })]));
        expect(stage.text).toBe("loadingAgainloadingAgain");
        await stage.clear();
        await stage.show(h(StrictMode, null, [h(Launch, { key: 1 }), h(Launch, { key: 2 })]));
        expect(stage.text).toBe("Friday dropAgainFriday dropAgain");
        expect(readings()).toBe(2);
        await stage.clear();
        expect(vi.getTimerCount()).toBe(0);
      });

      it("reads again when it is asked to, and shows nothing anew where nothing has changed", async () => {
        const seen: unknown[] = [];
        await stage.show(h(Launch, { seen }));
        const before = seen.length;
        await stage.press("Again");
        expect([readings(), seen.length]).toEqual([2, before]);
        stage.server.on(experienceRoute, () => json(200, experienceWith({ name: "Saturday drop" })));
        await stage.press("Again");
        expect(stage.text).toContain("Saturday drop");
      });

      it("reads again when somebody looks at the page after a minute, not before", async () => {
        await stage.show(h(Launch));
        await stage.letPass(59_000);
        await look();
        expect(readings()).toBe(1);
        await stage.letPass(1_000);
        await look();
        expect(readings()).toBe(2);
        await stage.clear();
        await stage.letPass(60_000);
        await look();
        expect(readings()).toBe(2);
      });

      it("keeps what was read over a failure, and tries again by itself, when the server asked to", async () => {
        await stage.show(h(Launch));
        stage.server.on(experienceRoute, () => refusal(503, "MAINTENANCE", {}, { "retry-after": "100" }));
        await stage.press("Again");
        // The client itself has tried thrice by then.
        await stage.letPass(250_000);
        expect(stage.text).toBe("Friday drop MAINTENANCEAgain");
        const tries = readings();
        await stage.press("Again");
        expect(readings()).toBe(tries);
        stage.server.on(experienceRoute, () => json(200, experienceWith({ name: "Saturday drop" })));
        await stage.letPass(150_000);
        expect(stage.text).toBe("Saturday dropAgain");
      });

      it("says why there is none, and does not ask again for what no waiting mends", async () => {
        stage.server.on(experienceRoute, () => refusal(404, "EXPERIENCE_NOT_FOUND"));
        await stage.show(h(Launch));
        await stage.letPass(60_000);
        expect([stage.text, readings()]).toEqual(["EXPERIENCE_NOT_FOUNDAgain", 1]);
      });
    });

    describe("useSuspenseExperience", () => {
      it.each([
        ["once", page],
        ["in strict mode", h(StrictMode, null, page)],
      ])("shows the fallback until it is known, %s, by one reading", async (_, shown) => {
        let answer = (_: Response): void => {};
        stage.server.on(experienceRoute, () => new Promise((resolve) => (answer = resolve)));
        await stage.show(shown);
        expect(stage.text).toBe("One moment");
        await stage.letPass(0, () => answer(json(200, experienceWith())));
        expect([stage.text, readings()]).toEqual(["Friday drop ", 1]);
        await stage.clear();
        await stage.letPass(20_000);
        expect(vi.getTimerCount()).toBe(0);
      });

      it("waits on while the server cannot be reached, and throws what no waiting mends", async () => {
        vi.spyOn(console, "error").mockImplementation(() => {});
        stage.server.on(experienceRoute, () => refusal(503, "OVERLOADED", {}, { "retry-after": "1" }));
        await stage.show(h(Catcher, null, page));
        await stage.letPass(30_000);
        expect(stage.text).toBe("One moment");
        stage.server.on(experienceRoute, () => refusal(404, "EXPERIENCE_NOT_FOUND"));
        await stage.letPass(60_000);
        expect(stage.text).toBe("EXPERIENCE_NOT_FOUND");
      });

      it("shows at once what is known from the server, and reads it anew", async () => {
        const initial = experienceWith({ name: "From the server" });
        stage.server.once(experienceRoute, silence);
        await stage.show(h(Suspense, { fallback: "One moment" }, h(Known, { initial })));
        expect(stage.text).toBe("From the server ");
        await stage.letPass(60_000);
        expect(stage.text).toBe("Friday drop ");
      });
    });
  });
}
