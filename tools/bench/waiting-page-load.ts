import type { Browser, CDPSession, Page } from "playwright-core";
import { launchBrowser } from "../../tests/browser.ts";
import { spreadOf } from "./timings.ts";

const bytesPerSecondOf = (kilobits: number): number => (kilobits * 1_000) / 8;
const slowdown = 4;
const slowNetwork = {
  offline: false,
  latency: 150,
  downloadThroughput: bytesPerSecondOf(1_600),
  uploadThroughput: bytesPerSecondOf(750),
};
const phone = { width: 360, height: 740 };
const firstPaintMsMax = 1_500;
/** What may come over the wire until a fan can press the button, in bytes as they are sent, heads included. */
export const bytesBeforeJoiningMax = 40_000;

/** What one opening of the waiting page took. */
export interface PageLoad {
  readonly firstPaintMs: number;
  /** Until the button to join is there, from the start of the navigation. */
  readonly joinableMs: number;
  readonly bytes: number;
  /** The paths that were asked for, each with its bytes. */
  readonly requests: ReadonlyMap<string, number>;
}

/** Opens the page of a line that is open, in a browser that has nothing of it yet; `isSlow`: on an old phone with a poor connection. */
export async function loadWaitingPage(browser: Browser, address: string, isSlow: boolean): Promise<PageLoad> {
  const context = await browser.newContext({ viewport: phone, locale: "en-GB" });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    const requests = await countBytes(session);
    if (isSlow) await slowDown(session);
    await page.goto(address);
    await page.locator('[data-scene="open"]').waitFor();
    // How many wait, which is known when all has come.
    await page.locator(".words p").nth(1).waitFor();
    const joinableMs = await page.evaluate(() => performance.now());
    const bytes = [...requests.values()].reduce((sum, each) => sum + each, 0);
    return { firstPaintMs: await firstPaintOf(page), joinableMs, bytes, requests };
  } finally {
    await context.close();
  }
}

async function slowDown(session: CDPSession): Promise<void> {
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await session.send("Network.emulateNetworkConditions", slowNetwork);
}

/** By path, as they came over the wire; a stream that goes on counts with what it has brought so far. */
async function countBytes(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const paths = new Map<string, string>();
  const bytes = new Map<string, number>();
  const add = (requestId: string, count: number): void => {
    const path = paths.get(requestId);
    if (path !== undefined) bytes.set(path, (bytes.get(path) ?? 0) + count);
  };
  const seen = new Map<string, number>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    if (!response.url.startsWith("http")) return;
    paths.set(requestId, new URL(response.url).pathname);
    add(requestId, response.encodedDataLength);
    seen.set(requestId, response.encodedDataLength);
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    add(requestId, encodedDataLength);
    seen.set(requestId, (seen.get(requestId) ?? 0) + encodedDataLength);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    // The whole of it, which the parts need not come to.
    add(requestId, encodedDataLength - (seen.get(requestId) ?? 0));
  });
  await session.send("Network.enable");
  return bytes;
}

async function firstPaintOf(page: Page): Promise<number> {
  return page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
  );
}

/** How soon a fan sees something on an old phone with a poor connection, and what comes over the wire until they can join. */
export async function measureWaitingPage(address: string, rounds: number): Promise<Record<string, unknown>> {
  const browser = await launchBrowser();
  const loads: PageLoad[] = [];
  try {
    // The first warms up server and browser.
    for (let round = 0; round <= rounds; round += 1) {
      const load = await loadWaitingPage(browser, address, true);
      if (round > 0) loads.push(load);
    }
  } finally {
    await browser.close();
  }
  return report(loads);
}

function report(loads: readonly PageLoad[]): Record<string, unknown> {
  const spread = (of: (load: PageLoad) => number) => spreadOf({ ms: loads.map(of) });
  const [paint, joinable, bytes] = [
    spread(({ firstPaintMs }) => firstPaintMs),
    spread(({ joinableMs }) => joinableMs),
    spread((load) => load.bytes),
  ];
  console.log(
    `\nThe waiting page in Chromium with its processor slowed down ${slowdown} times and a network of 1.6 Mbit/s down, 750 kbit/s up and` +
      ` 150 ms for each request (connecting itself is not slowed), nothing in the cache; medians of ${loads.length} rounds\n`,
  );
  console.log("| what | median | least | most | at most |\n|---|---:|---:|---:|---:|");
  const row = (name: string, { median, least, most }: typeof paint, bound: string): void =>
    console.log(`| ${name} | ${[median, least, most].map(Math.round).join(" | ")} | ${bound} |`);
  row("first contentful paint, ms", paint, String(firstPaintMsMax));
  row("the button to join is there, ms", joinable, "");
  row("bytes before joining", bytes, String(bytesBeforeJoiningMax));
  console.log("\n| path | bytes |\n|---|---:|");
  for (const [path, count] of loads[0]?.requests ?? []) console.log(`| ${path} | ${count} |`);
  const isKept = paint.median <= firstPaintMsMax && bytes.median <= bytesBeforeJoiningMax;
  console.log(`\n${isKept ? "Both bounds are kept." : "A bound is NOT kept."}`);
  return { rounds: loads.length, firstPaintMs: paint, joinableMs: joinable, bytes };
}
