import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Entry, SessionTokens } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readConfig } from "../config.ts";
import { createLog } from "../platform/log.ts";
import { type RunningServer, startServer } from "../start-server.ts";
import { createTestDatabase, type TestDatabase, wideLimits } from "../testing/index.ts";
import { createDemoShop, type Demo, makeDemo } from "./index.ts";

describe("the demo's shop", () => {
  let db: TestDatabase;
  let dataFolder = "";
  let server: RunningServer;
  let demo: Demo;

  const start = async (): Promise<void> => {
    const shop = createDemoShop();
    server = await startServer({
      config: readConfig({
        PORT: "0",
        STANCHION_DATA: dataFolder,
        DATABASE_URL: db.url,
        STANCHION_SECRET: "a secret of the tests, long enough to be one",
        RATE_LIMITS: JSON.stringify(wideLimits),
      }),
      parts: { api: true, worker: true },
      log: createLog("silent"),
      extend: shop.register,
      beforeReady: async (running) => {
        demo = await makeDemo(running);
        shop.open(demo, running.ownUrl);
      },
    });
  };

  beforeAll(async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    db = await createTestDatabase();
    dataFolder = await mkdtemp(path.join(tmpdir(), "stanchion-test-"));
    await start();
  });
  afterAll(async () => {
    await server.stop();
    await db.drop();
    await rm(dataFolder, { recursive: true, force: true });
    vi.restoreAllMocks();
  });

  const url = (route: string): string => server.ownUrl + route;
  const asPerson = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const checkout = (token: string, headers: Record<string, string> = asPerson) =>
    fetch(url(`/dev/checkout?admission_token=${encodeURIComponent(token)}`), { headers });
  const buy = (token: string, headers: Record<string, string> = asPerson) =>
    fetch(url("/dev/checkout"), {
      method: "POST",
      headers,
      body: new URLSearchParams({ admission_token: token }),
    });
  const asShop = (method: string, route: string, body?: unknown) =>
    fetch(url(`/api/v1/queues/${demo.queueId}${route}`), {
      method,
      headers: { Authorization: `Bearer ${demo.secretKey}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  /** A fan whose turn it is, with a way to ask for the entry again. */
  const admittedFan = async () => {
    const pk = { "X-Publishable-Key": demo.publishableKey };
    const guest = await fetch(url("/api/v1/auth/guest"), { method: "POST", headers: pk });
    const { accessToken } = (await guest.json()) as SessionTokens;
    const asFan = async (method: string, verb: string): Promise<Entry> => {
      const headers = { ...pk, Authorization: `Bearer ${accessToken}` };
      const answer = await fetch(url(`/api/v1/queues/${demo.queueId}/${verb}`), { method, headers });
      return (await answer.json()) as Entry;
    };
    await asFan("POST", "enter");
    const entry = await vi.waitUntil(
      async () => {
        const seen = await asFan("GET", "status");
        return seen.status === "ADMITTED" && seen;
      },
      { timeout: 10_000 },
    );
    return { entry, token: entry.admission?.token ?? "", status: () => asFan("GET", "status") };
  };

  it("lets whoever is admitted buy once, all in a browser without script", async () => {
    const queue = (await (await asShop("GET", "")).json()) as { checkoutUrl: string };
    expect(queue.checkoutUrl).toBe(url("/dev/checkout"));
    const { token, status, entry } = await admittedFan();

    const page = await checkout(token);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    const html = await page.text();
    expect(html).toContain("verified offline");
    expect(html).toContain(`datetime="${entry.admission?.expiresAt}"`);
    expect(html).toContain("Buy (pretend)");
    expect(html).not.toContain("<script");

    const bought = await buy(token);
    expect(bought.status).toBe(200);
    const receipt = await bought.text();
    expect(receipt).toContain("<h1>Bought</h1>");
    const orderId = /demo-[0-9a-f-]{36}/.exec(receipt)?.[0];
    expect(await db.query(`select order_id from admissions where status = 'COMPLETED'`)).toEqual([
      { order_id: orderId },
    ]);
    expect((await status()).status).toBe("COMPLETED");

    const again = await buy(token);
    expect(again.status).toBe(409);
    const refusal = await again.text();
    expect(refusal).toContain("You have bought already");
    expect(refusal).toContain(`href="/q/${demo.queueId}"`);
    expect((await checkout(token)).status).toBe(409);
  });

  it("refuses a token that is forged, of another line or missing, and tells a program in the contract's words", async () => {
    const { token } = await admittedFan();
    const forged = `${token.slice(0, -8)}AAAAAAAA`;
    const page = await checkout(forged);
    expect(page.status).toBe(401);
    expect(page.headers.get("www-authenticate")).not.toBeNull();
    expect(await page.text()).toContain("This link is not from our line");

    const asProgram = await checkout(forged, { Accept: "application/json" });
    expect(asProgram.status).toBe(401);
    expect(await asProgram.json()).toMatchObject({
      error: "invalid_token",
      code: "INVALID_TOKEN",
      requestId: asProgram.headers.get("x-request-id"),
    });
    expect(await (await buy(forged, {})).json()).toMatchObject({ code: "INVALID_TOKEN" });
    expect(await (await fetch(url("/dev/checkout"))).json()).toMatchObject({
      code: "MISSING_PARAMETER",
      details: { parameter: "admission_token" },
    });
    const asJson = await fetch(url("/dev/checkout"), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ admission_token: token }),
    });
    expect(await asJson.json()).toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
    expect(await (await fetch(url("/dev/checkout"), { method: "PUT" })).json()).toMatchObject({
      code: "METHOD_NOT_ALLOWED",
    });
  });

  it("sends whoever comes with an old link, or after the end of the turn, back to the line", async () => {
    const fan = await admittedFan();
    await db.setClockOffset(-120_000);
    const { admission } = await fan.status();
    await db.setClockOffset(0);
    const old = await checkout(admission?.token ?? "");
    expect(old.status).toBe(401);
    expect(await old.text()).toContain("This link is too old");

    const denied = await asShop("POST", "/deny", { consumerId: fan.entry.consumerId, reason: "a test" });
    expect(denied.status).toBe(200);
    const late = await buy(fan.token);
    expect(late.status).toBe(409);
    expect(await late.text()).toContain("You have no turn any more");
  });

  it("moves the checkout along when the server starts at another address, unless somebody has put in their own", async () => {
    const before = demo;
    await server.stop();
    await start();
    expect(demo.queueId).toBe(before.queueId);
    const moved = (await (await asShop("GET", "")).json()) as { checkoutUrl: string };
    expect(moved.checkoutUrl).toBe(url("/dev/checkout"));

    const own = "https://shop.example/checkout";
    expect((await asShop("PATCH", "", { checkoutUrl: own })).status).toBe(200);
    await server.stop();
    await start();
    expect(await (await asShop("GET", "")).json()).toMatchObject({ checkoutUrl: own });
  });
});
