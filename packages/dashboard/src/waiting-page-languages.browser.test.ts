/** The waiting page in every language, in a real browser, as wide as a small phone. */

import { directionOf, type Language, languages } from "@stanchion/element";
import { translations } from "@stanchion/element/languages";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchBrowser } from "../../../tests/browser.ts";
import { type FakeLine, startFakeLine } from "./testing/fake-line.ts";

let browser: Browser;
let line: FakeLine;
let context: BrowserContext;

beforeAll(async () => {
  [browser, line] = await Promise.all([launchBrowser(), startFakeLine()]);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await line?.close();
});

beforeEach(async () => {
  line.reset();
  context = await newContext("en-GB");
});

afterEach(() => context.close());

describe.each(languages)("in %s", (language) => {
  test("every scene fits 360 pixels, and is in that language", async () => {
    const words = language === "en" ? null : translations[language].page;
    const page = await open(`?lang=${language}`);
    await look(page, language, "open");
    if (words !== null) expect(await text(page, "#headline")).toBe(words.openHeadline);
    expect(await page.evaluate(() => document.documentElement.dir)).toBe(directionOf(language));
    expect(await page.evaluate(() => document.documentElement.lang.slice(0, 2))).toBe(language.slice(0, 2));

    line.change({ status: "CLOSED" });
    await look(page, language, "closed");
    line.change({ status: "OPEN" });
    await page.locator("main button").first().click();
    await look(page, language, "waiting");
    if (words !== null) expect(await text(page, ".place .label")).toBe(words.positionLabel);
    await page.locator(".leave button").first().click();
    await page.waitForSelector(".choice:not([hidden])");
    await look(page, language, "waiting");
    line.set({ status: "EXPIRED" });
    line.change({ nowServing: 12 });
    await look(page, language, "expired");
    line.faults.set("enter", { code: "QUEUE_FULL" });
    await page.locator("#body > button:visible").click();
    await page.waitForSelector(".problem:not([hidden])");
    await look(page, language, "expired");
  });

  test("an opening to come, with both time zones, and a turn fit 360 pixels", async () => {
    Object.assign(line, { openAt: new Date(Date.now() + 300_000_000).toISOString() });
    line.change({ status: "SCHEDULED" });
    const page = await open(`?lang=${language}`);
    await page.waitForSelector(".countdown .note:not([hidden])");
    await look(page, language, "scheduled");
    line.change({ status: "OPEN" });
    await page.waitForSelector(`[data-scene="open"]`);
    await page.locator("main button").first().click();
    await page.waitForSelector(`[data-scene="waiting"]`);
    line.admit(600);
    await look(page, language, "turn");
  });
});

describe("the choice of a language", () => {
  test("follows the browser, and is the fan's own once it was made, also after a reload", async () => {
    await context.close();
    context = await newContext("de-AT");
    const page = await open();
    await page.waitForSelector(`text=${translations.de.page.openHeadline}`);
    const select = page.locator("#language");
    expect((await select.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    expect(await select.inputValue()).toBe("de");
    await select.selectOption("fr");
    await page.waitForSelector(`text=${translations.fr.page.openHeadline}`);
    expect(await page.locator(".connection").count()).toBe(1);
    expect(await page.locator("main button").count()).toBeGreaterThan(0);
    await page.reload();
    await page.waitForSelector(`text=${translations.fr.page.openHeadline}`);
    await page.locator("#language").selectOption("en");
    await page.waitForSelector("text=The line is open");
    expect(await page.evaluate(() => document.documentElement.dir)).toBe("ltr");
  });

  test("goes on in English, and lets join, where the words do not come", async () => {
    const page = await context.newPage();
    await page.route("**/assets/words-de-*", (route) => route.abort());
    await page.goto(`${line.pageUrl}?lang=de`);
    await page.getByRole("button", { name: "Join the line", exact: true }).click();
    await page.waitForSelector("text=You are in line");
    expect(await page.locator("#language").inputValue()).toBe("en");
  });

  test("shows the words as soon as they come, where they do not come at first", async () => {
    const page = await context.newPage();
    let tries = 0;
    await page.route("**/assets/words-*", (route) => {
      tries += 1;
      return tries <= 3 ? route.abort() : route.continue();
    });
    await page.goto(`${line.pageUrl}?lang=de`);
    await page.waitForSelector(`text=${translations.de.page.openHeadline}`);
    expect(tries).toBeGreaterThan(3);
  });

  test("keeps the place while the words change", async () => {
    const page = await open("?join=1");
    await page.waitForSelector(`[data-scene="waiting"]`);
    await page.locator("#language").selectOption("de");
    await page.waitForSelector(`text=${translations.de.page.waitingHeadline}`);
    expect(await text(page, ".position")).toBe("12");
    expect(line.calls.filter((call) => call === "enter")).toHaveLength(1);
  });
});

async function newContext(locale: string): Promise<BrowserContext> {
  const viewport = { width: 360, height: 740 };
  return browser.newContext({ viewport, locale, reducedMotion: "reduce", timezoneId: "America/New_York" });
}

async function open(query = ""): Promise<Page> {
  const page = await context.newPage();
  await page.goto(line.pageUrl + query);
  return page;
}

/** Waits for a scene and holds it against the width of the screen. `SCENES`: where pictures of it go. */
async function look(page: Page, language: Language, scene: string): Promise<void> {
  await page.waitForSelector(`[data-scene="${scene}"]`);
  const [needed, given] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(needed, `${language}, ${scene}`).toBeLessThanOrEqual(given);
  const folder = process.env.SCENES;
  if (folder) await page.screenshot({ path: `${folder}/${language}-${scene}.png`, fullPage: true });
}

async function text(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().textContent()) ?? "";
}
