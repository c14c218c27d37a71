import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../testing/index.ts";

let server: TestServer;
let shop: TestShop;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
  shop = await server.shop();
});
afterAll(() => server.stop());

it("offers the mail at the turn on the waiting page only where its link leads to the same site", async () => {
  for (const [pageUrl, isOffered] of [
    [null, true],
    [`${server.url}/line`, true],
    ["https://shop.example/line", false],
  ] as const) {
    const { id } = await shop.queue({ pageUrl });
    const answer = await fetch(`${server.url}/q/${id}`);
    expect(answer.status).toBe(200);
    const [, offer] = /<stanchion-line[^>]* turn-mail="(\w+)"/.exec(await answer.text()) ?? [];
    expect(offer, String(pageUrl)).toBe(isOffered ? "on" : "off");
  }
});
