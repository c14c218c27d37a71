/** The stage for tests of the page of a draw: with a worker, so that a draw is made when its time has come. */
import type { Page } from "playwright-core";
import { buttonOf, openFanPage, seeScene } from "./fan-page.ts";
import { type FanStage, setFanStage } from "./fan-stage.ts";

/** A draw closes and is drawn after so long, where a test says nothing else. */
export const openSeconds = 60;

export interface DrawStage {
  readonly fans: FanStage;
  /** By the clock of the database, as RFC 3339. */
  timeIn(seconds: number): Promise<string>;
  /** A draw with one winner, where nothing else is said, and its page in the browser of the fan whom the test is about. */
  drawWith(settings: Record<string, unknown>): Promise<{ id: string; page: Page }>;
  /** Moves all clocks: the server's, the database's, and those of these pages. */
  pass(pages: Page | readonly Page[], seconds: number): Promise<void>;
}

/** Sets the stage up for the tests of a `describe`. */
export function setDrawStage(): DrawStage {
  const fans = setFanStage({ isWorker: true });
  const stage: DrawStage = {
    fans,
    async timeIn(seconds) {
      const [row] = await fans.server.db.query<{ now: Date }>("select stanchion_now() as now");
      return new Date((row?.now.getTime() ?? 0) + seconds * 1_000).toISOString();
    },
    async drawWith(settings) {
      const closeAt = await stage.timeIn(openSeconds);
      const times = { closeAt, drawAt: closeAt };
      const { id } = await fans.shop.draw({ name: "Gold tickets", ...times, winnerCount: 1, ...settings });
      return { id, page: await openFanPage(fans.context, `${fans.server.url}/d/${id}`) };
    },
    async pass(pages, seconds) {
      await fans.server.advance(seconds * 1_000);
      for (const page of [pages].flat()) await page.clock.fastForward(seconds * 1_000);
    },
  };
  return stage;
}

/** By the button, and answers whose entry it is. */
export async function enterOn(
  page: Page,
): Promise<{ readonly entryId: string; readonly consumerId: string }> {
  const entered = page.waitForResponse((one) => one.url().endsWith("/enter") && one.ok());
  await buttonOf(page, "Enter the draw").click();
  await seeScene(page, "entered");
  return (await entered).json();
}
