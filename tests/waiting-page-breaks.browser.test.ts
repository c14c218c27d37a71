/** What a fan sees when the connection, the server or the phone is gone for a while; and that the ticket outlives it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "../packages/server/src/identity/index.ts";
import { createTestDatabase, type TestDatabase, testLine } from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";
import {
  askForPlace,
  buttonOf,
  joinLine,
  lookAt,
  newFanContext,
  openFanPage,
  passUntil,
  seePosition,
  seeScene,
  wordsOf,
} from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";
import { makeQueue, type ServerProcess, startServerProcess } from "./server-process.ts";

const secondMs = 1_000;
const minuteMs = 60_000;

/**
 * A phone that is put away: the page is told that it is hidden, and then nothing of it runs any more. It wakes up with a
 * clock that has gone on meanwhile. (The browser of the tests has no freezing of its own; a debugger stops the script.)
 */
async function putToSleep(page: Page): Promise<{ wake(afterMs: number): Promise<void> }> {
  const session = await page.context().newCDPSession(page);
  await setVisibility(page, "hidden");
  const stopped = new Promise((resolve) => session.once("Debugger.paused", resolve));
  await session.send("Debugger.enable");
  await session.send("Debugger.pause");
  await stopped;
  return {
    async wake(afterMs) {
      await session.send("Debugger.resume");
      await session.send("Debugger.disable");
      await session.detach();
      await page.clock.fastForward(afterMs);
      await setVisibility(page, "visible");
    },
  };
}

async function setVisibility(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((now) => {
    Object.defineProperty(document, "visibilityState", { value: now, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

describe("the waiting page", () => {
  const stage = setFanStage();

  it("keeps the place while there is no connection for half a minute, and catches up", async () => {
    const { id, line } = await stage.lineOf(8);
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    await stage.context.setOffline(true);
    await passUntil(page, wordsOf(page, "No connection: your place is kept"));
    await page.clock.runFor(30 * secondMs);
    await wordsOf(page, "We cannot reach the line right now").waitFor();
    await seePosition(page, 9);
    await lookAt(page, "offline");
    await line.tick({ most: 5 });
    await stage.context.setOffline(false);
    await passUntil(page, wordsOf(page, "Live"));
    await seePosition(page, 4);
    await wordsOf(page, "We cannot reach the line right now").waitFor({ state: "hidden" });
    expect(await askForPlace(page)).toEqual(place);
  });

  it("says so when somebody without a connection wants to join, and lets them try again", async () => {
    const { id } = await stage.lineOf(0);
    const page = await stage.open(id);
    await buttonOf(page, "Join the line").waitFor();
    await stage.context.setOffline(true);
    await buttonOf(page, "Join the line").click();
    await passUntil(page, wordsOf(page, "That did not get through"));
    await lookAt(page, "offline-joining");
    await stage.context.setOffline(false);
    await joinLine(page);
    expect(await askForPlace(page)).toMatchObject({ ticket: 1, status: "QUEUED" });
  });

  it("shows where the fan stands when the phone wakes up after ten minutes", async () => {
    const { id, line } = await stage.lineOf(8);
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    const sleep = await putToSleep(page);
    await line.tick({ most: 5 });
    await stage.server.advance(10 * minuteMs);
    await sleep.wake(10 * minuteMs);
    await passUntil(page, page.locator(".position").filter({ hasText: /^4$/ }));
    await wordsOf(page, "Live").waitFor();
    expect(await askForPlace(page)).toEqual(place);
    await lookAt(page, "awake");
  });

  it("shows a turn that came while the phone slept, with the time that is really left", async () => {
    const { id, line } = await stage.lineOf(0, {
      admissionExpirationSeconds: 300,
      checkoutUrl: `${stage.server.url}/health/live`,
    });
    const page = await stage.open(id);
    await joinLine(page);
    const place = await askForPlace(page);
    const sleep = await putToSleep(page);
    await line.tick();
    await stage.server.advance(2 * minuteMs);
    await sleep.wake(2 * minuteMs);
    await passUntil(page, page.locator('[data-scene="turn"]'));
    await page
      .getByRole("timer")
      .filter({ hasText: /^0[23]:\d\d$/ })
      .waitFor();
    expect(await askForPlace(page)).toEqual({ ...place, status: "ADMITTED" });
    const again = await putToSleep(page);
    await stage.server.advance(20 * minuteMs);
    await line.tick();
    await again.wake(20 * minuteMs);
    await passUntil(page, wordsOf(page, "Your time ran out"));
    await seeScene(page, "expired");
  });
});

describe("the waiting page of a server that is killed", () => {
  let db: TestDatabase;
  let server: ServerProcess;
  let browser: Browser;
  beforeAll(async () => {
    db = await createTestDatabase();
    [server, browser] = await Promise.all([
      startServerProcess("api", { databaseUrl: db.url }),
      launchBrowser(),
    ]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.kill("SIGKILL");
    await db?.drop();
  });

  it("keeps the place on the page while the server is gone, and the ticket for good", async () => {
    const { secretKey } = await createOrganization(db.database, { name: "Shop" });
    const queueId = await makeQueue(server.url, secretKey, { name: "Friday drop", admitRate: 6_000 });
    const line = testLine(db, queueId);
    await line.fill(6);
    const context = await newFanContext(browser);
    const page = await openFanPage(context, `${server.url}/q/${queueId}`);
    await joinLine(page);
    await seePosition(page, 7);
    const place = await askForPlace(page);

    await server.kill("SIGKILL");
    await passUntil(page, wordsOf(page, "No connection: your place is kept"));
    await passUntil(page, wordsOf(page, "We cannot reach the line right now"));
    await seePosition(page, 7);
    await lookAt(page, "server-gone");

    server = await startServerProcess("api", { databaseUrl: db.url, port: Number(new URL(server.url).port) });
    await line.tick({ most: 2 });
    await passUntil(page, wordsOf(page, "Live"));
    await seePosition(page, 5);
    await wordsOf(page, "We cannot reach the line right now").waitFor({ state: "hidden" });
    expect(await askForPlace(page)).toEqual(place);
    await page.reload();
    await seePosition(page, 5);
    expect(await askForPlace(page)).toEqual(place);
    expect(await line.stays()).toHaveLength(7);
  });
});
