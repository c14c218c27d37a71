/** A shop's page on another port, in a real browser: what its script can read of the API, and what it is refused. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

/** What a page's script has of an answer; null: the browser kept it from the script. */
type Read = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
} | null;

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials?: "include";
}

describe("a page of another origin in the browser", () => {
  let server: TestServer;
  let browser: Browser;
  let site: Server;
  let context: BrowserContext | undefined;
  let shop: TestShop;
  let strict: TestShop;
  let live: TestShop;
  let siteUrl: string;
  beforeAll(async () => {
    site = await startSite();
    siteUrl = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    [server, browser] = await Promise.all([startTestServer({ isWorker: false }), launchBrowser()]);
    [shop, strict, live] = await Promise.all([
      server.shop({ allowedOrigins: [siteUrl] }),
      server.shop({ allowedOrigins: ["https://shop.example"] }),
      server.shop({ isLive: true }),
    ]);
  }, 90_000);
  afterEach(async () => {
    await context?.close();
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
    await server?.stop();
  });

  const openPage = async (url = siteUrl): Promise<Page> => {
    context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    return page;
  };
  const send = (page: Page, path: string, sent: Sent = {}): Promise<Read> =>
    page.evaluate(
      async ([url, init]) => {
        try {
          const answer = await fetch(url, init);
          const body = await answer.json().catch(() => ({}));
          return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
        } catch {
          return null;
        }
      },
      [server.url + path, sent] as const,
    );
  const asKey = ({ publishableKey }: TestShop): Record<string, string> => ({
    "X-Publishable-Key": publishableKey,
  });

  it("that is on the list joins a line, and reads status, body, request id and limits", async () => {
    const queue = await shop.queue();
    const page = await openPage();
    const guest = await send(page, "/api/v1/auth/guest", { method: "POST", headers: asKey(shop) });
    expect(guest?.status).toBe(201);
    const headers = {
      ...asKey(shop),
      Authorization: `Bearer ${String(guest?.body.accessToken)}`,
      "Content-Type": "application/json",
      "Idempotency-Key": "from-a-page",
      "X-Request-Id": "from-a-page",
    };
    const enter = { method: "POST", headers, body: "{}" };
    const entered = await send(page, `/api/v1/queues/${queue.id}/enter`, enter);
    expect(entered?.status).toBe(201);
    expect(entered?.headers).toMatchObject({
      "x-request-id": "from-a-page",
      location: expect.stringMatching(/^\/api\/v1\//),
      "x-ratelimit-remaining": expect.stringMatching(/^\d+$/),
      ratelimit: expect.stringContaining("entry"),
      "ratelimit-policy": expect.stringContaining("entry"),
    });
    const again = await send(page, `/api/v1/queues/${queue.id}/enter`, enter);
    expect(again).toMatchObject({ status: 201, headers: { "idempotent-replayed": "true" } });
    const read = await send(page, `/api/v1/queues/${queue.id}`, { headers: asKey(shop) });
    expect(read).toMatchObject({ status: 200, body: { id: queue.id } });
  });

  it("reads the ETag of what anyone may keep a copy of, and asks by it again", async () => {
    const queue = await live.queue();
    const page = await openPage();
    const path = `/api/v1/queues/${queue.id}/departed/0`;
    const { etag = "" } = (await send(page, path))?.headers ?? {};
    expect(etag).toMatch(/^"[\d.]+"$/);
    expect((await send(page, path, { headers: { "If-None-Match": etag } }))?.status).toBe(304);
  });

  it("reads refusals whole: no credential, no route, no such thing, a broken body", async () => {
    const page = await openPage();
    const json = { ...asKey(shop), "Content-Type": "application/json" };
    for (const [path, sent, status, code] of [
      ["/api/v1/auth/guest", { method: "POST" }, 401, "PUBLISHABLE_KEY_REQUIRED"],
      ["/api/v1/nowhere", { headers: asKey(shop) }, 404, "ROUTE_NOT_FOUND"],
      ["/api/v1/auth/guest", { method: "DELETE" }, 405, "METHOD_NOT_ALLOWED"],
      ["/api/v1/auth/refresh", { method: "POST", headers: json, body: "{" }, 400, "INVALID_JSON"],
      ["/api/v1/auth/refresh", { method: "POST", headers: json, body: "{}" }, 422, "VALIDATION_ERROR"],
      [
        "/api/v1/auth/refresh",
        { method: "POST", headers: asKey(shop), body: "a=b" },
        415,
        "UNSUPPORTED_MEDIA_TYPE",
      ],
    ] as const) {
      const answer = await send(page, path, sent);
      expect(answer).toMatchObject({ status, body: { code } });
      expect(answer?.headers["x-request-id"]).toBe(answer?.body.requestId);
    }
  });

  it("that no list names is refused, and can read why", async () => {
    const page = await openPage();
    for (const headers of [asKey(strict), asKey(live)]) {
      const answer = await send(page, "/api/v1/auth/guest", { method: "POST", headers });
      expect(answer).toMatchObject({
        status: 403,
        body: { error: "forbidden", code: "ORIGIN_NOT_ALLOWED", details: { origin: siteUrl } },
      });
      expect(answer?.headers["x-request-id"]).toBe(answer?.body.requestId);
    }
  });

  it("is refused with a secret key, whatever the list says", async () => {
    const page = await openPage();
    const headers = { Authorization: `Bearer ${shop.secretKey}` };
    const answer = await send(page, "/api/v1/queues", { headers });
    expect(answer).toMatchObject({ status: 403, body: { code: "ORIGIN_NOT_ALLOWED" } });
    expect(answer?.body.message).toContain("secret key");
  });

  it("never gets an answer to a request that carries cookies", async () => {
    const page = await openPage();
    const sent = { method: "POST", headers: asKey(shop), credentials: "include" } as const;
    expect(await send(page, "/api/v1/auth/guest", sent)).toBeNull();
  });

  it("without an origin of its own, such as a sandboxed frame, reads the open board and nothing else", async () => {
    const queue = await live.queue();
    const page = await openPage(`${siteUrl}/sandboxed`);
    expect(await page.evaluate(() => globalThis.origin)).toBe("null");
    expect(await send(page, "/api/v1/auth/guest", { method: "POST", headers: asKey(shop) })).toBeNull();
    expect(await send(page, `/api/v1/queues/${queue.id}/now-serving`)).toMatchObject({ status: 200 });
  });

  it("follows the open stream of a board, and cannot read the metrics", async () => {
    const queue = await live.queue();
    const page = await openPage();
    const board = await page.evaluate(
      (url) =>
        new Promise<string>((resolve, reject) => {
          const stream = new EventSource(url);
          stream.addEventListener("board", ({ data }) => {
            stream.close();
            resolve(data);
          });
          stream.addEventListener("error", () => reject(new Error("the stream was refused")));
        }),
      `${server.url}/api/v1/queues/${queue.id}/stream`,
    );
    expect(JSON.parse(board)).toMatchObject({ nowServing: 0 });
    expect(await send(page, "/metrics")).toMatchObject({
      status: 403,
      body: { code: "RESOURCE_RESTRICTED" },
    });
  });
});

/** A site with one page that has no script of its own; `/sandboxed` takes its origin away from it. */
async function startSite(): Promise<Server> {
  const server = createServer((request, response) => {
    response.setHeader("Content-Type", "text/html");
    if (request.url === "/sandboxed") response.setHeader("Content-Security-Policy", "sandbox allow-scripts");
    response.end('<!doctype html><link rel="icon" href="data:,"><title>A shop</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
