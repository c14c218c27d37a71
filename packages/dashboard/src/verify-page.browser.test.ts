/** The verify page in a real browser, under the content security policy that it is served with, and as a saved file without one. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchBrowser } from "../../../tests/browser.ts";
import { bytesFromHex } from "../../verify/src/bytes.ts";
import { timeOfDrandRound } from "../../verify/src/drand.ts";
import { findTicketOfRank } from "../../verify/src/line.ts";
import { proveEntry } from "../../verify/src/testing/make-draw-entry-proof.ts";
import { makeDraw, makeReceipt } from "../../verify/src/testing/make-draw-proof.ts";
import { logLine } from "../../verify/src/testing/make-line-log.ts";
import { makeLine } from "../../verify/src/testing/make-line-proof.ts";
import { type LoggedDraw, logDraw, seeLog, wholeLog } from "../../verify/src/testing/make-log.ts";
import { quicknet, quicknetRound1000 } from "../../verify/src/testing/quicknet.ts";
import { type FakeDrawServer, startFakeDrawServer } from "./testing/fake-draw-server.ts";
import { verifyPage } from "./verify-page.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = new URL("../../../tests/screenshots/", import.meta.url).pathname;

const draw = logDraw(makeDraw({ entered: 500, removals: [{ number: 3, reason: "LEFT" }] }));
const roundAtMs = timeOfDrandRound(quicknet, 1000);
const byBeacon = logDraw(
  makeDraw({
    entered: 40,
    removals: [],
    beacon: quicknet,
    signature: quicknetRound1000,
    drawAt: new Date(roundAtMs).toISOString(),
  }),
  roundAtMs - 3_600_000,
);
const { drawId } = draw.proof.rules;

const line = logLine(makeLine(300), [
  { nowServing: 30 },
  { nowServing: 90, exceptions: [{ rank: 50, outcome: "LEFT", reason: null }] },
]);
const { queueId } = line.proof.rules;

let browser: Browser;
let server: FakeDrawServer;
let context: BrowserContext;
let complaints: string[];
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stanchion-verify-"));
  [browser, server] = await Promise.all([launchBrowser(), startFakeDrawServer(draw)]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  Object.assign(server, { draw, line: null, isSlow: false });
  server.asked.length = 0;
  complaints = [];
  context = await newContext("light");
});
afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

describe("a draw by its address", () => {
  test("is recomputed, and the page shows where the entry stood and what is proven", async () => {
    const page = await open(`?draw=${drawId}`);
    await page.fill("#receipt", JSON.stringify({ entryId: "ent_1", receipt: receiptAt(draw, 0) }));
    await page.press("#draw", "Enter");
    await verdict(page, "open", "List and result belong together, no more");
    expect(await focused(page)).toBe("List and result belong together, no more");
    expect(await text(page, ".level")).toBe("Level: consistent");
    expect(await text(page, "figcaption")).toContain("place 1 of 499. It won: the first 2 did.");
    expect(await text(page, ".fates")).toContain("it got a place, to be used in time.");
    expect(await page.locator(".steps .holds").count()).toBe(24);
    expect(await text(page, ".levels")).toContain("499");
    expect(server.asked).toContain(`/api/v1/draws/${drawId}/proof/leaves`);
  });

  test("is recomputed for one entrant without the list, with a receipt from the link", async () => {
    const receipt = receiptAt(draw, 400);
    const packed = Buffer.from(JSON.stringify(receipt)).toString("base64url");
    const page = await open(`?draw=${drawId}#receipt=${packed}`);
    await page.click("#own");
    await verdict(page, "open", "List and result belong together, no more");
    expect(await text(page, "figcaption")).toContain("place 401 of 499");
    expect(await text(page, "figcaption")).toContain("it was 399 places short");
    expect(await text(page, "#result")).toContain("Only your entry was looked at.");
    expect(server.asked).not.toContain(`/api/v1/draws/${drawId}/proof/leaves`);
    expect(server.asked.join()).not.toContain(receipt.salt);
  });

  test("names the step that is broken", async () => {
    server.draw = { ...draw, proof: { ...draw.proof, winners: draw.proof.winners.toReversed() } };
    const page = await open(`?draw=${drawId}`);
    await page.click("#all");
    await verdict(page, "broken", "This does not hold");
    expect(await text(page, "#result")).toContain("Broken at “The winners”. Others won than the first");
    expect(await page.locator(".steps .fails").count()).toBe(2);
    await picture(page, "broken-wide");
  });

  test("names a log that was rewritten after the receipt", async () => {
    const { receipt } = draw;
    const entries = draw.entries.map((entry, index) =>
      index === 0 ? { ...entry, kind: "cancelled" } : entry,
    );
    server.draw = { ...draw, entries };
    const page = await open(`?draw=${drawId}`);
    await page.fill("#receipt", JSON.stringify(receipt));
    await page.click("#all");
    await verdict(page, "broken", "This does not hold");
    expect(await text(page, "#result")).toContain("The log was rewritten");
  });

  test("goes on counting while it reads, and stops when it is told to", async () => {
    server.isSlow = true;
    const page = await open(`?draw=${drawId}`);
    await page.click("#all");
    await page.waitForSelector("text=1 of 499 entries read");
    expect(await page.locator("#bar").evaluate((bar: HTMLProgressElement) => bar.value)).toBe(1);
    expect(await page.locator("#all").isDisabled()).toBe(true);
    await page.click("#stop");
    expect(await page.locator("#progress").isVisible()).toBe(false);
    server.isSlow = false;
    await page.click("#all");
    await verdict(page, "open", "List and result belong together, no more");
  });

  test.each([
    ["", "Say which draw"],
    ["https://shop.example/api/v1/draws/draw_1", "This page asks only the server that it came from."],
  ])("is asked for: %j", async (given, says) => {
    const page = await open("");
    await page.fill("#draw", given);
    await page.click("#all");
    expect(await text(page, "#fault")).toContain(says);
  });

  test("that is none, and a receipt that is none, are said so", async () => {
    const page = await open("?draw=here");
    await page.click("#all");
    await page.waitForSelector("text=This is no address of a draw or a line.");
    await page.fill("#receipt", "my receipt");
    await page.click("#all");
    expect(await text(page, "#fault")).toContain("This is no receipt");
    await page.fill("#receipt", "");
    await page.fill("#draw", drawId);
    await page.click("#own");
    expect(await text(page, "#fault")).toContain("needs your receipt");
  });
});

describe("the opening of a line by its address", () => {
  test("is recomputed, and the page shows where the ticket stands and what the log says of it", async () => {
    server.line = line;
    const packed = Buffer.from(JSON.stringify(line.receiptOf(ticketAt(120)))).toString("base64url");
    const page = await open(`?queue=${queueId}#receipt=${packed}`);
    expect(await page.inputValue("#draw")).toBe(queueId);
    expect(await page.locator("#own").isVisible()).toBe(false);
    await page.click("#all");
    await verdict(page, "open", "List and result belong together, no more");
    expect(await text(page, "figcaption")).toBe(`Your ticket ${ticketAt(120)} came out at place 120 of 300.`);
    expect(await text(page, ".fate")).toContain("the line has come to place 90: yours is still to come");
    expect(await page.locator(".steps .fails").count()).toBe(0);
    expect(await text(page, ".steps")).toContain("The line moved in that order");
    expect(await text(page, ".levels")).toContain("300");
    expect(server.asked.join()).not.toContain("receipt");
  });

  test("says what became of whoever was passed, so that they can hold the log against the shop", async () => {
    server.line = line;
    const page = await open(`?queue=${queueId}`);
    await page.fill("#receipt", JSON.stringify(line.receiptOf(ticketAt(40))));
    await page.click("#all");
    await verdict(page, "open", "List and result belong together, no more");
    expect(await text(page, ".fate")).toMatch(/let you in by .*If you waited on, keep your receipt/);
    await page.fill("#receipt", JSON.stringify(line.receiptOf(ticketAt(50))));
    await page.click("#all");
    await page.waitForSelector("text=/taken out of its turn by .*: it was given up/");
  });

  test("names the step that is broken, and says when there is nothing to check yet", async () => {
    server.line = { ...line, leaves: line.leaves.toReversed() };
    const page = await open(`?queue=${queueId}`);
    await page.click("#all");
    await verdict(page, "broken", "This does not hold");
    const { algorithm, rules, rulesHash, commitment } = line.proof;
    const announced = { algorithm, rules, rulesHash, commitment } as typeof line.proof;
    server.line = { ...line, proof: announced, entries: line.entries.slice(0, 4) };
    await page.click("#all");
    await verdict(page, "open", "The line has not opened yet");
  });

  test("is checked without the list as long as the order is not drawn, and says when to come back", async () => {
    const { serverSeed, beacon, seed, ...frozen } = line.proof;
    server.line = { ...line, proof: frozen as typeof line.proof, entries: line.entries.slice(0, 5) };
    const page = await open(`?queue=${queueId}`);
    await page.click("#all");
    await verdict(page, "open", "The order is not drawn yet");
    expect(await text(page, "#result")).toContain("The list itself is shown when the order is drawn");
    expect(await page.locator(".steps .fails").count()).toBe(0);
    expect(server.asked.join()).not.toContain("/proof/leaves");
  });
});

describe("a saved copy", () => {
  test("works without the server from saved files, the list packed", async () => {
    const { body } = await verifyPage();
    const file = save("verify.html", body);
    const files = [
      save("proof.json", JSON.stringify(byBeacon.proof)),
      save("jwks.json", JSON.stringify(byBeacon.jwks)),
      save("leaves.ndjson.gz", gzipSync(byBeacon.leaves.map((leaf) => `${leaf}\n`).join(""))),
      save("log.json", JSON.stringify(wholeLog(byBeacon))),
      save("receipt.json", JSON.stringify(receiptAt(byBeacon, 5))),
    ];
    await context.setOffline(true);
    const page = await context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.setInputFiles("#files", files);
    await page.click("#all");
    await verdict(page, "good", "Nobody could choose the order");
    expect(await text(page, ".level")).toBe("Level: beacon");
    expect(await text(page, ".steps")).toContain("The log is the one your receipt saw");
    expect(await text(page, "figcaption")).toContain("place 6 of 40");
    const own = save("entry.json", JSON.stringify(proveEntry(byBeacon, byBeacon.proof.ranking[5] ?? 0)));
    const withoutLog = files.filter((name) => !name.endsWith("log.json"));
    await page.setInputFiles("#files", [...withoutLog, own]);
    await page.click("#own");
    await page.waitForSelector("text=Only your entry was looked at.");
    expect(await text(page, "#result")).toContain("The public log was not looked at");
    await page.setInputFiles("#files", files.slice(0, 2));
    await page.click("#all");
    await page.waitForSelector("text=The list is missing");
  });
});

test.each(["light", "dark"] as const)(
  "has no barrier in the %s and fits 360 pixels, before and after",
  async (colorScheme) => {
    await context.close();
    context = await newContext(colorScheme, 360);
    server.draw = byBeacon;
    const page = await open(`?draw=${drawId}`);
    await expectNoBarrier(page);
    await picture(page, `form-360-${colorScheme}`);
    await page.fill("#receipt", JSON.stringify(receiptAt(byBeacon, 9)));
    await page.click("#all");
    await verdict(page, "good", "Nobody could choose the order");
    await expectNoBarrier(page);
    await picture(page, `result-360-${colorScheme}`);
  },
);

test.each(["light", "dark"] as const)(
  "shows a line without a barrier in the %s on 360 pixels",
  async (colorScheme) => {
    await context.close();
    context = await newContext(colorScheme, 360);
    server.line = line;
    const page = await open(`?queue=${queueId}`);
    await page.fill("#receipt", JSON.stringify(line.receiptOf(ticketAt(120))));
    await page.click("#all");
    await verdict(page, "open", "List and result belong together, no more");
    await expectNoBarrier(page);
    await picture(page, `line-360-${colorScheme}`);
  },
);

test("is readable in a wide window", async () => {
  const page = await open(`?draw=${drawId}`);
  await page.fill("#receipt", JSON.stringify(receiptAt(draw, 120)));
  await page.click("#all");
  await verdict(page, "open", "List and result belong together, no more");
  await picture(page, "result-wide");
});

/** The receipt of whoever stands at a place of the ranking, from 0. */
function receiptAt({ proof, leaves, entries }: LoggedDraw, place: number) {
  const { number } = JSON.parse(leaves[proof.ranking[place] ?? 0] ?? "");
  return seeLog(makeReceipt(proof.rules, number), entries.slice(0, 5));
}

function ticketAt(rank: number): number {
  return findTicketOfRank(rank, line.proof.n, bytesFromHex(line.proof.seed));
}

function save(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function newContext(colorScheme: "light" | "dark", width = 1280): Promise<BrowserContext> {
  const made = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
  made.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  made.on("weberror", (error) => complaints.push(String(error.error())));
  return made;
}

async function open(query: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${server.url}/verify${query}`);
  return page;
}

async function verdict(page: Page, kind: string, heading: string): Promise<void> {
  await page.waitForSelector(`#result[data-verdict="${kind}"]`);
  expect(await text(page, "#result > h2")).toBe(heading);
}

async function text(page: Page, selector: string): Promise<string> {
  return (await page.textContent(selector)) ?? "";
}

function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.textContent ?? null);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${screenshots}verify-${name}.png`, fullPage: true });
}

async function expectNoBarrier(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.evaluate(axeSource);
  const barriers = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as Axe).axe.run(document, {
      resultTypes: ["violations"],
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
  expect(barriers).toEqual([]);
}

interface Axe {
  readonly axe: {
    run(
      root: Document,
      options: object,
    ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
  };
}
