/** A line of the real server whose order is drawn, from joining early on the waiting page to the check of its opening. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bringOpeningsOn, startTestServer, type TestServer } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";

const program = new URL("../packages/cli/src/stanchion.ts", import.meta.url).pathname;
const earlyMs = 120_000;
const others = 4;

describe("a line whose order is drawn at the opening", () => {
  let server: TestServer;
  let browser: Browser;
  let folder: string;
  let queueId: string;
  let page: Page;
  /** What joining answered the fans beside the one in the browser. */
  let joined: Record<string, unknown>[];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startTestServer({ isWorker: false })]);
    folder = await mkdtemp(join(tmpdir(), "stanchion-verify-"));
    const shop = await server.shop();
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const openAt = new Date((row?.now.getTime() ?? 0) + earlyMs).toISOString();
    ({ id: queueId } = await shop.queue({ shuffleBeforeOpen: true, openAt }));
    page = await browser.newPage();
    await page.goto(`${server.url}/q/${queueId}`);
    await page.getByRole("button", { name: "Join now" }).click();
    await page.waitForSelector('[data-scene="before-opening"]');
    joined = [];
    for (const fan of await shop.fans(others)) joined.push((await fan.enter(queueId)).body);
    await server.advance(earlyMs);
    await page.waitForSelector('[data-scene="drawing"]');
    await bringOpeningsOn(server, async () => {
      const leaves = await server.call("GET", `/api/v1/queues/${queueId}/proof/leaves`);
      return leaves.status === 200;
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  test("shows the fan the place that the server gives, and leads to a check that agrees", async () => {
    await page.waitForSelector('[data-scene="waiting"]');
    const place = Number(await page.textContent(".position"));
    await page.click(".receipt summary");
    const opening = page.waitForEvent("popup");
    await page.click("text=Check that the order was fair");
    const check = await opening;
    await check.click("#all");
    await check.waitForSelector("#result:not([hidden])");
    expect(await check.textContent("#result > h2")).toBe("List and result belong together, no more");
    expect(await check.textContent("figcaption")).toBe(
      `Your ticket 1 came out at place ${place} of ${others + 1}.`,
    );
    expect(await check.locator(".steps .fails").count()).toBe(0);
    expect(await check.textContent(".steps")).toContain("The order is in the log, once");
  });

  test("is proven by the command to everybody, and no two stand at one place", async () => {
    const ranks = [Number(await page.textContent(".position"))];
    for (const entry of joined) {
      const receipt = join(folder, "receipt.json");
      await writeFile(receipt, JSON.stringify(entry));
      const { code, out } = await run(`${server.url}/q/${queueId}`, "--receipt", receipt, "--json");
      const { steps, level, standing } = JSON.parse(out);
      expect(steps.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
      expect([code, level, standing.ticket]).toEqual([0, "consistent", entry.ticket]);
      ranks.push(standing.rank);
    }
    expect(ranks.sort((a, b) => a - b)).toEqual(Array.from({ length: others + 1 }, (_, index) => index + 1));
  }, 120_000);
});

function run(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, "verify-line", ...args], (error, out) =>
      done({ code: error === null ? 0 : Number(error.code), out }),
    );
  });
}
