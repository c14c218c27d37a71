/** The samples of the guides on testing, the quick start and the policy, run as they stand there. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFakeStanchion, type FakeStanchion } from "../packages/sdk/src/fake/index.ts";
import { launchBrowser } from "./browser.ts";

const run = promisify(execFile);
const root = dirname(import.meta.dirname);
const shopUrl = "https://shop.test";

let folder: string;
let browser: Browser;
let pageFiles: ReadonlyMap<string, string>;
beforeAll(async () => {
  // There, so that the samples find the packages.
  await mkdir(join(root, "dist"), { recursive: true });
  folder = await mkdtemp(join(root, "dist", "guides-"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  [browser, pageFiles] = await Promise.all([launchBrowser(), buildPage()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The samples in one language of a guide, below a heading. */
async function samplesOf(guide: string, heading: string, language: string): Promise<string[]> {
  const text = await readFile(join(root, "docs/guides", `${guide}.md`), "utf8");
  const [section = ""] = (text.split(`\n## ${heading}\n`)[1] ?? "").split("\n## ");
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, sample = ""]) => sample,
  );
}

async function onlySample(guide: string, heading: string, language: string): Promise<string> {
  const [sample] = await samplesOf(guide, heading, language);
  if (sample === undefined) throw new Error(`${guide} has no ${language} below ${heading}`);
  return sample;
}

/** The page of the quick start, as a bundler makes it. */
async function buildPage(): Promise<ReadonlyMap<string, string>> {
  const input = join(folder, "drop.js");
  await writeFile(input, await onlySample("quick-start-browser", "A whole page", "js"));
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ format: "esm", entryFileNames: "[name].js" });
  await bundle.close();
  const scripts = output.flatMap((part) =>
    part.type === "chunk" ? [[`/${part.fileName}`, part.code] as const] : [],
  );
  return new Map([
    ["/drop.html", await onlySample("quick-start-browser", "A whole page", "html")],
    ...scripts,
  ]);
}

/** Serves the page under a policy, and answers for the fake. */
async function openShop(page: Page, policy: string): Promise<void> {
  await page.route(`${shopUrl}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    const body = pageFiles.get(pathname);
    if (body === undefined) return route.fulfill({ status: 404 });
    const type = pathname.endsWith(".html") ? "text/html; charset=utf-8" : "text/javascript";
    return route.fulfill({ body, headers: { "Content-Type": type, "Content-Security-Policy": policy } });
  });
}

async function policyOf(fake: FakeStanchion): Promise<string> {
  const sample = await onlySample("content-security-policy", "The SDK on your page", "");
  return sample.replace("Content-Security-Policy: ", "").trim().replace("https://line.example.com", fake.url);
}

/** What the sample of Playwright takes of it; its assertions are Vitest's. */
type PlaywrightTest = (name: string, play: (given: { page: Page }) => Promise<void>) => void;
type PlaySample = (test: PlaywrightTest, assert: typeof expect, create: typeof createFakeStanchion) => void;

describe("the guide on testing", () => {
  it("has tests for Vitest that pass", async () => {
    const sample = await onlySample("testing-your-integration", "Vitest", "ts");
    await expect(passUnderVitest("vitest.test.ts", sample)).resolves.toMatch(/Tests\s+2 passed/);
  }, 120_000);

  it("has a test for Jest that passes, by the globals that both have", async () => {
    const sample = await onlySample("testing-your-integration", "Jest", "js");
    await expect(passUnderVitest("jest.test.js", sample)).resolves.toMatch(/Tests\s+1 passed/);
  }, 120_000);

  it("has tests for node:test that pass", async () => {
    await writeFile(
      join(folder, "node.test.js"),
      await onlySample("testing-your-integration", "node:test", "js"),
    );
    const env = { ...process.env, NODE_OPTIONS: "" };
    const { stdout } = await run(process.execPath, ["--test", "node.test.js"], { cwd: folder, env });
    expect(stdout).toMatch(/pass 2/);
  }, 60_000);

  it("has a test for Playwright that passes, with the page of the quick start under the policy of its guide", async () => {
    const sample = await onlySample("testing-your-integration", "Playwright", "js");
    const play = playable(sample);
    const context = await browser.newContext({ baseURL: shopUrl });
    const page = await context.newPage();
    const violations: string[] = [];
    await page.exposeFunction("noteViolation", (words: string) => void violations.push(words));
    await page.addInitScript(listenForViolations);
    const faulty: string[] = [];
    page.on("pageerror", (error) => faulty.push(String(error)));
    let played: Promise<void> = Promise.reject(new Error("the sample has no test"));
    played.catch(() => {});
    play(
      (_, body) => {
        played = openFakeShop(page).then(() => body({ page }));
      },
      expect,
      createFakeStanchion,
    );
    await played;
    const href = await page.getAttribute("#checkout", "href");
    expect(href).toMatch(/^\/checkout\?admission_token=ey/);
    expect([violations, faulty]).toEqual([[], []]);
    await context.close();
  }, 60_000);
});

it("the policy keeps the page from every other server, and the page says so", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const violations: string[] = [];
  await page.exposeFunction("noteViolation", (words: string) => void violations.push(words));
  await page.addInitScript(listenForViolations);
  await openShop(page, "default-src 'none'; script-src 'self'");
  const fake = createFakeStanchion();
  await page.goto(
    `${shopUrl}/drop.html?queue=${fake.addQueue().id}&key=${fake.publishableKey}&server=${fake.url}`,
  );
  await page.waitForFunction(() =>
    document.getElementById("place")?.textContent?.includes("could not be reached"),
  );
  expect(violations).toContain("connect-src");
  await context.close();
}, 60_000);

async function openFakeShop(page: Page): Promise<void> {
  await openShop(page, `${await policyOf(createFakeStanchion())}; require-trusted-types-for 'script'`);
}

/** Runs in the page. */
function listenForViolations(): void {
  document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => {
    (globalThis as unknown as { noteViolation(words: string): void }).noteViolation(violatedDirective);
  });
}

/** The sample with what it imports as parameters. */
function playable(sample: string): PlaySample {
  const body = sample.replaceAll(/^import .*$/gm, "");
  return new Function("test", "expect", "createFakeStanchion", body) as PlaySample;
}

async function passUnderVitest(name: string, sample: string): Promise<string> {
  await writeFile(join(folder, name), sample);
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const flags = ["run", "--globals", "--root", folder, "--config", join(folder, "none.config.js"), name];
  await writeFile(join(folder, "none.config.js"), "export default {};\n");
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const { stdout } = await run(process.execPath, [vitest, ...flags], { cwd: folder, env });
  return stdout;
}
