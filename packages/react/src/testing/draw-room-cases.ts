import type { DrawNews, EntryAdmission } from "@stanchion/sdk";
import { createElement as h, type ReactElement } from "react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  admissionToken,
  drawEntryWith,
  drawId,
  drawNewsWith,
  json,
  publicDrawWith,
  refusal,
} from "../../../sdk/src/testing/fake-server.ts";
import { DrawRoom, type DrawRoomProps } from "../draw-room.ts";
import type { DrawPlace } from "../use-draw.ts";
import { Stage } from "./stage.ts";

const enterRoute = `POST /draws/${drawId}/enter`;
const statusRoute = `GET /draws/${drawId}/status`;
const nowSeconds = Date.UTC(2026, 0, 1) / 1_000;
const texts = { closes: (at: Date) => `closes ${at.toISOString()}`, turnBegins: () => "soon" };

function Entered({ place }: { place: DrawPlace }): ReactElement {
  return h("b", null, `number ${place.entry?.number}`);
}

/** What holds of a draw's room, besides what holds of every room. */
export function describeDrawRoom(): void {
  describe("DrawRoom", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
      stage.server
        .on(enterRoute, () => json(201, drawEntryWith()))
        .on(`POST /draws/${drawId}/leave`, () => json(200, drawEntryWith({ status: "LEFT" })))
        .on(statusRoute, () => json(200, drawEntryWith()))
        .on(`GET /draws/${drawId}`, () => json(200, publicDrawWith()));
    });
    afterEach(async () => {
      await stage.end();
      expect(stage.streamsOpen).toBe(0);
    });
    const show = (props: Partial<DrawRoomProps> = {}) => stage.show(h(DrawRoom, { drawId, texts, ...props }));
    const tell = (news: Partial<DrawNews> = {}) =>
      stage.letPass(0, () => stage.server.stream.send("draw", drawNewsWith(news)));
    const said = (role: string): string | null | undefined =>
      stage.element.querySelector(`[role=${role}]`)?.textContent;
    const slot = (): string | null | undefined =>
      stage.element.querySelector("section")?.getAttribute("data-slot");
    /** Whatever the draw tells, the fan's own entry says this from now on. */
    const become = async (entry: Parameters<typeof drawEntryWith>[0], version: number): Promise<void> => {
      stage.server.on(statusRoute, () => json(200, drawEntryWith(entry)));
      await tell({ status: "COMPLETED", version });
      await stage.letPass(10_000);
    };

    it("leads from outside through the draw to the checkout by itself", async () => {
      await show({ checkoutUrl: "https://shop.example/checkout?item=7" });
      await tell();
      expect([slot(), said("status")]).toEqual(["outside", "You are not in the draw yet."]);
      expect(stage.text).toContain("closes 2026-01-01T01:00:00.000Z");
      await stage.press("Enter the draw");
      expect([slot(), said("status")]).toEqual(["waiting", "You are in the draw."]);
      expect(stage.text).toContain("10 people are in it.The winners are drawn ");
      await tell({ status: "CLOSED", version: 2 });
      expect(said("status")).toBe("You are in the draw, which is being made.");
      expect(stage.element.querySelector("button")).toBeNull();

      await become({ status: "WON", admissionAt: new Date((nowSeconds + 60) * 1_000).toISOString() }, 3);
      expect([slot(), said("status")]).toEqual(["waiting", "You have won."]);
      expect(stage.text).toContain("soonGive up what I have won");

      const admission = {
        id: "adm_1",
        token: admissionToken(nowSeconds, nowSeconds + 300),
        expiresAt: new Date((nowSeconds + 300) * 1_000).toISOString(),
      } as EntryAdmission;
      stage.server.on(statusRoute, () => json(200, drawEntryWith({ status: "WON", admission })));
      await stage.letPass(60_000);
      expect([slot(), said("status")]).toEqual(["turn", ""]);
      expect(said("alert")).toBe("You have won, and it is your turn to buy.");
      expect(said("timer")).toMatch(/^3:\d\d left$/);
      const href = stage.element.querySelector("a")?.href ?? "";
      expect(href).toMatch(/^https:\/\/shop\.example\/checkout\?item=7&admission_token=e30/);
    });

    it("tells who has lost whether a seat may still come free", async () => {
      await show();
      await tell();
      await stage.press("Enter the draw");
      await become({ status: "LOST" }, 2);
      expect([slot(), stage.text]).toEqual(["over", "You have not won this time."]);
      await stage.clear();
      stage.server.on(`GET /draws/${drawId}`, () => json(200, publicDrawWith({ backfill: true })));
      await show();
      await stage.letPass(1_000);
      expect(slot()).toBe("waiting");
      expect(stage.text).toBe("You have not won this time. If a winner does not buy, it may be you yet.");
    });

    it("lets people leave and enter again while it is open, and says what stands in the way", async () => {
      await show();
      await tell();
      stage.server.once(enterRoute, () => refusal(409, "DRAW_FULL"));
      await stage.press("Enter the draw");
      expect(said("alert")).toBe("because of DRAW_FULL");
      await stage.press("Enter the draw");
      await stage.press("Leave the draw");
      expect([slot(), said("status")]).toEqual(["over", "You have left the draw."]);
      await stage.press("Enter again");
      expect(slot()).toBe("waiting");
    });

    it.each([
      ["SCHEDULED", "The draw is not open yet.", "Enter when it opens"],
      ["CLOSED", "The draw is closed. Nobody can enter any more.", null],
      ["COMPLETED", "The draw is over. The winners have been drawn.", null],
      ["CANCELLED", "The draw was called off. Nobody wins.", null],
      ["VOID", "The draw came to nothing. Nobody wins.", null],
    ] as const)("tells who is outside how the draw is: %s", async (status, headline, button) => {
      await show();
      await tell({ status });
      expect(said("status")).toBe(headline);
      expect(stage.element.querySelector("button")?.textContent ?? null).toBe(button);
    });

    it("takes parts and words of one's own", async () => {
      await show({
        texts: { room: "Verlosung" },
        outside: ({ enter }) => h("button", { type: "button", onClick: () => void enter() }, "Rein"),
        components: { waiting: Entered },
      });
      await tell();
      expect(stage.element.querySelector("section")?.getAttribute("aria-label")).toBe("Verlosung");
      await stage.press("Rein");
      expect(stage.text).toBe("You are in the draw.number 7");
    });
  });
}
