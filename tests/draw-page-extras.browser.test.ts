/** What a fan can set up beside waiting for a draw: to be rung, and to go on with another device. */
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { enterOn, openSeconds, setDrawStage } from "./draw-stage.ts";
import { fakeSenses, hide, makeLink, toldTo } from "./fan-extras.ts";
import { askForPlace, buttonOf, lookAt, openFanPage, passUntil, seeScene, wordsOf } from "./fan-page.ts";

const ringLabel = "Ring if I win, and when I can buy";

describe("the page of a draw", () => {
  const { fans, drawWith, pass } = setDrawStage();

  const twoWhoAskToBeRung = async (settings: object): Promise<{ pages: readonly Page[] }> => {
    const { id, page } = await drawWith({ ...settings });
    const pages = [page, await openFanPage(await fans.other(), `${fans.server.url}/d/${id}`)];
    for (const one of pages) {
      await one.addInitScript(fakeSenses);
      await one.reload();
      await enterOn(one);
      await one.getByLabel(ringLabel).check();
      await wordsOf(one, /^You have just heard/).waitFor();
    }
    return { pages };
  };
  /** Of two, whose draw gives one this scene and the other that. */
  const whoComesTo = async (pages: readonly Page[], scene: string, otherScene: string): Promise<Page> => {
    for (const one of pages) {
      const shown = one.locator(`[data-scene="${scene}"],[data-scene="${otherScene}"]`);
      await passUntil(one, shown);
      if ((await shown.getAttribute("data-scene")) === scene) return one;
    }
    throw new Error(`nobody came to ${scene}`);
  };

  it("rings, shows a notice and flashes in the tab when who asked for it and looks elsewhere has won", async () => {
    await fans.context.addInitScript(fakeSenses);
    const { page } = await drawWith({});
    await enterOn(page);
    await page.getByLabel(ringLabel).check();
    await wordsOf(page, /^You have just heard how it sounds\. .*notice/).waitFor();
    await lookAt(page, "draw-extras-ring");
    await hide(page, true);
    await pass(page, openSeconds + 1);
    await seeScene(page, "turn");
    expect((await toldTo(page)).slice(3)).toEqual([...Array(6).fill("tone"), "notice: You have won"]);
    const titles = new Set<string>();
    for (let second = 0; second < 4; second += 1) {
      titles.add((await page.title()).replace(/ — .*/, ""));
      await page.clock.runFor(1_000);
    }
    expect([...titles].sort()).toEqual(["You have won!", "🔔 You have won!"]);
    expect(await page.getByLabel(ringLabel).isVisible()).toBe(false);
    await hide(page, false);
    await page.clock.runFor(3_000);
    expect(await page.title()).toBe("You have won! — Gold tickets");
  });

  it("rings for the win, and again when the time to buy has come", async () => {
    const { pages } = await twoWhoAskToBeRung({ winnerCount: 2, admitRate: 1 });
    await pass(pages, openSeconds + 1);
    const later = await whoComesTo(pages, "won", "turn");
    expect((await toldTo(later)).slice(3)).toEqual(Array(6).fill("tone"));
    await lookAt(later, "draw-extras-won");
    await pass(later, 61);
    // It may have asked a moment before the server had let it in.
    await passUntil(later, later.locator('[data-scene="turn"]'), 10_000);
    expect((await toldTo(later)).slice(3)).toEqual(Array(12).fill("tone"));
  });

  it("stays silent for who has lost", async () => {
    const { pages } = await twoWhoAskToBeRung({ backfill: false });
    await pass(pages, openSeconds + 1);
    const loser = await whoComesTo(pages, "lost", "turn");
    expect(await toldTo(loser)).toEqual(["resume", "tone", "tone"]);
    expect(await wordsOf(loser, "Go on with another device").isVisible()).toBe(false);
  });

  it("still rings for who has lost and wins the seat of one who gives it up", async () => {
    const { pages } = await twoWhoAskToBeRung({ backfill: true });
    await pass(pages, openSeconds + 1);
    const winner = await whoComesTo(pages, "turn", "lost");
    const loser = await whoComesTo(pages, "lost", "turn");
    await lookAt(loser, "draw-extras-may-still-win");
    await buttonOf(winner, "Give up what I have won").click();
    await buttonOf(winner, "Yes, give it up").click();
    await seeScene(winner, "left");
    await pass(pages, openSeconds);
    await passUntil(loser, loser.locator('[data-scene="turn"]'), 10_000);
    expect((await toldTo(loser)).slice(3)).toEqual(Array(6).fill("tone"));
  });

  it("moves the entry to another device by a link, and says so on the old one", async () => {
    const { id, page: laptop } = await drawWith({ requireFingerprint: true });
    const { entryId } = await enterOn(laptop);
    const link = await makeLink(laptop);
    expect(link).toMatch(new RegExp(`/d/${id}#carry=[\\w-]{43}$`));
    await lookAt(laptop, "draw-carry-link");

    const phone = await openFanPage(await fans.other(), link);
    await seeScene(phone, "carry");
    expect(new URL(phone.url()).hash).toBe("");
    await lookAt(phone, "draw-carry-here");
    await buttonOf(phone, "Yes, go on here").click();
    await seeScene(phone, "entered");
    expect((await askForPlace(phone)).entryId).toBe(entryId);

    // Nothing wakes the page: it looks by itself.
    await passUntil(laptop, wordsOf(laptop, "Your entry has moved to another device"));
    await lookAt(laptop, "draw-carried-away");
    const again = await openFanPage(await fans.other(), link);
    await buttonOf(again, "Yes, go on here").click();
    await wordsOf(again, "This link does not work any more").waitFor();
    await seeScene(again, "open");
    await lookAt(again, "draw-carry-used-up");

    await pass(phone, openSeconds + 1);
    await seeScene(phone, "turn");
  });

  it("asks before an entry of this browser is given up for that of another device", async () => {
    const { id, page: laptop } = await drawWith({});
    const { entryId } = await enterOn(laptop);
    const link = await makeLink(laptop);
    const phone = await openFanPage(await fans.other(), `${fans.server.url}/d/${id}`);
    const own = await enterOn(phone);
    // The page is open already: nothing is loaded anew.
    await phone.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
    await seeScene(phone, "carry");
    await wordsOf(phone, /It is lost if you go on/).waitFor();
    await lookAt(phone, "draw-carry-replaces");
    await buttonOf(phone, "No, not here").click();
    await seeScene(phone, "entered");
    expect((await askForPlace(phone)).entryId).toBe(own.entryId);
    expect((await askForPlace(laptop)).entryId).toBe(entryId);
  });

  it("takes the own link for what it is where it is opened in the same browser", async () => {
    const { page } = await drawWith({});
    const { entryId } = await enterOn(page);
    const same = await openFanPage(fans.context, await makeLink(page));
    await seeScene(same, "entered");
    expect(new URL(same.url()).hash).toBe("");
    expect((await askForPlace(same)).entryId).toBe(entryId);
  });
});
