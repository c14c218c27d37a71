/** Two tabs of one browser that wait in the same line: one stream, which goes on in the other when its tab is gone. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

describe("two tabs in one line", () => {
  let server: TestServer;
  let shop: TestShop;
  let browser: Browser;
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer({ isWorker: false }), launchBrowser()]);
    shop = await server.shop();
  }, 90_000);
  afterEach(async () => {
    await context?.close();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const streams = async (): Promise<number> => server.server.api?.streams.open ?? -1;
  const positionIs = (page: Page, position: number): Promise<unknown> =>
    page.waitForFunction(
      (wanted) =>
        document
          .querySelector("stanchion-line")
          ?.shadowRoot?.querySelector(".position")
          ?.textContent?.includes(wanted),
      String(position),
    );
  /** Two tabs that wait behind others, the first of which has the stream. */
  const startWaiting = async (others: number) => {
    const queue = await shop.queue();
    const ahead = await shop.fans(others);
    for (const fan of ahead) await fan.enter(queue.id);
    context = await browser.newContext();
    const first = await context.newPage();
    await first.goto(`${server.url}/q/${queue.id}`);
    await first.getByRole("button", { name: /join/i }).click();
    await positionIs(first, others + 1);
    await server.until(streams, (open) => open === 1);
    const second = await context.newPage();
    await second.goto(`${server.url}/q/${queue.id}`);
    await positionIs(second, others + 1);
    return { first, second, leave: async () => void (await ahead.pop()?.leave(queue.id)) };
  };

  it("share a stream, and the other goes on when the one that has it is closed", async () => {
    const { first, second, leave } = await startWaiting(6);
    await leave();
    await Promise.all([positionIs(first, 6), positionIs(second, 6)]);
    expect(await streams()).toBe(1);
    await first.close();
    await leave();
    await positionIs(second, 5);
    await server.until(streams, (open) => open === 1);
  }, 60_000);

  it("do not wait for a tab that the browser has frozen", async () => {
    const { first, second, leave } = await startWaiting(6);
    const session = await context?.newCDPSession(first);
    await session?.send("Page.setWebLifecycleState", { state: "frozen" });
    await leave();
    await positionIs(second, 6);
    await server.until(streams, (open) => open === 1);
  }, 60_000);

  it("take the stream from a tab whose script stands still", async () => {
    const { first, second, leave } = await startWaiting(6);
    // Nothing runs in it, and nothing tells it so.
    const session = await context?.newCDPSession(first);
    await session?.send("Debugger.enable");
    const paused = new Promise((resolve) => session?.once("Debugger.paused", resolve));
    await first.evaluate(() => void setInterval(() => {}, 50));
    await session?.send("Debugger.pause");
    await paused;
    await leave();
    await positionIs(second, 6);
  }, 60_000);
});
