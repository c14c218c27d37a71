/** A launch in a real browser on the real server: a fan joins, waits, is admitted, and the place is kept on the way. */
import { mkdir } from "node:fs/promises";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginMaintenance, endMaintenance } from "../packages/server/src/switch-maintenance.ts";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

const phone = { width: 390, height: 844 };
const screenshots = process.env.SCREENSHOTS;

describe("a launch in the browser", () => {
  let server: TestServer;
  let shop: TestShop;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
    shop = await server.shop();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const open = async (path: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: phone, bypassCSP: true });
    const page = await context.newPage();
    await page.goto(server.url + path);
    return page;
  };

  const shoot = async (page: Page, name: string): Promise<void> => {
    if (screenshots === undefined) return;
    await mkdir(screenshots, { recursive: true });
    await page.screenshot({ path: `${screenshots}/${name}.png` });
  };

  const violations = async (page: Page): Promise<string[]> => {
    await page.evaluate(axe.source);
    const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
    return found.violations.map((violation) => `${violation.id}: ${violation.help}`);
  };

  it("takes a fan from joining to the checkout, over a reload and in a second tab", async () => {
    const queue = await shop.queue({ name: "Friday drop", checkoutUrl: `${server.url}/health/live` });
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    for (const fan of await shop.fans(11)) await fan.enter(queue.id);

    const page = await open(`/q/${queue.id}`);
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: /join/i }).click();
    await page.getByText("12", { exact: true }).first().waitFor();
    await shoot(page, "waiting");
    expect(await violations(page)).toEqual([]);

    await page.reload();
    await page.getByText("12", { exact: true }).first().waitFor();
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.getByText("12", { exact: true }).first().waitFor();
    const board = await server.call("GET", `/api/v1/queues/${queue.id}/now-serving`);
    expect(board.body.lastTicket).toBe(12);

    await shop.call("POST", `/api/v1/queues/${queue.id}/resume`);
    const link = page.getByRole("link", { name: /checkout/i });
    await link.waitFor();
    await shoot(page, "admitted");
    expect(await violations(page)).toEqual([]);
    const target = new URL((await link.getAttribute("href")) ?? "");
    const token = target.searchParams.get("admission_token") ?? "";
    const validated = await shop.call("POST", `/api/v1/queues/${queue.id}/validate`, { body: { token } });
    expect(validated.status).toBe(200);
    await second.getByRole("link", { name: /checkout/i }).waitFor();
  });

  it("stays with a fan through planned maintenance, from a place in line to the same place", async () => {
    const queue = await shop.queue({ name: "Autumn drop" });
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    for (const fan of await shop.fans(4)) await fan.enter(queue.id);
    const page = await open(`/q/${queue.id}`);
    await page.getByRole("button", { name: /join/i }).click();
    await page.getByText("5", { exact: true }).first().waitFor();

    const message = "We move to a faster database. Back at about 10:30 <3";
    await beginMaintenance(server.db.database, { retryAfterSeconds: 3, message });
    await page.getByText(message).waitFor();
    expect(await page.locator(".position").textContent()).toBe("5");
    await shoot(page, "maintenance");
    expect(await violations(page)).toEqual([]);

    await page.reload();
    await page.getByText(message).waitFor();
    expect(await page.locator(".position").textContent()).toBe("5");
    const outside = await open(`/q/${queue.id}`);
    await outside.getByText(message).waitFor();
    await shoot(outside, "maintenance-outside");
    expect(await violations(outside)).toEqual([]);

    await endMaintenance(server.db.database);
    await page.locator(".problem").waitFor({ state: "hidden" });
    expect(await page.locator(".position").textContent()).toBe("5");
    await outside.getByRole("button", { name: /join/i }).waitFor();
  });

  it("says that there is no such line on a page for people", async () => {
    const page = await open("/q/queue_00000000000000000000000000");
    expect(await page.getByRole("heading").first().textContent()).toMatch(/no such line/i);
    expect(await violations(page)).toEqual([]);
  });
});
