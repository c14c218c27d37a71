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
import { useAdmission } from "../use-admission.ts";
import { useDraw } from "../use-draw.ts";
import { Stage } from "./stage.ts";

const enterRoute = `POST /draws/${drawId}/enter`;
const nowSeconds = Date.UTC(2026, 0, 1) / 1_000;

function Part(): ReactElement {
  const { phase, drawStatus, pending, actionError, enter } = useDraw(drawId);
  const { admission, secondsLeft } = useAdmission(drawId);
  const facts = [phase, drawStatus, pending, actionError?.code, admission?.id, secondsLeft];
  const onClick = () => void enter();
  return h(
    "p",
    null,
    facts.map((fact) => fact ?? "-").join(" "),
    h("button", { type: "button", onClick }, "Enter"),
  );
}

/** What holds of `useDraw`, besides what holds of every place. */
export function describeDraw(): void {
  describe("useDraw", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
      stage.server
        .on(enterRoute, () => json(201, drawEntryWith()))
        .on(`GET /draws/${drawId}/status`, () => json(200, drawEntryWith()))
        .on(`GET /draws/${drawId}`, () => json(200, publicDrawWith()));
    });
    afterEach(async () => {
      await stage.end();
      expect(stage.streamsOpen).toBe(0);
    });

    it("follows a fan from outside into the draw, by one watch with the admission", async () => {
      stage.server.once(enterRoute, () => refusal(409, "DRAW_FULL"));
      await stage.show(h(Part));
      await stage.letPass(0, () => stage.server.stream.send("draw", drawNewsWith()));
      expect(stage.text).toContain("outside OPEN - - - -");
      await stage.press("Enter");
      expect(stage.text).toContain("outside OPEN - DRAW_FULL - -");
      await stage.press("Enter");
      expect(stage.text).toContain("entered OPEN - - - -");
      expect(stage.server.streams.length).toBe(1);
    });

    it("counts down for who has won and is admitted", async () => {
      const admission = {
        id: "adm_1",
        token: admissionToken(nowSeconds, nowSeconds + 300),
        expiresAt: new Date((nowSeconds + 90) * 1_000).toISOString(),
      } as NonNullable<ReturnType<typeof drawEntryWith>["admission"]>;
      stage.server.on(enterRoute, () => json(201, drawEntryWith({ status: "WON", admission })));
      await stage.show(h(Part));
      await stage.press("Enter");
      expect(stage.text).toMatch(/^admitted .* adm_1 (90|89)/);
    });
  });
}
