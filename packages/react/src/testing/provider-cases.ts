import type { Stanchion } from "@stanchion/sdk";
import { createElement as h, type ReactElement, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StanchionProvider, useStanchion } from "../stanchion-provider.ts";
import { Stage } from "./stage.ts";

const baseUrl = "https://line.test";

function Seer({ seen }: { seen: Set<Stanchion> }): ReactElement {
  seen.add(useStanchion());
  return h("p");
}

/** What holds of the provider. */
export function describeProvider(): void {
  describe("StanchionProvider", () => {
    let stage: Stage;
    beforeEach(() => {
      stage = new Stage();
    });
    afterEach(() => stage.end());

    it("makes one client of options written in place, and another for another key", async () => {
      const seen = new Set<Stanchion>();
      const root = createRoot(stage.element);
      stage.takeRoot(root);
      const show = (publishableKey: string) =>
        stage.letPass(0, () =>
          root.render(h(StanchionProvider, { options: { publishableKey, baseUrl } }, h(Seer, { seen }))),
        );
      await show("pk_test_1");
      await show("pk_test_1");
      expect(seen.size).toBe(1);
      await show("pk_test_2");
      expect(seen.size).toBe(2);
    });

    it("hands on the client that it is given", async () => {
      const seen = new Set<Stanchion>();
      await stage.show(h(StrictMode, null, h(Seer, { seen })));
      expect([...seen]).toEqual([stage.client]);
    });
  });
}
