import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, it } from "vitest";
import { StanchionProvider, type StanchionProviderProps, useQueue, WaitingRoom } from "./index.ts";

function Place() {
  return createElement("p", null, useQueue("queue_01").phase);
}

it("renders where there is no window", () => {
  expect([typeof window, typeof document]).toEqual(["undefined", "undefined"]);
  const options = { publishableKey: "pk_test_1", baseUrl: "https://line.test" };
  const room = createElement(WaitingRoom, { queueId: "queue_01", checkoutUrl: "https://shop.test/checkout" });
  const html = renderToString(createElement(StanchionProvider, { options }, createElement(Place), room));
  expect(html).toBe(
    '<p>loading</p><section aria-label="Waiting room" aria-busy="false" data-slot="loading" tabindex="-1">' +
      '<div role="status">Looking for your place in line …</div><div role="alert"></div></section>',
  );
});

it("says what is missing", () => {
  const baseUrl = "https://line.test";
  const nothing = {} as StanchionProviderProps;
  expect(() => renderToString(createElement(StanchionProvider, nothing))).toThrow(
    "needs a client, or options",
  );
  const secret = { options: { publishableKey: "sk_test_1", baseUrl } };
  expect(() => renderToString(createElement(StanchionProvider, secret))).toThrow("secret key");
  expect(() => renderToString(createElement(Place))).toThrow("no StanchionProvider above");
});
