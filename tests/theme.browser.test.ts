/** The waiting page of an experience with a theme, in a real browser and under the policy that it is served with. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 60"><rect width="240" height="60" rx="30" fill="#f2aa4c"/><text x="120" y="40" font-family="sans-serif" font-size="28" font-weight="700" text-anchor="middle" fill="#101820">NORTHSIDE</text></svg>`;

let server: TestServer;
let shop: TestShop;
let browser: Browser;
let logos: Server;
let logoUrl: string;

beforeAll(async () => {
  logos = createServer((_, answer) => answer.writeHead(200, { "Content-Type": "image/svg+xml" }).end(logo));
  await new Promise<void>((resolve) => logos.listen(0, "127.0.0.1", resolve));
  logoUrl = `http://127.0.0.1:${(logos.address() as AddressInfo).port}/logo.svg`;
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  shop = await server.shop();
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  logos?.close();
});

test.each(["light", "dark"] as const)("shows logo, colours and own words on a %s screen", async (scheme) => {
  const { id } = await themedQueue({
    logoUrl,
    colors: { background: "#fdf6ec", text: "#2b1a0e", accent: "#b4530a" },
    texts: {
      headline: "Northside spring drop",
      intro: "Forty jackets, sewn in our own <workshop>.",
      languages: [{ language: "de", intro: "Vierzig Jacken." }],
    },
  });
  const { page, complaints } = await open(id, scheme);
  await page.waitForSelector('.card[data-scene="open"]');
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".logo")?.naturalWidth !== 0);
  expect(await page.textContent("h1")).toBe("Northside spring drop");
  expect(await page.textContent(".intro")).toBe("Forty jackets, sewn in our own <workshop>.");
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(background).toBe(scheme === "light" ? "rgb(253, 246, 236)" : "rgb(31, 27, 24)");
  expect(await faultsOf(page)).toEqual([]);
  await shoot(page, `theme-${scheme}-open`);
  await page.click("text=Join the line");
  await page.waitForSelector('.card[data-scene="turn"]');
  expect(await faultsOf(page)).toEqual([]);
  await shoot(page, `theme-${scheme}-turn`);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test("speaks the fan's language where the theme has it, and follows a change of the theme", async () => {
  const { id, experienceId } = await themedQueue({
    colors: { accent: "#0b5fff" },
    texts: { headline: "Spring", intro: "Hello", languages: [{ language: "de", headline: "Frühling" }] },
  });
  const read = async (language: string) =>
    (await server.call("GET", `/q/${id}`, { headers: { "Accept-Language": language } })).text;
  expect(await read("de-CH, en;q=0.5")).toContain(
    `<h1 slot="title" lang="de" dir="auto">Frühling</h1>\n<p slot="title" class="intro" lang="de" dir="auto">Hello</p>`,
  );
  expect(await read("fr")).toContain(`<h1 slot="title" dir="auto">Spring</h1>`);
  const theme = { colors: { accent: "#0a7a3c" }, texts: { headline: "Summer" } };
  await shop.call("PATCH", `/api/v1/experiences/${experienceId}`, { body: { theme } });
  const after = await server.until(
    () => read("fr"),
    (html) => html.includes("Summer"),
  );
  const style = /href="(\/assets\/themes\/[^"]+)"/.exec(after)?.[1] ?? "";
  const answer = await server.call("GET", style);
  expect(answer.text).toContain("--stanchion-accent:#0a7a3c");
  expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  const old = await server.call("GET", style.replace(/.{10}\.css$/, "0123456789.css"));
  expect([old.status, old.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect((await server.call("GET", "/assets/themes/x.css")).status).toBe(404);
});

test("lets the page load images from the logo's origin, and from nowhere else", async () => {
  const withLogo = await themedQueue({ logoUrl: "https://cdn.shop.example/a;b,c/logo.svg?x='" });
  const policyOf = async (id: string) =>
    (await server.call("GET", `/q/${id}`)).headers.get("content-security-policy");
  expect(await policyOf(withLogo.id)).toContain("img-src 'self' data: https://cdn.shop.example; base-uri");
  expect(await policyOf((await shop.queue()).id)).toContain("img-src 'self' data:; base-uri");
});

async function themedQueue(theme: object): Promise<{ id: string; experienceId: string }> {
  const queue = await shop.queue();
  const experienceId = String(queue.experienceId);
  const answer = await shop.call("PATCH", `/api/v1/experiences/${experienceId}`, { body: { theme } });
  expect(answer.status).toBe(200);
  return { id: queue.id, experienceId };
}

async function open(id: string, colorScheme: "light" | "dark") {
  const context = await browser.newContext({ colorScheme, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${server.url}/q/${id}`);
  return { page, complaints };
}

async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() =>
    (window as unknown as { axe: { run: () => Promise<{ violations: { id: string }[] }> } }).axe.run(),
  );
  return result.violations.map(({ id }) => id);
}

/** Kept where somebody wants to look at them. */
async function shoot(page: Page, name: string): Promise<void> {
  const { SCREENSHOTS: folder } = process.env;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
