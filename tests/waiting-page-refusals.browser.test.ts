/** What a fan sees when the server refuses: for a while, to this device, or because the turn is over; and whose the place is then. */
import { describe, expect, it } from "vitest";
import { beginMaintenance, endMaintenance } from "../packages/server/src/switch-maintenance.ts";
import {
  askForPlace,
  buttonOf,
  joinLine,
  lookAt,
  nextPlace,
  openFanPage,
  passUntil,
  seePosition,
  seeScene,
  wordsOf,
} from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";

const minuteMs = 60_000;

describe("the waiting page, when the server refuses", () => {
  const stage = setFanStage();

  it("says what the operator says about maintenance, and goes on from the same place", async () => {
    const { id } = await stage.lineOf(4);
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    const message = "We move to a faster database. Back at about 10:30 <3";
    await beginMaintenance(stage.server.db.database, { retryAfterSeconds: 3, message });
    await passUntil(page, wordsOf(page, message));
    await wordsOf(page, "Planned maintenance: your place is kept").waitFor();
    await seePosition(page, 5);
    await lookAt(page, "maintenance");
    const outside = await openFanPage(await stage.other(), `${stage.server.url}/q/${id}`);
    await wordsOf(outside, message).waitFor();
    await lookAt(outside, "maintenance-outside");
    await endMaintenance(stage.server.db.database);
    await Promise.all([
      passUntil(page, page.getByText("Live", { exact: true })),
      passUntil(outside, buttonOf(outside, "Join the line")),
    ]);
    await wordsOf(page, message).waitFor({ state: "hidden" });
    expect(await askForPlace(page)).toEqual(place);
  });

  it("counts down how long to wait after too many requests, outside and in line", async () => {
    const limited = await stage.server.shop({
      rateLimits: { guest: { limit: 1, windowSeconds: 60 }, general: { limit: 1, windowSeconds: 60 } },
    });
    const { id } = await limited.queue({ name: "Friday drop" });
    await limited.fan();
    const page = await stage.open(id);
    await buttonOf(page, "Join the line").click();
    await passUntil(page, wordsOf(page, "This takes longer than usual."));
    await lookAt(page, "rate-limited-joining");
    await passUntil(page, wordsOf(page, "Too many requests at once"), minuteMs / 4);
    await wordsOf(page, /Please wait \d+ seconds, then try again/).waitFor();
    await lookAt(page, "rate-limited");
    await stage.advance(page, minuteMs);
    await passUntil(page, wordsOf(page, "You can go on now."));
    await joinLine(page);

    const place = await askForPlace(page);
    await page.clock.fastForward(2_000);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await passUntil(page, wordsOf(page, "This page goes on by itself."));
    await seePosition(page, 1);
    await lookAt(page, "rate-limited-inside");
    const told = nextPlace(page);
    await stage.advance(page, minuteMs);
    expect(await told).toEqual(place);
    await wordsOf(page, "Too many requests at once").waitFor({ state: "hidden" });
  });

  it("counts a turn down, says when it is over, and then whose the place is", async () => {
    const { id, line } = await stage.lineOf(0, {
      admissionExpirationSeconds: 120,
      checkoutUrl: `${stage.server.url}/health/live`,
    });
    const page = await stage.open(id);
    await joinLine(page);
    await wordsOf(page, "You are next").waitFor();
    await lookAt(page, "next");
    const place = await askForPlace(page);
    await line.tick();
    await seeScene(page, "turn");
    await page.getByRole("link", { name: "Go to checkout" }).waitFor();
    await page
      .getByRole("timer")
      .filter({ hasText: /^0[12]:\d\d$/ })
      .waitFor();
    await lookAt(page, "turn");
    await stage.advance(page, minuteMs);
    await page
      .getByRole("timer")
      .filter({ hasText: /^00:\d\d$/ })
      .waitFor();
    expect(await askForPlace(page)).toEqual({ ...place, status: "ADMITTED" });
    await stage.advance(page, minuteMs);
    await seeScene(page, "turn-over");
    await lookAt(page, "turn-over");
    await stage.advance(page, 10 * minuteMs);
    await line.tick();
    await passUntil(page, wordsOf(page, "Your time ran out"));
    await lookAt(page, "expired");
    await buttonOf(page, "Join again").click();
    await seeScene(page, "waiting");
    expect((await askForPlace(page)).ticket).toBe(2);
  });

  it("says that a place belongs to another device, and keeps it for that one", async () => {
    // As a browser without WebCrypto, whose session is bound to no key.
    await stage.context.addInitScript(() => Object.defineProperty(crypto, "subtle", { value: undefined }));
    const { id } = await stage.shop.queue({ name: "Friday drop", requireFingerprint: true });
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    const kept = await page.evaluate(() => ({ ...localStorage }));
    const thief = await stage.other();
    await thief.addInitScript((copied) => {
      Object.defineProperty(crypto, "subtle", { value: undefined });
      for (const [key, value] of Object.entries(copied)) localStorage.setItem(key, value);
      localStorage.setItem("stanchion:fingerprint", "another-device-altogether");
    }, kept);
    const elsewhere = await openFanPage(thief, page.url());
    await seeScene(elsewhere, "waiting");
    await elsewhere.evaluate(() => dispatchEvent(new Event("online")));
    await wordsOf(elsewhere, "This place belongs to another device").waitFor();
    await lookAt(elsewhere, "another-device");
    expect(await askForPlace(page)).toEqual(place);
  });

  it("knows a copied session by the key that did not come with it", async () => {
    const { id } = await stage.shop.queue({ name: "Friday drop" });
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    const thief = await stage.other({ storageState: await stage.context.storageState() });
    const elsewhere = await openFanPage(thief, page.url());
    await seeScene(elsewhere, "waiting");
    await elsewhere.evaluate(() => dispatchEvent(new Event("online")));
    await wordsOf(elsewhere, "This browser is not recognized any more").waitFor();
    await lookAt(elsewhere, "copied-session");
    expect(await askForPlace(page)).toEqual(place);
  });
});
