/** What comes over the wire until a fan can join. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../packages/server/src/testing/index.ts";
import { bytesBeforeJoiningMax, loadWaitingPage } from "../tools/bench/waiting-page-load.ts";
import { launchBrowser } from "./browser.ts";

describe("the waiting page", () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer({ isWorker: false }), launchBrowser()]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  // English, and those whose words weigh most.
  it.each(["en", "uk", "ru", "hi"])(
    "takes 40 kB at most in %s until a fan can join, all that is asked for counted",
    async (language) => {
      const shop = await server.shop();
      const { id } = await shop.queue({ name: "Friday drop" });
      const { bytes, requests } = await loadWaitingPage(
        browser,
        `${server.url}/q/${id}?lang=${language}`,
        false,
      );
      const asked = [...requests.keys()];
      expect(asked).toContain(`/q/${id}`);
      expect(asked).toContain(`/api/v1/queues/${id}/stream`);
      expect(Math.min(...requests.values())).toBeGreaterThan(0);
      expect(bytes, JSON.stringify(Object.fromEntries(requests))).toBeLessThanOrEqual(bytesBeforeJoiningMax);
    },
  );
});
