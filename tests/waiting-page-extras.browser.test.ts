/** What a fan can set up beside waiting: to be rung, to go on with another device, to print and share the receipt. */
import { describe, expect, it } from "vitest";
import { latestCode } from "../packages/server/src/testing/index.ts";
import { fakeSenses, hide, makeLink, toldTo } from "./fan-extras.ts";
import {
  askForPlace,
  buttonOf,
  joinLine,
  lookAt,
  openFanPage,
  passUntil,
  seeScene,
  wordsOf,
} from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";

describe("the waiting page", () => {
  const stage = setFanStage();

  it("rings, shows a notice and flashes in the tab when it is the turn of who asked for it and looks elsewhere", async () => {
    const { id, line } = await stage.lineOf(0);
    await stage.context.addInitScript(fakeSenses);
    const page = await stage.open(id);
    await joinLine(page);
    await page.getByLabel("Ring when it is my turn").check();
    await wordsOf(page, /^You have just heard how it sounds\. .*notice/).waitFor();
    expect(await toldTo(page)).toEqual(["resume", "tone", "tone"]);
    await lookAt(page, "extras-ring");
    await hide(page, true);
    await line.tick();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await passUntil(page, page.locator(`[data-scene="turn"]`));
    expect((await toldTo(page)).slice(3)).toEqual([...Array(6).fill("tone"), "notice: It is your turn"]);
    const titles = new Set<string>();
    for (let second = 0; second < 4; second += 1) {
      titles.add((await page.title()).replace(/ — .*/, ""));
      await page.clock.runFor(1_000);
    }
    expect([...titles].sort()).toEqual(["Your turn!", "🔔 Your turn!"]);
    await hide(page, false);
    await page.clock.runFor(3_000);
    expect(await page.title()).toBe("Your turn! — Friday drop");
  });

  it("stays silent for who has not asked, and for who has thought better of it", async () => {
    const { id, line } = await stage.lineOf(0);
    await stage.context.addInitScript(fakeSenses);
    const page = await stage.open(id);
    await joinLine(page);
    const box = page.getByLabel("Ring when it is my turn");
    await box.check();
    await wordsOf(page, /^You have just heard/).waitFor();
    await box.uncheck();
    await wordsOf(page, /^You have just heard/).waitFor({ state: "hidden" });
    await line.tick();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await passUntil(page, page.locator(`[data-scene="turn"]`));
    expect(await toldTo(page)).toEqual(["resume", "tone", "tone"]);
  });

  it("prints and shares the receipt", async () => {
    const { id } = await stage.lineOf(0);
    await stage.context.addInitScript(fakeSenses);
    const page = await stage.open(id);
    await joinLine(page);
    await wordsOf(page, "Your receipt").click();
    await buttonOf(page, "Print the receipt").click();
    await buttonOf(page, "Share the receipt").click();
    expect(await toldTo(page)).toEqual(["print", `share: receipt-${id}.txt`]);
    await page.emulateMedia({ media: "print" });
    const printed = page.locator(".receipt-text");
    expect(await printed.isVisible()).toBe(true);
    expect(await printed.textContent()).toContain(id);
    expect(await buttonOf(page, "Give up my place").count()).toBe(0);
    await page.emulateMedia({ media: "screen" });
    await lookAt(page, "receipt-open");
  });

  it("has the fan mailed at the turn, once the address is confirmed, and takes that back", async () => {
    const { id } = await stage.lineOf(2);
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    await wordsOf(page, "Write to me when it is my turn").first().click();
    const email = `${place.entryId.slice(-12)}@example.com`;
    await page.getByLabel("Your e-mail address").fill(email);
    await lookAt(page, "mail-address");
    await buttonOf(page, "Send me a code").click();
    const code = page.getByLabel("The code from the e-mail");
    await code.fill("000000");
    await buttonOf(page, "Confirm").click();
    await wordsOf(page, /^That is not the code/).waitFor();
    await lookAt(page, "mail-code-wrong");
    const [first, ...rest] = await latestCode(stage.server, email);
    // As it is copied from some mail programs; and what was begun is there after the fold-out was closed.
    await wordsOf(page, "Write to me when it is my turn").first().click();
    await wordsOf(page, "Write to me when it is my turn").first().click();
    // A phone that was short of memory has loaded the page anew meanwhile.
    await page.reload();
    await code.fill(` ${first} ${rest.join("")} `);
    await page.keyboard.press("Enter");
    await wordsOf(page, /^We write to .\*\*\*@example\.com when it is your turn/).waitFor();
    await lookAt(page, "mail-on");
    expect(await askForPlace(page)).toEqual(place);
    await page.reload();
    await wordsOf(page, /^We write to .\*\*\*@example\.com when it is your turn/).waitFor();
    await buttonOf(page, "Do not write to me").click();
    await buttonOf(page, "Write to me when it is my turn").click();
    await buttonOf(page, "Do not write to me").waitFor();
  });

  it("moves the place to another device by a link, and says so on the old one", async () => {
    const { id } = await stage.lineOf(3);
    const laptop = await stage.open(id);
    await joinLine(laptop);
    const place = await askForPlace(laptop);
    const tab = await openFanPage(stage.context, `${stage.server.url}/q/${id}`);
    await seeScene(tab, "waiting");
    const link = await makeLink(laptop);
    expect(link).toMatch(new RegExp(`/q/${id}#carry=[\\w-]{43}$`));
    await lookAt(laptop, "carry-link");

    const phone = await openFanPage(await stage.other(), link);
    await seeScene(phone, "carry");
    expect(new URL(phone.url()).hash).toBe("");
    await lookAt(phone, "carry-here");
    await buttonOf(phone, "Yes, go on here").click();
    await seeScene(phone, "waiting");
    expect(await askForPlace(phone)).toEqual(place);

    // Nothing wakes the page: it looks by itself.
    await passUntil(laptop, wordsOf(laptop, "Your place has moved to another device"));
    await lookAt(laptop, "carried-away");
    await wordsOf(tab, "Your place has moved to another device").waitFor();
    const again = await openFanPage(await stage.other(), link);
    await buttonOf(again, "Yes, go on here").click();
    await wordsOf(again, "This link does not work any more").waitFor();
    await seeScene(again, "open");
    await lookAt(again, "carry-used-up");
  });

  it("takes the own link for what it is where it is opened in the same browser", async () => {
    const { id } = await stage.lineOf(0);
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    const same = await openFanPage(stage.context, await makeLink(page));
    await seeScene(same, "waiting");
    expect(new URL(same.url()).hash).toBe("");
    expect(await askForPlace(same)).toEqual(place);
  });

  it("asks before a place of this browser is given up for that of another device", async () => {
    const { id } = await stage.lineOf(0);
    const laptop = await stage.open(id);
    await joinLine(laptop);
    const link = await makeLink(laptop);
    const phone = await openFanPage(await stage.other(), `${stage.server.url}/q/${id}`);
    await joinLine(phone);
    const own = await askForPlace(phone);
    // The page is open already: nothing is loaded anew.
    await phone.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
    await seeScene(phone, "carry");
    await wordsOf(phone, /It is lost if you go on/).waitFor();
    await buttonOf(phone, "No, not here").click();
    await seeScene(phone, "waiting");
    expect(await askForPlace(phone)).toEqual(own);
    expect((await askForPlace(laptop)).status).toBe("QUEUED");
  });

  it("goes on with the place that was got without a script", async () => {
    const { id } = await stage.lineOf(2);
    const context = await stage.other({ javaScriptEnabled: false });
    const plain = await openFanPage(context, `${stage.server.url}/q/${id}/plain`);
    await plain.getByRole("button", { name: "Join the line" }).click();
    await plain.getByText("You are in line").waitFor();
    const cookies = await context.cookies();
    await stage.context.addCookies(cookies);
    const page = await stage.open(id);
    await seeScene(page, "carry");
    await wordsOf(page, /^You joined this line here without JavaScript/)
      .first()
      .waitFor();
    await lookAt(page, "carry-plain");
    await buttonOf(page, "Yes, go on here").click();
    await seeScene(page, "waiting");
    expect((await askForPlace(page)).ticket).toBe(3);
    const left = (await stage.context.cookies()).filter(({ name }) => name.includes("stanchion_fan"));
    expect(left).toEqual([]);
    await page.reload();
    await seeScene(page, "waiting");
  });
});
