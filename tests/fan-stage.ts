/** A server, a shop and a browser for tests of the waiting page: made once for a file, with a browser of its own person for each test. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import {
  startTestServer,
  type TestLine,
  type TestServer,
  type TestShop,
  testLine,
} from "../packages/server/src/testing/index.ts";
import { launchBrowser } from "./browser.ts";
import { newFanContext, openFanPage } from "./fan-page.ts";

export interface StagedLine {
  readonly id: string;
  readonly line: TestLine;
  /** `open`, `pause`, `resume` or `close`. */
  change(verb: string): Promise<void>;
}

export interface FanStage {
  readonly server: TestServer;
  readonly shop: TestShop;
  /** The browser of the fan whom the test is about. */
  readonly context: BrowserContext;
  /** A queue with so many people in it already. */
  lineOf(count: number, settings?: Record<string, unknown>): Promise<StagedLine>;
  open(queueId: string): Promise<Page>;
  /** The browser of somebody else, closed after the test. */
  other(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** Moves all clocks: the server's, the database's, and this page's. */
  advance(page: Page, ms: number): Promise<void>;
}

/** Sets the stage up for the tests of a `describe`. Without a worker a line moves when a test says so. */
export function setFanStage({ isWorker = false } = {}): FanStage {
  let server: TestServer;
  let shop: TestShop;
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  const other: FanStage["other"] = async (options) => {
    const context = await newFanContext(browser, options);
    contexts.push(context);
    return context;
  };
  beforeAll(async () => {
    [server, browser] = await Promise.all([startTestServer({ isWorker }), launchBrowser()]);
    shop = await server.shop();
  }, 90_000);
  beforeEach(async () => {
    await other();
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  const stage: FanStage = {
    get server() {
      return server;
    },
    get shop() {
      return shop;
    },
    get context() {
      const [own] = contexts;
      if (own === undefined) throw new Error("a fan has a browser within a test only");
      return own;
    },
    other,
    async lineOf(count, settings = {}) {
      const { id } = await shop.queue({ name: "Friday drop", ...settings });
      const line = testLine(server.db, id);
      if (count > 0) await line.fill(count);
      const change = async (verb: string): Promise<void> => {
        expect((await shop.call("POST", `/api/v1/queues/${id}/${verb}`)).status).toBe(200);
      };
      return { id, line, change };
    },
    open: (queueId) => openFanPage(stage.context, `${server.url}/q/${queueId}`),
    async advance(page, ms) {
      await server.advance(ms);
      await page.clock.fastForward(ms);
    },
  };
  return stage;
}
