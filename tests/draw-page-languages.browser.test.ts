/** The page of a draw in every language, in a real browser as wide as a small phone, on the real server. */
import { directionOf, type Language, languages } from "@stanchion/element";
import { drawCatalogue } from "@stanchion/element/draw-languages";
import { englishDrawTexts } from "@stanchion/element/draw-texts";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";
import { buttonOf, lookAt, newFanContext, openFanPage, seeScene, wordsOf } from "./fan-page.ts";

/** Their pages are held against the rules of accessibility too. */
const lookedAt: readonly Language[] = ["de", "ar"];

let server: TestServer;
let shop: TestShop;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  shop = await server.shop();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function drawAddress(): Promise<string> {
  const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
  const closeAt = new Date((row?.now.getTime() ?? 0) + 3_600_000).toISOString();
  const { id } = await shop.draw({ name: "Gold", closeAt, drawAt: closeAt, winnerCount: 2 });
  return `${server.url}/d/${id}`;
}

async function inContext(locale: string, run: (context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await newFanContext(browser, { locale });
  await run(context);
  await context.close();
}

describe.each(languages)("in %s", (language) => {
  it("takes a fan in, offers what there is beside waiting, and lets go of the entry, within 360 pixels and in that language", async () => {
    const words = drawCatalogue(language);
    const address = await drawAddress();
    await inContext("en-GB", async (context) => {
      const page = await openFanPage(context, `${address}?lang=${language}`);
      await seeScene(page, "open");
      await wordsOf(page, words.openHeadline).waitFor();
      expect(await page.evaluate(() => document.documentElement.dir)).toBe(directionOf(language));
      await holdToWidth(page, language, "open");
      await buttonOf(page, words.joinButton).click();
      await seeScene(page, "entered");
      await page.getByLabel(words.alertLabel).waitFor();
      await wordsOf(page, words.carryLabel).click();
      await holdToWidth(page, language, "entered");
      await buttonOf(page, words.leaveButton).click();
      await wordsOf(page, words.leaveEarlyWarning).waitFor();
      await holdToWidth(page, language, "asked");
      await buttonOf(page, words.leaveYes).click();
      await seeScene(page, "left");
      await holdToWidth(page, language, "left");
      const carried = await openFanPage(context, `${address}?lang=${language}#carry=of-another-device`);
      await buttonOf(carried, words.carryHereButton).waitFor();
      await holdToWidth(carried, language, "carry");
    });
  });
});

it("is the browser's own, and then the fan's choice, which is kept over a reload without losing the entry", async () => {
  const [address, de, fr] = [await drawAddress(), drawCatalogue("de"), drawCatalogue("fr")];
  await inContext("de-AT", async (context) => {
    const page = await openFanPage(context, address);
    await buttonOf(page, de.joinButton).click();
    await seeScene(page, "entered");
    expect(await page.locator("#language").inputValue()).toBe("de");
    await page.locator("#language").selectOption("fr");
    await buttonOf(page, fr.leaveButton).waitFor();
    await page.reload();
    await buttonOf(page, fr.leaveButton).waitFor();
    await seeScene(page, "entered");
  });
});

it("is English, and lets enter, where the words do not come", async () => {
  const address = await drawAddress();
  await inContext("de-DE", async (context) => {
    const page = await context.newPage();
    await page.route("**/assets/draw-words-de-*", (route) => route.abort());
    await page.goto(address);
    await buttonOf(page, englishDrawTexts.joinButton).click();
    await seeScene(page, "entered");
    expect(await page.locator("#language").inputValue()).toBe("en");
  });
});

async function holdToWidth(page: Page, language: Language, name: string): Promise<void> {
  const [needed, given] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(needed, `${language}, ${name}`).toBeLessThanOrEqual(given);
  if (lookedAt.includes(language)) await lookAt(page, `draw-${language}-${name}`);
}
