/** What a fan sees of a line in every state of it, in a real browser on the real server; and that the ticket outlives it. */
import { describe, expect, it } from "vitest";
import {
  askForPlace,
  buttonOf,
  joinLine,
  lookAt,
  openFanPage,
  passUntil,
  seePosition,
  seeScene,
  wordsOf,
} from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";

const minuteMs = 60_000;

describe("the waiting page", () => {
  const stage = setFanStage();

  it("shows the way in, the place, and the same place after a reload and in a second tab", async () => {
    const { id, line } = await stage.lineOf(11);
    const page = await stage.open(id);
    await seeScene(page, "open");
    await wordsOf(page, "11 people waiting at the moment.").waitFor();
    await lookAt(page, "open");

    await joinLine(page);
    await seePosition(page, 12);
    await page.getByText("Live", { exact: true }).waitFor();
    await lookAt(page, "waiting");
    const place = await askForPlace(page);
    expect(place).toMatchObject({ ticket: 12, status: "QUEUED" });

    await page.reload();
    await seePosition(page, 12);
    expect(await askForPlace(page)).toEqual(place);
    const second = await stage.open(id);
    await seeScene(second, "waiting");
    await seePosition(second, 12);
    expect(await askForPlace(second)).toEqual(place);
    await line.tick({ most: 3 });
    await Promise.all([seePosition(page, 9), seePosition(second, 9)]);
    expect(await line.stays()).toHaveLength(12);
  });

  it("shows a place that was given up in one tab as given up in the other", async () => {
    const { id } = await stage.lineOf(2);
    const page = await stage.open(id);
    await joinLine(page);
    const second = await stage.open(id);
    await seePosition(second, 3);
    await buttonOf(page, "Give up my place").click();
    await wordsOf(page, "Give up your place?").waitFor();
    await lookAt(page, "asked-to-leave");
    await buttonOf(page, "Yes, give it up").click();
    await Promise.all([seeScene(page, "left"), seeScene(second, "left")]);
    await lookAt(page, "left");
  });

  it("says that a paused line stands still, and moves on with it", async () => {
    const { id, line, change } = await stage.lineOf(4);
    await change("pause");
    const page = await stage.open(id);
    await wordsOf(page, "The line stands still for now").waitFor();
    await lookAt(page, "paused-outside");
    await joinLine(page);
    await wordsOf(page, "The organizer has paused the line").waitFor();
    await page
      .locator("dd")
      .filter({ hasText: /^paused$/ })
      .waitFor();
    await lookAt(page, "paused");
    const place = await askForPlace(page);
    await change("resume");
    await wordsOf(page, "The organizer has paused the line").waitFor({ state: "hidden" });
    await line.tick({ most: 1 });
    await seePosition(page, 4);
    expect(await askForPlace(page)).toEqual(place);
  });

  it("says that a line is full, and lets the fan in when somebody has gone", async () => {
    const { id, line } = await stage.lineOf(3, { capacity: 3 });
    const page = await stage.open(id);
    await seeScene(page, "full");
    await lookAt(page, "full");
    await buttonOf(page, "Try to join").click();
    await passUntil(page, wordsOf(page, "The line has just filled up"));
    await lookAt(page, "full-refused");
    await line.tick({ most: 1 });
    await seeScene(page, "open");
    await joinLine(page);
    expect(await askForPlace(page)).toMatchObject({ ticket: 4, status: "QUEUED" });
    const late = await openFanPage(await stage.other(), `${stage.server.url}/q/${id}`);
    await seeScene(late, "full");
    await seePosition(page, 3);
  });

  it("says that a line has closed, and serves those who are in it", async () => {
    const { id, line, change } = await stage.lineOf(2);
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    const outside = await openFanPage(await stage.other(), `${stage.server.url}/q/${id}`);
    await seeScene(outside, "open");
    await change("close");
    await wordsOf(page, "Nobody else can join now.").waitFor();
    await lookAt(page, "closed-inside");
    await seeScene(outside, "closed");
    expect(await outside.getByRole("button").count()).toBe(0);
    await lookAt(outside, "closed");
    await line.tick({ most: 1 });
    await seePosition(page, 2);
    expect(await askForPlace(page)).toEqual(place);
  });

  it("counts down to the opening, and joins with it for whoever has asked for that", async () => {
    const openAt = new Date(Date.now() + 90 * minuteMs).toISOString();
    const waitlistUrl = "https://shop.example/waitlist";
    const { id } = await stage.shop.queue({ name: "Friday drop", openAt, waitlistUrl });
    const page = await stage.open(id);
    await seeScene(page, "scheduled");
    const waitlist = page.getByRole("link", { name: "Put yourself on the waitlist" });
    expect(await waitlist.getAttribute("href")).toBe(waitlistUrl);
    await buttonOf(page, "Join for me when it opens").click();
    await wordsOf(page, "You will join the moment the line opens.").waitFor();
    await page.getByRole("timer").waitFor();
    await lookAt(page, "scheduled");
    expect((await stage.shop.call("POST", `/api/v1/queues/${id}/open`)).status).toBe(200);
    await seeScene(page, "waiting");
    expect(await waitlist.count()).toBe(0);
    expect((await askForPlace(page)).ticket).toBe(1);
  });

  it("says that there is no such line", async () => {
    const page = await stage.open("queue_00000000000000000000000000");
    await page.getByRole("heading", { name: /no such line/i }).waitFor();
    await lookAt(page, "no-such-line");
  });
});
