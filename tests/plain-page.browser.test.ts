/** The waiting page for browsers without a script: a real browser with JavaScript off, and the real server. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { decodeId, encodeId } from "@stanchion/contract";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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
  context = undefined;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe("a fan without a script", () => {
  it("is led to the page from the waiting page, joins, and keeps the place over a reload", async () => {
    const { id } = await shop.queue({ checkoutUrl: "https://shop.example/checkout" });
    const page = await open(`/q/${id}`);
    await page.waitForURL(`**/q/${id}/plain`);
    expect(await scene(page)).toBe("open");
    expect(await faultsOf(page)).toEqual([]);
    await shoot(page, "plain-open");
    await page.click("text=Join the line");
    expect(page.url()).toBe(`${server.url}/q/${id}/plain`);
    expect(await scene(page)).toBe("waiting");
    expect(await page.textContent(".position")).toBe("1");
    await page.reload();
    expect(await scene(page)).toBe("waiting");
    expect(await waiting(id)).toBe(1);
    const [cookie] = (await context?.cookies()) ?? [];
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    expect(await faultsOf(page)).toEqual([]);
  });

  it("sees the place move, has a turn, and goes to the checkout with a token of that moment", async () => {
    const { id } = await shop.queue({ checkoutUrl: "https://shop.example/checkout?lang=de" });
    const before = await shop.fans(3);
    for (const fan of before) await fan.enter(id);
    const page = await open(`/q/${id}/plain`);
    await page.click("text=Join the line");
    expect(await page.textContent(".position")).toBe("4");
    expect(await page.textContent(".facts")).toContain("3 people");
    await shoot(page, "plain-waiting");
    for (const fan of before.slice(0, 2)) await fan.leave(id);
    await server.until(
      async () => {
        await page.reload();
        return page.textContent(".position");
      },
      (position) => position === "2",
    );
    expect(await page.textContent(".percent")).toBe("66% of the way");
    const consumerId = await consumerOf(id, 4);
    await shop.call("POST", `/api/v1/queues/${id}/admit`, { body: { consumerId } });
    await server.until(
      async () => {
        await page.reload();
        return scene(page);
      },
      (found) => found === "turn",
    );
    expect(await faultsOf(page)).toEqual([]);
    await shoot(page, "plain-turn");
    const answer = await page.request.get(`${page.url()}/checkout`, { maxRedirects: 0 });
    expect(answer.status()).toBe(303);
    const address = new URL(answer.headers().location ?? "");
    expect(address.origin + address.pathname).toBe("https://shop.example/checkout");
    expect(address.searchParams.get("lang")).toBe("de");
    expect(address.searchParams.get("admission_token")?.split(".")).toHaveLength(3);
  });

  it("leaves by keyboard alone, after a question", async () => {
    const { id } = await shop.queue();
    const page = await open(`/q/${id}/plain`);
    await pressOn(page, "Join the line");
    await page.waitForSelector('.card[data-scene="waiting"]');
    await pressOn(page, "Give up my place");
    await page.waitForURL("**/plain?leave=1#leave");
    expect(await faultsOf(page)).toEqual([]);
    await shoot(page, "plain-leave");
    await pressOn(page, "No, keep it");
    await page.waitForURL("**/plain");
    expect(await waiting(id)).toBe(1);
    await pressOn(page, "Give up my place");
    await page.waitForURL("**/plain?leave=1#leave");
    await pressOn(page, "Yes, give it up");
    await page.waitForSelector('.card[data-scene="left"]');
    expect(await page.textContent("h2")).toBe("You have left the line");
    await page.reload();
    expect(await scene(page)).toBe("left");
  });

  it("is told of a pause, an end, a full line, and one that is not open yet", async () => {
    const paused = await shop.queue();
    const page = await open(`/q/${paused.id}/plain`);
    await page.click("text=Join the line");
    await shop.call("POST", `/api/v1/queues/${paused.id}/pause`);
    await seen(page, "The organizer has paused the line");
    expect(await page.textContent(".facts")).toContain("paused");

    await shop.call("POST", `/api/v1/queues/${paused.id}/close`);
    const other = await open(`/q/${paused.id}/plain`);
    await seen(other, "The line is closed");
    expect((await load(other)).headers().refresh).toBeUndefined();

    const full = await shop.queue({ capacity: 1 });
    await (await shop.fan()).enter(full.id);
    const late = await open(`/q/${full.id}/plain`);
    await seen(late, "The line is full right now");
    await late.click("text=Try to join");
    expect(await late.textContent(".problem")).toContain("The line has just filled up");
    expect(await late.textContent(".reference")).toMatch(/Reference: req_/);
    expect(await faultsOf(late)).toEqual([]);
    await shoot(late, "plain-full");

    const openAt = new Date(Date.now() + 7_200_000).toISOString();
    const early = await shop.queue({
      openAt,
      timeZone: "Europe/Helsinki",
      waitlistUrl: "https://shop.example/waitlist",
    });
    const soon = await open(`/q/${early.id}/plain`);
    expect(await scene(soon)).toBe("scheduled");
    expect(await soon.textContent("main")).toContain("Times are those of Europe/Helsinki.");
    expect(await soon.textContent("main")).not.toContain("your time");
    expect(await soon.locator("button").count()).toBe(0);
    expect(await soon.getAttribute(".waitlist", "href")).toBe("https://shop.example/waitlist");
    expect(refreshOf(await load(soon))).toBeGreaterThanOrEqual(30);
    await shoot(soon, "plain-scheduled");
  });

  it("keeps the place over a restart of the server, and over the end of the access token", async () => {
    const own = await startTestServer({ isWorker: false });
    const ownShop = await own.shop();
    const { id } = await ownShop.queue();
    const page = await open(`/q/${id}/plain`, own.url);
    await page.click("text=Join the line");
    const cookies = (await context?.cookies()) ?? [];
    await own.server.stop();
    const again = await startTestServer({ isWorker: false, database: own.db });
    const later = await open(`/q/${id}/plain`, again.url, cookies);
    expect(await scene(later)).toBe("waiting");
    await again.advance(2 * 3_600_000);
    await later.reload();
    expect([await scene(later), await later.textContent("main")]).toEqual(["waiting", expect.anything()]);
    const [renewed] = (await context?.cookies()) ?? [];
    expect(renewed?.value).not.toBe(cookies[0]?.value);
    await again.stop();
    await own.db.drop();
  });

  it("is told in words when there were too many requests, and comes back by itself", async () => {
    const limited = await server.shop({ rateLimits: { entry: { limit: 1, windowSeconds: 60 } } });
    const { id } = await limited.queue();
    const page = await open(`/q/${id}/plain`);
    await page.click("text=Join the line");
    expect(await scene(page)).toBe("waiting");
    await page.goto(`${server.url}/q/${id}/plain?leave=1`);
    await page.click("text=Yes, give it up");
    const answered = page.waitForResponse((answer) => answer.url().endsWith("/plain/join"));
    await page.click("button:has-text('Join again')");
    const answer = await answered;
    expect(answer.status()).toBe(429);
    expect(await page.textContent(".problem")).toMatch(/Too many requests at once.*Please wait/s);
    expect(refreshOf(answer)).toBeGreaterThanOrEqual(Number(answer.headers()["retry-after"]));
    await shoot(page, "plain-limited");
  });
});

async function open(
  path: string,
  base = server.url,
  cookies: Parameters<BrowserContext["addCookies"]>[0] = [],
) {
  await context?.close();
  context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await context.addCookies([...cookies]);
  const page = await context.newPage();
  await page.goto(base + path);
  return page;
}

async function load(page: Page) {
  const answer = await page.reload();
  if (answer === null) throw new Error("nothing was loaded");
  return answer;
}

function refreshOf(answer: { headers(): Record<string, string> }): number {
  return Number(/^\d+(?=; url=\/q\/)/.exec(answer.headers().refresh ?? "")?.[0]);
}

const scene = (page: Page) => page.getAttribute("#card", "data-scene");

async function seen(page: Page, words: string): Promise<void> {
  await server.until(
    async () => {
      await page.reload();
      return page.textContent("main");
    },
    (text) => text?.includes(words) ?? false,
  );
}

/** By the Tab key, from where the focus is. */
async function pressOn(page: Page, label: string): Promise<void> {
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await page.locator(":focus").textContent()) === label) return page.keyboard.press("Enter");
  }
  throw new Error(`the Tab key does not come to "${label}"`);
}

async function waiting(id: string): Promise<unknown> {
  return (await shop.call("GET", `/api/v1/queues/${id}`)).body.waiting;
}

async function consumerOf(id: string, ticket: number): Promise<string> {
  const { rows } = await server.db.database.pool.query<{ id: string }>(
    "select consumer_id as id from entries where queue_id = $1 and ticket = $2",
    [decodeId("queue", id), ticket],
  );
  return encodeId("consumer", rows[0]?.id ?? "");
}

async function faultsOf(page: Page): Promise<string[]> {
  // A page without scripts is examined in one with them.
  const inspecting = await browser.newContext();
  const copy = await inspecting.newPage();
  const style = /href="(\/assets\/waiting-page[^"]+)"/.exec(await page.content())?.[1] ?? "";
  await copy.setContent(await page.content());
  await copy.addStyleTag({ content: await (await page.request.get(new URL(style, page.url()).href)).text() });
  await copy.evaluate(axeSource);
  const { violations } = await copy.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<{ violations: { id: string }[] }> } }).axe.run(),
  );
  await inspecting.close();
  return violations.map(({ id }) => id);
}

/** Kept where somebody wants to look at them. */
async function shoot(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS: folder } = process.env;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
