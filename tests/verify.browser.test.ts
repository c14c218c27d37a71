/** The checker of draws and lines as a bundler makes it, in a browser. */
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timeOfDrandRound } from "../packages/verify/src/drand.ts";
import { makeDraw } from "../packages/verify/src/testing/make-draw-proof.ts";
import { quicknet, quicknetRound1000 } from "../packages/verify/src/testing/quicknet.ts";
import draws from "../packages/verify/vectors/draws.json" with { type: "json" };
import shuffles from "../packages/verify/vectors/shuffles.json" with { type: "json" };
import { launchBrowser } from "./browser.ts";

type Verify = typeof import("../packages/verify/src/index.ts");

describe("the checker in a browser", () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.addScriptTag({ content: await bundleVerify() });
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
  });

  it("ranks and shuffles every vector as Node and Python do", async () => {
    const seeds = {
      draws: draws.map(({ seed, count }) => ({ seed, count })),
      shuffles: shuffles.map(({ seed, count }) => ({ seed, count })),
    };
    const found = await page.evaluate((given) => {
      const { bytesFromHex, rankLeaves, shuffleAll } = (globalThis as unknown as { verify: Verify }).verify;
      return {
        draws: given.draws.map(({ seed, count }) => [...rankLeaves(bytesFromHex(seed), count)]),
        shuffles: given.shuffles.map(({ seed, count }) => [...shuffleAll(count, bytesFromHex(seed))]),
      };
    }, seeds);
    expect(found.draws).toEqual(draws.map(({ ranking }) => ranking));
    expect(found.shuffles).toEqual(shuffles.map(({ shuffled }) => shuffled));
  });

  it("checks a draw by a real beacon, and its receipt", async () => {
    const drawAt = new Date(timeOfDrandRound(quicknet, 1000)).toISOString();
    const draw = makeDraw({ beacon: quicknet, signature: quicknetRound1000, drawAt });
    const { steps, level } = await page.evaluate((evidence) => {
      return (globalThis as unknown as { verify: Verify }).verify.checkDraw(evidence);
    }, draw);
    expect(steps.filter(({ holds }) => !holds)).toEqual([]);
    expect(steps).toHaveLength(17);
    expect(level).toBe("beacon");
  });
});

async function bundleVerify(): Promise<string> {
  const input = fileURLToPath(new URL("../packages/verify/src/index.ts", import.meta.url));
  const bundle = await rolldown({ input, platform: "browser" });
  const { output } = await bundle.generate({ format: "iife", name: "verify" });
  await bundle.close();
  return output[0].code;
}
