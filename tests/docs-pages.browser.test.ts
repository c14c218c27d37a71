/** The documentation in a real browser, as the server serves it: nothing is asked of anybody else, and nothing complains. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = new URL("./screenshots/", import.meta.url).pathname;

let browser: Browser;
let server: TestServer;
let context: BrowserContext;
let complaints: string[];
let strangers: string[];

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startTestServer({ isWorker: false })]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});
beforeEach(async () => {
  complaints = [];
  strangers = [];
  context = await newContext({});
});
afterEach(async () => {
  await context.close();
  expect(strangers).toEqual([]);
  expect(complaints).toEqual([]);
});

async function newContext(options: Parameters<Browser["newContext"]>[0]): Promise<BrowserContext> {
  const made = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  made.on("request", (request) => {
    const address = request.url();
    if (!address.startsWith(`${server.url}/`) && !/^(data|blob):/.test(address)) strangers.push(address);
  });
  made.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  made.on("weberror", (error) => complaints.push(String(error.error())));
  return made;
}

async function open(path: string): Promise<Page> {
  const page = await context.newPage();
  const answer = await page.goto(server.url + path, { waitUntil: "load" });
  if (answer === null) throw new Error(`no answer for ${path}`);
  return page;
}

async function textOf(path: string): Promise<string> {
  return (await fetch(server.url + path)).text();
}

async function openReference(): Promise<Page> {
  const page = await open("/docs/api");
  // On a small screen the list of operations is behind a button.
  await page.waitForSelector("text=Start a guest session", { state: "attached", timeout: 60_000 });
  return page;
}

/** Takes a picture for whoever wants to look at it. */
async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${screenshots}docs-${name}.png` });
}

const pages = {
  server: "/",
  start: "/docs",
  errors: "/docs/errors",
  error: "/docs/errors/QUEUE_FULL",
  "error with issues": "/docs/errors/VALIDATION_ERROR",
  "error of the SDK": "/docs/errors/NETWORK_ERROR",
  guide: "/docs/guides/first-launch",
  operations: "/docs/operations",
} as const;

describe.each(Object.entries(pages))("the page %s", (name, path) => {
  test.each(["light", "dark"] as const)(
    "has no barrier in the %s and fits 360 pixels",
    async (colorScheme) => {
      await context.close();
      context = await newContext({ viewport: { width: 360, height: 740 }, colorScheme });
      const page = await open(path);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await picture(page, `${name.replaceAll(" ", "-")}-360-${colorScheme}`);
      // A policy that allows no inline script does not stop the debugger's own.
      await page.evaluate(axeSource);
      const barriers = await page.evaluate(async () => {
        const { violations } = await (globalThis as unknown as Axe).axe.run(document, {
          resultTypes: ["violations"],
        });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
      });
      expect(barriers).toEqual([]);
    },
  );

  test("is readable in a wide window", async () => {
    await picture(await open(path), `${name.replaceAll(" ", "-")}-wide`);
  });
});

interface Axe {
  readonly axe: {
    run(
      root: Document,
      options: object,
    ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  };
}

describe("the table of errors", () => {
  const shown = (page: Page) => page.locator("tbody tr[data-words]:visible");

  test("is filtered by typing, keeps the words in the address, and opens the only match with Enter", async () => {
    const page = await open("/docs/errors");
    const all = await shown(page).count();
    await page.fill("#filter", "409 full");
    expect(await shown(page).count()).toBeLessThan(all);
    expect(await shown(page).first().textContent()).toContain("QUEUE_FULL");
    expect(new URL(page.url()).searchParams.get("find")).toBe("409 full");
    await page.reload();
    expect(await page.inputValue("#filter")).toBe("409 full");
    await page.fill("#filter", "queue_full");
    await page.press("#filter", "Enter");
    await page.waitForURL("**/docs/errors/QUEUE_FULL");
  });

  test("says so when nothing matches", async () => {
    const page = await open("/docs/errors");
    await page.fill("#filter", "zzzz");
    expect(await page.locator("#filter-none").isVisible()).toBe(true);
  });

  test("is whole without JavaScript", async () => {
    const { body } = await server.call("GET", "/openapi.json");
    expect(body.openapi).toBe("3.1.0");
    await context.close();
    context = await newContext({ javaScriptEnabled: false });
    const page = await open("/docs/errors");
    expect(await page.locator("#filter").isVisible()).toBe(false);
    expect(await shown(page).count()).toBe(await page.locator("tbody tr[data-words]").count());
  });
});

describe("the API reference", () => {
  beforeAll(async () => {
    // Takes seconds where the machine has much else to do.
    const [script = ""] = /\/docs\/assets\/api-reference-\d[^"]*/.exec(await textOf("/docs/api")) ?? [];
    expect((await textOf(script)).length).toBeGreaterThan(1_000_000);
  }, 120_000);

  test("shows the operations of this server, with nothing from anywhere else", async () => {
    const page = await openReference();
    await picture(page, "api-wide");
  });

  test("fits 360 pixels", async () => {
    await context.close();
    context = await newContext({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
    const page = await openReference();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await picture(page, "api-360-dark");
  });

  test("points to the plain list where there is no JavaScript", async () => {
    await context.close();
    context = await newContext({ javaScriptEnabled: false });
    const page = await open("/docs/api");
    await page.click('a[href="/docs/operations"]');
    await page.waitForURL("**/docs/operations");
  });
});
