/** The waiting page by keyboard alone, and as a screen reader hears it. */
import type { Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { askForPlace, buttonOf, lookAt, passUntil, seePosition, seeScene, wordsOf } from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";

const politeEveryMs = 15_000;
/** Words are put in a moment after they are meant, so that the same words are heard again. */
const slackMs = 1_000;

interface Heard {
  readonly text: string;
  readonly atMs: number;
}

/** Has this the focus, wherever it stands? */
async function holdsFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element.matches(":focus"));
}

async function tabTo(page: Page, target: Locator, steps = 10): Promise<void> {
  for (let step = 0; step < steps; step += 1) {
    await page.keyboard.press("Tab");
    if (await holdsFocus(target)) return;
  }
  throw new Error(`${target} is not reached by ${steps} presses of Tab`);
}

/** Writes down all that the polite region says from now on, with the page's own time. */
async function listen(page: Page): Promise<() => Promise<Heard[]>> {
  const heard = await page.getByRole("status").evaluateHandle((region) => {
    const all: Heard[] = [];
    const note = (): void => {
      const text = region.textContent ?? "";
      if (text !== "") all.push({ text, atMs: Date.now() });
    };
    new MutationObserver(note).observe(region, { childList: true, characterData: true, subtree: true });
    return all;
  });
  return () => heard.jsonValue();
}

describe("the waiting page", () => {
  const stage = setFanStage();

  it("is walked by keyboard alone, from joining to giving the place up", async () => {
    const { id } = await stage.lineOf(2);
    const page = await stage.open(id);
    await seeScene(page, "open");
    await tabTo(page, buttonOf(page, "Join the line"));
    await lookAt(page, "focus-on-join");
    await page.keyboard.press("Enter");
    await seeScene(page, "waiting");
    const headline = page.getByRole("heading", { name: "You are in line" });
    expect(await holdsFocus(headline)).toBe(true);
    const place = await askForPlace(page);

    const giveUp = buttonOf(page, "Give up my place");
    const keep = buttonOf(page, "No, keep it");
    await tabTo(page, giveUp);
    await page.keyboard.press("Enter");
    await wordsOf(page, "Give up your place?").waitFor();
    expect(await holdsFocus(keep)).toBe(true);
    await lookAt(page, "focus-on-keep");
    await page.keyboard.press("Escape");
    expect(await holdsFocus(giveUp)).toBe(true);
    await page.keyboard.press("Space");
    await page.keyboard.press("Enter");
    expect(await holdsFocus(giveUp)).toBe(true);
    expect(await askForPlace(page)).toEqual(place);

    await page.keyboard.press("Enter");
    await tabTo(page, buttonOf(page, "Yes, give it up"));
    await page.keyboard.press("Enter");
    await seeScene(page, "left");
    expect(await holdsFocus(page.getByRole("heading", { name: "You have left the line" }))).toBe(true);
    await tabTo(page, buttonOf(page, "Join again"));
    await page.keyboard.press("Enter");
    await seePosition(page, 3);
    expect((await askForPlace(page)).ticket).toBe(4);
  });

  it("reaches the checkout of a turn by keyboard", async () => {
    const { id, line } = await stage.lineOf(0, { checkoutUrl: `${stage.server.url}/health/live` });
    const page = await stage.open(id);
    await tabTo(page, buttonOf(page, "Join the line"));
    await page.keyboard.press("Enter");
    await seeScene(page, "waiting");
    await line.tick();
    await seeScene(page, "turn");
    expect(await holdsFocus(page.getByRole("heading", { name: "It is your turn" }))).toBe(true);
    await tabTo(page, page.getByRole("link", { name: "Go to checkout" }));
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/health\/live\?.*admission_token=/);
  });

  it("tells a screen reader once in 15 seconds at most how a fast line moves, and the newest then", async () => {
    const steps = 14;
    const { id, line } = await stage.lineOf(steps);
    const page = await stage.open(id);
    await buttonOf(page, "Join the line").click();
    await seePosition(page, steps + 1);
    const heard = await listen(page);
    for (let step = 1; step <= steps; step += 1) {
      await line.tick({ most: 1 });
      await seePosition(page, steps + 1 - step);
      await page.clock.runFor(5_000);
    }
    await passUntil(page, page.getByRole("status").getByText("You are number 1 in line"));
    const all = await heard();
    const gaps = all.slice(1).map(({ atMs }, index) => atMs - (all[index]?.atMs ?? 0));
    expect(all.length).toBeGreaterThanOrEqual(4);
    expect(all.length).toBeLessThan(steps);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(politeEveryMs - slackMs);
  });

  it("says at once that the turn has come", async () => {
    const { id, line } = await stage.lineOf(1, { admissionExpirationSeconds: 600 });
    const page = await stage.open(id);
    await buttonOf(page, "Join the line").click();
    await seePosition(page, 2);
    await line.tick();
    const words = page.getByRole("alert").getByText(/^It is your turn\. You have (9|10) minutes\.$/);
    await words.waitFor({ state: "attached" });
  });
});
