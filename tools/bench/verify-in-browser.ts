import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { rolldown } from "rolldown";
import { startFakeDrawServer } from "../../packages/dashboard/src/testing/fake-draw-server.ts";
import { makeDraw } from "../../packages/verify/src/testing/make-draw-proof.ts";
import { logDraw } from "../../packages/verify/src/testing/make-log.ts";
import { launchBrowser } from "../../tests/browser.ts";
import { type Timing, takeTime } from "./timings.ts";

const lineSize = 1_000_000;
const ranksAtOnce = 200;
const verdictMsMax = 900_000;

/** What checking takes a fan: the rank of one ticket, and a whole draw on the page /verify, in the browser of the tests. */
export async function measureVerifyInBrowser(sizes: readonly number[], rounds: number): Promise<Timing[]> {
  const browser = await launchBrowser();
  try {
    const timings = await measureOneRank(browser, rounds);
    for (const size of sizes) timings.push(await measureDraw(browser, size, rounds));
    return timings;
  } finally {
    await browser.close();
  }
}

interface Rankers {
  readonly checker: Pick<typeof import("../../packages/verify/src/index.ts"), "shuffleIndex">;
  readonly client: Pick<typeof import("../../packages/sdk/src/shuffle.ts"), "rankTicket">;
}

/** By the checker and by the waiting page's own client: the first in a page just opened, which is what a fan waits for, and one of many. */
async function measureOneRank(browser: Browser, rounds: number): Promise<Timing[]> {
  const timings: Timing[] = [];
  for (const by of ["checker", "client"] as const) {
    const content = await bundleAs(by);
    const [first, later]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const took = await rankOnce(browser, by, content);
      first.push(took.first);
      later.push(took.later);
    }
    const name = `the rank of one ticket in the browser, by the ${by}`;
    timings.push({ name: `${name}, the page's first`, count: lineSize, ms: first });
    timings.push({ name: `${name}, one of ${ranksAtOnce} more`, count: lineSize, ms: later });
  }
  return timings;
}

async function rankOnce(browser: Browser, by: keyof Rankers, content: string) {
  const page = await browser.newPage();
  try {
    await page.addScriptTag({ content });
    return await page.evaluate(
      ({ by, count, times }) => {
        const { checker, client } = globalThis as unknown as Rankers;
        const seed = crypto.getRandomValues(new Uint8Array(32));
        const hex = Array.from(seed, (byte) => byte.toString(16).padStart(2, "0")).join("");
        const rank = (ticket: number): number =>
          by === "checker"
            ? checker.shuffleIndex(ticket - 1, count, seed)
            : client.rankTicket(ticket, count, hex);
        const beganAtMs = performance.now();
        rank(1);
        const firstAtMs = performance.now();
        for (let ticket = 2; ticket <= times + 1; ticket += 1) rank(ticket);
        return { first: firstAtMs - beganAtMs, later: (performance.now() - firstAtMs) / times };
      },
      { by, count: lineSize, times: ranksAtOnce },
    );
  } finally {
    await page.close();
  }
}

/** From the press of the button to the verdict, the list's way over loopback included. */
async function measureDraw(browser: Browser, size: number, rounds: number): Promise<Timing> {
  process.stderr.write(`making a draw of ${size.toLocaleString("en")} …\n`);
  const draw = logDraw(makeDraw({ entered: size, removals: [] }));
  const server = await startFakeDrawServer(draw);
  const page = await browser.newPage();
  page.setDefaultTimeout(verdictMsMax);
  try {
    await page.goto(`${server.url}/verify?draw=${draw.proof.rules.drawId}`);
    return await takeTime("a draw on the page /verify in the browser", size, rounds, async () => {
      await page.click("#all");
      await page.waitForSelector("#result[data-verdict]", { state: "visible" });
      const verdict = await page.getAttribute("#result", "data-verdict");
      if (verdict !== "open") throw new Error(`a right draw was found ${verdict}`);
    });
  } finally {
    await page.close();
    await server.close();
  }
}

/** Each bundled as its page has it. */
async function bundleAs(by: keyof Rankers): Promise<string> {
  const source = by === "checker" ? "verify/src/index.ts" : "sdk/src/shuffle.ts";
  const input = fileURLToPath(new URL(`../../packages/${source}`, import.meta.url));
  const bundle = await rolldown({ input, platform: "browser", transform: { target: "es2022" } });
  const { output } = await bundle.generate({ format: "iife", name: by, minify: true });
  await bundle.close();
  return output[0].code;
}
