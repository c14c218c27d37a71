/** A draw of the real server, checked by whoever entered it: on the page in a browser, and by the command. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  drawAmong,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";
import { logDelayMsMax } from "../packages/verify/src/check-unshown.ts";
import { withoutResult } from "../packages/verify/src/testing/make-draw-proof.ts";
import { launchBrowser } from "./browser.ts";

const program = new URL("../packages/cli/src/stanchion.ts", import.meta.url).pathname;
const seats = 2;
const entrants = 7;

describe("a draw that is drawn", () => {
  let server: TestServer;
  let shop: TestShop;
  let fans: readonly TestFan[];
  let browser: Browser;
  let folder: string;
  let drawId: string;
  /** What the status answers each entrant. */
  let statuses: Record<string, unknown>[];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startTestServer({ isWorker: false })]);
    folder = await mkdtemp(join(tmpdir(), "stanchion-verify-"));
    shop = await server.shop();
    fans = await shop.fans(entrants);
    drawId = await drawAmong(server, shop, fans, { winnerCount: seats });
    statuses = await Promise.all(fans.map(async (fan) => (await fan.drawStatus(drawId)).body));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await rm(folder, { recursive: true });
  });

  test("is proven by the command to each of its entrants, and they stood at every place", async () => {
    const places: number[] = [];
    for (const status of statuses) {
      const receipt = join(folder, "receipt.json");
      await writeFile(receipt, JSON.stringify(status));
      const address = `${server.url}/verify?draw=${drawId}`;
      const { code, out } = await run(address, "--receipt", receipt, "--json");
      const { steps, level, standing } = JSON.parse(out);
      expect(steps.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
      expect([code, level]).toEqual([0, "consistent"]);
      expect(standing.hasWon).toBe(status.status === "WON");
      expect(standing.awards).toHaveLength(status.status === "WON" ? 1 : 0);
      places.push(standing.place);
    }
    expect(places.sort()).toEqual(Array.from({ length: entrants }, (_, index) => index + 1));
  });

  test.each(["all", "own"])("is proven on the page: %s", async (button) => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(`${server.url}/verify?draw=${drawId}`);
    const winner = statuses.find(({ status }) => status === "WON");
    await page.fill("#receipt", JSON.stringify(winner));
    await page.click(`#${button}`);
    await page.waitForSelector("#result:not([hidden])");
    expect(await textOf(page, "#result > h2")).toBe("List and result belong together, no more");
    expect(await textOf(page, "figcaption")).toContain("It won: the first 2 did.");
    expect(await textOf(page, ".steps")).toContain("The log is the one your receipt saw");
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("tells on the page whoever was taken out before the list was closed, and why", async () => {
    const [left, removed] = fans as [TestFan, TestFan];
    const body = { consumerId: removed.consumerId, reason: "DUPLICATE" };
    const receipts: unknown[] = [];
    const id = await drawAmong(server, shop, fans, { winnerCount: seats }, async (drawId) => {
      receipts.push(
        (await left.drawStatus(drawId)).body.receipt,
        (await removed.drawStatus(drawId)).body.receipt,
      );
      expect((await left.leaveDraw(drawId)).status).toBe(200);
      expect((await shop.call("POST", `/api/v1/draws/${drawId}/remove`, { body })).status).toBe(200);
    });
    const page = await browser.newPage();
    const told: string[] = [];
    for (const receipt of receipts) {
      await page.goto(`${server.url}/verify?draw=${id}`);
      await page.fill("#receipt", JSON.stringify(receipt));
      await page.click("#own");
      told.push(await textOf(page, "#result .removal"));
    }
    expect(told).toEqual([
      "Your entry was not in the draw: it was given up before the list was closed.",
      "Your entry was not in the draw: it was taken out by the operator as a second one before the list was closed.",
    ]);
    expect(await textOf(page, "#result > h2")).toBe("List and result belong together, no more");
    await page.close();
  });

  test("is told on the page to be ahead of a proof that hides the result, and broken where it hides it for long", async () => {
    const id = await drawAmong(server, shop, fans, { winnerCount: seats });
    const page = await browser.newPage();
    await page.route(`**/draws/${id}/proof`, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: withoutResult(await answer.json()) });
    });
    const check = async (): Promise<string> => {
      await page.goto(`${server.url}/verify?draw=${id}`);
      await page.click("#all");
      return textOf(page, "#result:not([hidden]) > h2");
    };
    expect(await check()).toBe("The public log is ahead of the proof");
    await server.advance(logDelayMsMax + 1000);
    expect(await check()).toBe("This does not hold");
    expect(await textOf(page, "#result")).toContain(
      "Ask for the proof again. If it still does not, it is kept back.",
    );
    await page.close();
  });

  test("is not proven on the page where the server answers anything but its log", async () => {
    const page = await browser.newPage();
    await page.route("**/fairness-log*", (route) => route.fulfill({ json: {} }));
    await page.goto(`${server.url}/verify?draw=${drawId}`);
    await page.click("#all");
    expect(await textOf(page, "#result:not([hidden]) > h2")).toBe("This does not hold");
    expect(await textOf(page, "#result")).toContain("There is no log.");
    await page.close();
  });

  test("blames the operator on the page where the draw's address answers another draw's proof", async () => {
    const other = await drawAmong(server, shop, fans, { winnerCount: seats });
    const page = await browser.newPage();
    await page.route(`**/draws/${drawId}/proof`, async (route) => {
      const response = await route.fetch({ url: `${server.url}/api/v1/draws/${other}/proof` });
      await route.fulfill({ response });
    });
    await page.goto(`${server.url}/verify?draw=${drawId}`);
    await page.fill("#receipt", JSON.stringify(statuses[0]));
    await page.click("#all");
    expect(await textOf(page, "#result:not([hidden]) > h2")).toBe("This does not hold");
    expect(await textOf(page, "#result")).toContain(`The proof is of ${other}, and ${drawId} was asked for.`);
    await page.close();
  });

  test.each([
    ["what is no receipt", "own", "{}", (id: string) => id, "This is no receipt: body is missing."],
    ["another number", "all", "", () => "draw_x", "There is no such draw; check its number."],
  ])("is not judged on the page by %s", async (_name, button, receipt, numberOf, says) => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/verify?draw=${numberOf(drawId)}`);
    await page.fill("#receipt", receipt);
    await page.click(`#${button}`);
    await page.waitForSelector("#result:not([hidden])");
    expect(await textOf(page, "#result")).toBe(`Nothing could be checked${says}`);
    await page.close();
  });
});

function run(...args: string[]): Promise<{ code: number; out: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [program, "verify-draw", ...args], (error, out) =>
      done({ code: error === null ? 0 : Number(error.code), out }),
    );
  });
}

async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.textContent(selector)) ?? "";
}
