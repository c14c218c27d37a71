/** The fan's waiting page in a browser of the tests: opens it with a clock that can be moved, looks at it, and asks for the place. */
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  errors,
  type Locator,
  type Page,
} from "playwright-core";
import { expect } from "vitest";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A folder that every state is kept in as pictures; none are taken without. */
const screenshots = process.env.SCREENSHOTS;
const phone = { width: 360, height: 740 };
const desktop = { width: 1280, height: 800 };
/** Signs that the page woke up are taken for one within this time. */
const wakeEveryMs = 2_000;
const stepsMax = 90;
const answerMsMax = 250;
/** Of the machine's own time, until a page is woken once more. */
const wakeWaitMs = 3_000;

/** What the API answers of a fan's place. */
export interface ToldPlace {
  readonly entryId: string;
  readonly ticket: number;
  readonly status: string;
}

/** A browser of one person, whose clock runs as the machine's until a test moves it. */
export async function newFanContext(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: phone, locale: "en-GB", ...options });
  await context.clock.install();
  return context;
}

export async function openFanPage(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

export async function seeScene(page: Page, name: string): Promise<void> {
  await page.locator(`[data-scene="${name}"]`).waitFor();
}

export function buttonOf(page: Page, name: string): Locator {
  return page.getByRole("button", { name, exact: true });
}

export async function joinLine(page: Page): Promise<void> {
  await buttonOf(page, "Join the line").click();
  await seeScene(page, "waiting");
}

/** What the page shows, apart from what only a screen reader says. */
export function wordsOf(page: Page, text: string | RegExp): Locator {
  return page.locator("[data-scene]").getByText(text);
}

/** Waits until the page shows this place in line. */
export async function seePosition(page: Page, position: number): Promise<void> {
  await page
    .locator(".position")
    .filter({ hasText: new RegExp(`^${position}$`) })
    .waitFor();
}

/** Lets the time of the page pass, in steps of a second unless told, until it shows this. */
export async function passUntil(page: Page, wished: Locator, stepMs = 1_000): Promise<void> {
  for (let step = 0; step < stepsMax; step += 1) {
    if (await isThereSoon(wished)) return;
    await page.clock.runFor(stepMs);
  }
  throw new Error(`${wished} did not come in ${stepsMax} steps of ${stepMs} ms`);
}

async function isThereSoon(wished: Locator): Promise<boolean> {
  try {
    await wished.waitFor({ timeout: answerMsMax });
    return true;
  } catch (error) {
    if (error instanceof errors.TimeoutError) return false;
    throw error;
  }
}

/** The place that the API tells this very browser when its page wakes up. A page that is just asking does not ask twice. */
export async function askForPlace(page: Page): Promise<ToldPlace> {
  const told = nextPlace(page);
  for (let step = 0; step < stepsMax; step += 1) {
    await page.clock.fastForward(wakeEveryMs);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    const isTold = await Promise.race([told.then(() => true), page.waitForTimeout(wakeWaitMs)]);
    if (isTold === true) break;
  }
  return told;
}

/** The place that the API tells this browser next, for whatever reason it asks. */
export async function nextPlace(page: Page): Promise<ToldPlace> {
  const answer = await page.waitForResponse((one) => one.url().endsWith("/status") && one.ok());
  const { entryId, ticket, status } = (await answer.json()) as ToldPlace;
  return { entryId, ticket, status };
}

/** Nobody is kept out of this state, in the light and in the dark; a picture of each is kept where a folder is named. */
export async function lookAt(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect(await findBarriers(page), `${name} in the ${colorScheme}`).toEqual([]);
    if (screenshots !== undefined) await shoot(page, `${name}-${colorScheme}`);
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(`${screenshots}`, { recursive: true });
  for (const [device, viewport] of Object.entries({ phone, desktop })) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `${screenshots}/${name}-${device}.png`, fullPage: true });
  }
  await page.setViewportSize(phone);
}

async function findBarriers(page: Page): Promise<string[]> {
  // Evaluated from outside the page: its content security policy lets no other script in.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  });
}
