/** A session that is bound to a key of the browser: on the server's own page, and by the SDK on a shop's page elsewhere. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Stanchion, StanchionOptions } from "../packages/sdk/src/index.ts";
import {
  errorOf,
  startTestServer,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

interface LoadedSdk {
  readonly Stanchion: new (options: StanchionOptions) => Stanchion;
}

interface StoredTokens {
  readonly tokenType: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

describe("a session in the browser", () => {
  let server: TestServer;
  let shop: TestShop;
  let browser: Browser;
  let site: Server;
  let siteUrl: string;
  let context: BrowserContext | undefined;
  beforeAll(async () => {
    [server, browser, site] = await Promise.all([
      startTestServer({ isWorker: false }),
      launchBrowser(),
      startSite(),
    ]);
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    shop = await server.shop({ allowedOrigins: [siteUrl] });
  }, 90_000);
  afterEach(async () => {
    await context?.close();
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
    await server?.stop();
  });

  const openLine = async (queueId: string, clockAheadMs = 0): Promise<Page> => {
    context = await browser.newContext();
    await context.addInitScript((aheadMs) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + aheadMs;
    }, clockAheadMs);
    const page = await context.newPage();
    await page.goto(`${server.url}/q/${queueId}`);
    return page;
  };
  const join = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: /join/i }).click();
    await page.locator(".position").waitFor();
  };
  /** What the page is answered when it comes online again, and asks how its place stands. */
  const statusAskedBy = async (page: Page): Promise<number> => {
    const answered = page.waitForResponse((response) => response.url().endsWith("/status"));
    await page.evaluate(() => dispatchEvent(new Event("online")));
    return (await answered).status();
  };
  const tokensIn = (page: Page): Promise<StoredTokens> =>
    page.evaluate(() => {
      const name = Object.keys(localStorage).find((key) => key.startsWith("stanchion:session:"));
      return JSON.parse(localStorage.getItem(name ?? "") ?? "null");
    });
  const publishableKeyIn = (page: Page): Promise<string> =>
    page.evaluate(
      () =>
        Object.keys(localStorage)
          .find((key) => key.startsWith("stanchion:session:"))
          ?.slice("stanchion:session:".length) ?? "",
    );

  it("is bound to a key that no script can copy, and its tokens are worth nothing elsewhere", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const page = await openLine(queue.id);
    await join(page);
    const { tokenType, accessToken, refreshToken } = await tokensIn(page);
    expect(tokenType).toBe("DPoP");

    const taken = await page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open("stanchion");
        opening.onsuccess = () => resolve(opening.result);
      });
      const pair = await new Promise<CryptoKeyPair>((resolve) => {
        const request = database.transaction("keys").objectStore("keys").getAll();
        request.onsuccess = () => resolve(request.result[0]);
      });
      const attempts = (["jwk", "pkcs8", "raw"] as const).map((format) =>
        crypto.subtle.exportKey(format as "pkcs8", pair.privateKey).then(
          () => "exported",
          (error: DOMException) => error.name,
        ),
      );
      return { isExtractable: pair.privateKey.extractable, attempts: await Promise.all(attempts) };
    });
    expect(taken.isExtractable).toBe(false);
    expect(taken.attempts).not.toContain("exported");

    const publishableKey = await publishableKeyIn(page);
    for (const scheme of ["Bearer", "DPoP"]) {
      const asked = await server.call("GET", `/api/v1/queues/${queue.id}/status`, {
        publishableKey,
        headers: { Authorization: `${scheme} ${accessToken}`, "X-Fingerprint": "the-thief-knows-it-too" },
      });
      expect([asked.status, errorOf(asked).code]).toEqual([403, "FP002"]);
    }
    const renewed = await server.call("POST", "/api/v1/auth/refresh", {
      publishableKey,
      body: { refreshToken },
    });
    expect([renewed.status, errorOf(renewed).code]).toEqual([403, "FP002"]);
    await page.reload();
    await page.locator(".position").waitFor();
  });

  it("outlives an update of the browser that changes what the device looks like", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const page = await openLine(queue.id);
    await join(page);
    await page.evaluate(() => localStorage.setItem("stanchion:fingerprint", "another-browser-altogether"));
    expect(await statusAskedBy(page)).toBe(200);
    expect(await page.locator(".position").isVisible()).toBe(true);
  });

  it("begins although the browser's clock is wrong by a day", async () => {
    for (const aheadMs of [86_400_000, -86_400_000]) {
      const page = await openLine((await shop.queue()).id, aheadMs);
      await join(page);
      expect((await tokensIn(page)).tokenType).toBe("DPoP");
      await context?.close();
    }
  });

  it("whose key is gone is told so, and the fan can join anew", async () => {
    const queue = await shop.queue();
    const page = await openLine(queue.id);
    await join(page);
    await page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const deleting = indexedDB.deleteDatabase("stanchion");
          deleting.onsuccess = resolve;
          deleting.onblocked = deleting.onerror = reject;
        }),
    );
    const first = await tokensIn(page);
    expect(await statusAskedBy(page)).toBe(403);
    await page.getByText("This browser is not recognized any more").waitFor();
    await join(page);
    const second = await tokensIn(page);
    expect(second.tokenType).toBe("DPoP");
    expect(second.accessToken).not.toBe(first.accessToken);
  });

  it("is bound on a page of another origin too, with the SDK and the piece that it loads", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(siteUrl);
    await page.waitForFunction(() => "Stanchion" in globalThis);
    const { publishableKey } = shop;
    const options = { publishableKey, baseUrl: server.url };
    const seen = await page.evaluate(
      async ([given, queueId]) => {
        const { Stanchion } = globalThis as unknown as LoadedSdk;
        const { auth, queues } = new Stanchion(given);
        const entered = await queues.enter(queueId);
        const asked = await queues.status(queueId);
        await auth.refresh();
        const again = await queues.status(queueId);
        const left = await queues.leave(queueId);
        await auth.logout();
        return [entered.status, asked.status, again.status, left.status];
      },
      [options, queue.id] as const,
    );
    expect(seen).toEqual(["QUEUED", "QUEUED", "QUEUED", "LEFT"]);
    await page.evaluate(
      async ([given, queueId]) => {
        const { Stanchion } = globalThis as unknown as LoadedSdk;
        await new Stanchion(given).queues.enter(queueId);
      },
      [options, (await shop.queue()).id] as const,
    );
    expect((await tokensIn(page)).tokenType).toBe("DPoP");
  });
});

const shopPage = `<!doctype html><title>A shop</title>
<script type="module">import { Stanchion } from "/index.js"; globalThis.Stanchion = Stanchion;</script>`;

/** A shop's site with the SDK as a bundler makes it. */
async function startSite(): Promise<Server> {
  const input = fileURLToPath(new URL("../packages/sdk/src/index.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const files = new Map(output.map((part) => [`/${part.fileName}`, part.type === "chunk" ? part.code : ""]));
  const site = createServer((request, response) => {
    const code = files.get(request.url ?? "");
    response.setHeader("Content-Type", code === undefined ? "text/html" : "text/javascript");
    response.end(code ?? shopPage);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  return site;
}
