import { createElement as h, type ReactElement, useState } from "react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { admissionToken, entryWith, json, queueId, refusal } from "../../../sdk/src/testing/fake-server.ts";
import { useAdmission } from "../use-admission.ts";
import type { QueuePlace } from "../use-queue.ts";
import { WaitingRoom } from "../waiting-room.ts";
import { Stage } from "./stage.ts";

const enterRoute = `POST /queues/${queueId}/enter`;
const nowSeconds = Date.UTC(2026, 0, 1) / 1_000;
const admitted = entryWith({
  status: "ADMITTED",
  position: null,
  admission: {
    id: "adm_1",
    token: admissionToken(nowSeconds, nowSeconds + 300),
    expiresAt: new Date((nowSeconds + 90) * 1_000).toISOString(),
  } as NonNullable<ReturnType<typeof entryWith>["admission"]>,
});

function Countdown(): ReactElement {
  const { admission, secondsLeft } = useAdmission(queueId);
  return h("p", null, `${admission === null ? "none" : "there"} ${secondsLeft}`);
}

function CountingWaiting({ place }: { place: QueuePlace }): ReactElement {
  const [presses, setPresses] = useState(0);
  return h(
    "button",
    { type: "button", onClick: () => setPresses(presses + 1) },
    `${place.position}/${presses}`,
  );
}

/** What holds of the waiting room and the right to buy. */
export function describeRoom(): void {
  describe("a room", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
    });
    afterEach(() => stage.end());
    const said = (role: string): string | null | undefined =>
      stage.element.querySelector(`[role=${role}]`)?.textContent;

    describe("WaitingRoom", () => {
      it("leads from outside to the checkout by itself", async () => {
        const checkoutUrl = "https://shop.example/checkout?item=7";
        await stage.show(h(WaitingRoom, { queueId, checkoutUrl }));
        await stage.sendBoard({});
        expect(said("status")).toBe("You are not in line yet.");
        await stage.press("Join the line");
        await stage.sendBoard({ version: 2, nowServing: 90 });
        expect(stage.text).toContain("You are in line.Your place: 10About 1 to 2 min");
        stage.server.on(`GET /queues/${queueId}/status`, () => json(200, admitted));
        await stage.sendBoard({ version: 3, nowServing: 100 });
        await stage.letPass(10_000);
        expect([said("status"), said("alert")]).toEqual(["", "It is your turn."]);
        expect(said("timer")).toMatch(/^1:\d\d left$/);
        const href = stage.element.querySelector("a")?.href ?? "";
        expect(href).toMatch(/^https:\/\/shop\.example\/checkout\?item=7&admission_token=e30/);
      });

      it("says what stands in the way, and lets people try again", async () => {
        stage.server.once(enterRoute, () => refusal(409, "QUEUE_FULL"));
        await stage.show(h(WaitingRoom, { queueId }));
        await stage.press(/Join/);
        expect(said("alert")).toBe("because of QUEUE_FULL");
        await stage.press(/Join/);
        expect(said("alert")).toBe("");
      });

      it("keeps the focus in the room when the part that had it goes", async () => {
        await stage.show(h(WaitingRoom, { queueId }));
        await stage.letPass(0, () => stage.button(/Join/).focus());
        await stage.press(/Join/);
        expect(document.activeElement?.getAttribute("data-slot")).toBe("waiting");
      });

      it("offers no way in where there is none", async () => {
        await stage.show(h(WaitingRoom, { queueId }));
        await stage.sendBoard({ status: "CLOSED" });
        expect(stage.text).toBe("The line is closed.");
      });

      it("takes parts and words of one's own, and keeps what they remember", async () => {
        await stage.show(
          h(WaitingRoom, {
            queueId,
            texts: { room: "Warteraum", leave: "Raus" },
            outside: ({ enter }) => h("button", { type: "button", onClick: () => void enter() }, "Rein"),
            components: { waiting: CountingWaiting },
          }),
        );
        expect(stage.element.querySelector("section")?.getAttribute("aria-label")).toBe("Warteraum");
        await stage.press("Rein");
        await stage.press("100/0");
        await stage.sendBoard({ version: 2, nowServing: 50 });
        expect(stage.text).toContain("50/1");
      });

      it("shows nothing at all for a part that is to be empty", async () => {
        await stage.show(h(WaitingRoom, { queueId, outside: () => null }));
        expect(stage.text).toBe("You are not in line yet.");
      });

      it("lets who left join again", async () => {
        await stage.show(h(WaitingRoom, { queueId }));
        await stage.press(/Join/);
        await stage.press("Leave the line");
        expect(said("status")).toBe("You have left the line.");
        await stage.press("Join again");
        expect(said("status")).toBe("You are in line.");
      });
    });

    describe("useAdmission", () => {
      it("counts down to the end, by the server's clock, and runs no timer without an admission", async () => {
        stage.server.on(enterRoute, () => json(201, admitted));
        await stage.show(h(Countdown));
        expect(stage.text).toBe("none null");
        await stage.letPass(0, () => stage.client.queues.enter(queueId));
        expect(stage.text).toMatch(/^there (90|89)$/);
        await stage.letPass(30_000);
        expect(stage.text).toMatch(/^there (60|59)$/);
      });
    });
  });
}
