/** The waiting page in a real browser, with its real script, under the content security policy that it is served with. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchBrowser } from "../../../tests/browser.ts";
import { type FakeLine, startFakeLine } from "./testing/fake-line.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
let line: FakeLine;
let context: BrowserContext;
let complaints: string[];

beforeAll(async () => {
  [browser, line] = await Promise.all([launchBrowser(), startFakeLine()]);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await line?.close();
});

beforeEach(async () => {
  line.reset();
  complaints = [];
  context = await newContext("light");
});

afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

describe("joining", () => {
  test("works by keyboard alone and moves the focus to where the fan now stands", async () => {
    const page = await open();
    await scene(page, "open");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Join the line");
    await page.keyboard.press("Enter");
    await scene(page, "waiting");
    expect(await focused(page)).toBe("You are in line");
    expect(await text(page, ".position")).toBe("12");
    expect(await text(page, ".facts")).toContain("11 people");
    expect(await page.title()).toBe("(12) In line — Spring drop 2026");
    expect(line.calls.filter((call) => call === "enter")).toHaveLength(1);
  });

  test("does not happen without a click", async () => {
    const page = await open();
    await scene(page, "open");
    expect(line.calls).not.toContain("guest");
    expect(line.calls).not.toContain("enter");
  });

  test("happens by itself with ?join=1, once", async () => {
    const page = await open("?join=1&from=shop");
    await scene(page, "waiting");
    expect(page.url()).toBe(`${line.pageUrl}?from=shop`);
  });

  test("happens at the opening when the fan has asked for it", async () => {
    line.openAt = new Date(Date.now() + 90_000).toISOString();
    line.change({ status: "SCHEDULED" });
    const page = await open();
    await scene(page, "scheduled");
    await page.waitForFunction(() =>
      /^01:\d\d$/.test(
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector(".clock")?.textContent ?? "",
      ),
    );
    await press(page, "Join for me when it opens");
    await page.waitForSelector("text=You will join the moment the line opens");
    expect(line.calls).not.toContain("enter");
    line.change({ status: "OPEN" });
    await scene(page, "waiting");
  });

  test("shows the button the moment the line opens", async () => {
    line.change({ status: "SCHEDULED" });
    const page = await open();
    await scene(page, "scheduled");
    line.change({ status: "OPEN" });
    await page.waitForSelector("button:text('Join the line')");
    expect(line.calls).not.toContain("enter");
  });
});

describe("a line whose order is drawn at the opening", () => {
  const seed = "5e".repeat(32);

  beforeEach(openLater);

  test("is joined before, waited for and drawn, over a reload, without asking for the place", async () => {
    const page = await open();
    await scene(page, "early");
    expect(await text(page, "#words")).toContain("Being early gives no advantage");
    await press(page, "Join now");
    await scene(page, "before-opening");
    expect(await focused(page)).toBe("You are in");
    expect(await page.locator(".position").isVisible()).toBe(false);
    expect(await text(page, ".clock")).toMatch(/^1:0\d:\d\d$/);
    await page.reload();
    await scene(page, "before-opening");
    await page.waitForFunction(() =>
      /^1:0\d:\d\d$/.test(
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector(".clock")?.textContent ?? "",
      ),
    );
    line.change({ status: "DRAWING" });
    await scene(page, "drawing");
    expect(await text(page, "#words")).toContain("gets a place by chance");
    line.draw(seed);
    await scene(page, "waiting");
    expect(await text(page, ".position")).toBe(String(line.entry?.rank));
    expect(await text(page, ".hints")).toContain("Your place was drawn at the opening");
    expect(line.calls).not.toContain("status");
  });

  test("is joined as soon as that is possible for whoever has asked for it", async () => {
    line.joinFrom = new Date(Date.now() + 2_000).toISOString();
    const page = await open();
    await scene(page, "scheduled");
    await press(page, "Join for me when I can");
    await page.waitForSelector("text=You will join as soon as that is possible");
    await scene(page, "before-opening");
  }, 40_000);

  test("lets the receipt be saved, and leads to the check once the order is there", async () => {
    const page = await joinEarly();
    await page.click(".receipt summary");
    const saving = page.waitForEvent("download");
    await page.click("text=Save the receipt");
    const saved = await (await saving).path();
    expect(JSON.parse(readFileSync(saved, "utf8"))).toEqual(line.entry?.receipt);
    expect(await page.locator("text=Check that the order was fair").isVisible()).toBe(false);
    line.draw(seed);
    await scene(page, "waiting");
    const href = await page.getAttribute("a:text('Check that the order was fair')", "href");
    expect(href).toMatch(/^\/verify\?queue=queue_\w+#receipt=[\w-]+$/);
  });
});

describe("waiting", () => {
  test("follows the line without a reload", async () => {
    const page = await join();
    line.change({ nowServing: 6 });
    await page.waitForFunction(
      () =>
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector(".position")?.textContent === "6",
    );
    const progress = page.locator("progress");
    expect(await progress.getAttribute("aria-valuetext")).toBe("54% of the way");
    expect(await progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBe(54);
    expect(await page.title()).toBe("(6) In line — Spring drop 2026");
    line.change({ status: "PAUSED" });
    await page.waitForSelector("text=The organizer has paused the line");
    expect(await text(page, ".facts")).toContain("paused");
  });

  test("keeps the place over a reload and in a second tab, and joins only once", async () => {
    const page = await join();
    await page.reload();
    await scene(page, "waiting");
    expect(await text(page, ".position")).toBe("12");
    const second = await open();
    await scene(second, "waiting");
    expect(await text(second, ".position")).toBe("12");
    expect(line.calls.filter((call) => call === "enter" || call === "guest")).toEqual(["guest", "enter"]);
  });

  test("keeps showing the place over a reload while the server is away", async () => {
    const page = await join();
    line.faults.set("stream", { code: "DEPLOYING", retryAfter: 1 });
    line.faults.set("board", { code: "DEPLOYING", retryAfter: 1 });
    forgiveFailedLoads();
    await page.reload();
    await scene(page, "waiting");
    expect(await text(page, ".position")).toBe("12");
    await page.waitForSelector(".problem:not([hidden])");
    expect(await text(page, ".problem")).toContain("Your place is kept.");
    expect(await text(page, ".problem")).toContain("Reference: req_");
    line.faults.clear();
    await page.waitForSelector(".problem[hidden]", { state: "attached" });
  });

  test("keeps the place while the phone has no network, and goes on by itself", async () => {
    forgiveFailedLoads();
    const page = await join();
    await page.waitForSelector("[data-connection=stream]");
    await context.setOffline(true);
    line.cut();
    await page.waitForSelector("text=No connection: your place is kept");
    expect(await text(page, ".position")).toBe("12");
    line.change({ nowServing: 3 });
    await context.setOffline(false);
    await page.waitForFunction(
      () =>
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector(".position")?.textContent === "9",
    );
    await page.waitForSelector("[data-connection=stream]");
    expect(await page.locator(".problem").isVisible()).toBe(false);
  });

  test("asks inside the page before a place is given up", async () => {
    const page = await join();
    const give = page.locator("button", { hasText: "Give up my place" });
    await give.focus();
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("No, keep it");
    await page.keyboard.press("Escape");
    expect(await focused(page)).toBe("Give up my place");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Yes, give it up");
    expect(line.calls).not.toContain("leave");
    await page.keyboard.press("Enter");
    await scene(page, "left");
    expect(await focused(page)).toBe("You have left the line");
    await page.reload();
    await scene(page, "left");
    await press(page, "Join again");
    await scene(page, "waiting");
    expect(await text(page, ".position")).toBe("13");
  });

  test("tells a screen reader politely and seldom, and at once when the turn has come", async () => {
    const page = await join();
    const polite = await recordText(page, "#polite");
    for (const nowServing of [1, 2, 3]) line.change({ nowServing });
    await page.waitForFunction(
      () =>
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector(".position")?.textContent === "9",
    );
    line.admit(600);
    await page.waitForFunction(
      () =>
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector("#assertive")?.textContent !== "",
    );
    expect(await text(page, "#assertive")).toMatch(/^It is your turn\. You have (9|10) minutes\.$/);
    expect((await polite()).length).toBeLessThanOrEqual(1);
  });
});

describe("admitted", () => {
  test("moves the focus, counts down and leads to the checkout with the token", async () => {
    line.checkoutUrl = `${line.origin}/checkout?item=7`;
    const page = await join();
    line.admit(600);
    await scene(page, "turn");
    expect(await focused(page)).toBe("It is your turn");
    expect(await page.title()).toBe("Your turn! — Spring drop 2026");
    const before = await text(page, ".clock");
    expect(before).toMatch(/^(10:00|09:5\d)$/);
    await page.waitForFunction(
      (was) =>
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector(".clock")?.textContent !== was,
      before,
    );
    await page.click("a.button");
    await page.waitForURL(/\/checkout/);
    const address = new URL(page.url());
    expect(address.searchParams.get("item")).toBe("7");
    expect(address.searchParams.get("admission_token")).toBe(line.entry?.admission?.token);
  });

  test("does not send the fan off with a token that has run out", async () => {
    line.checkoutUrl = `${line.origin}/checkout`;
    line.tokenSeconds = 2;
    const page = await join();
    line.admit(600);
    await scene(page, "turn");
    const stale = line.entry?.admission?.token;
    line.tokenSeconds = 60;
    await page.click("a.button");
    await page.waitForURL(/\/checkout/);
    expect(new URL(page.url()).searchParams.get("admission_token")).not.toBe(stale);
  });

  test("shows the token to be copied where the shop has given no address", async () => {
    const page = await join();
    line.admit(600);
    await scene(page, "turn");
    expect(await page.locator("a.button").isVisible()).toBe(false);
    await page.click("summary");
    expect(await page.inputValue("#token")).toBe(line.entry?.admission?.token);
    await press(page, "Copy");
    await page.waitForSelector("button:text('Copied')");
  });

  test("says when the time has run out, and lets join again", async () => {
    const page = await join();
    line.admit(2);
    await scene(page, "turn");
    await scene(page, "turn-over");
    line.set({ status: "EXPIRED" });
    await scene(page, "expired");
    expect(await text(page, "#words")).toContain("end of the line");
    await page.waitForSelector("button:text('Join again')");
  });
});

describe("errors", () => {
  test("says how long to wait, with the reference", async () => {
    forgiveFailedLoads();
    line.faults.set("enter", { code: "RATE_LIMITED", details: { retryAfter: 1 }, retryAfter: 1 });
    const page = await open();
    await press(page, "Join the line");
    await page.waitForSelector("button:text('Joining…')");
    await page.waitForSelector(".problem:not([hidden])");
    expect(await text(page, ".problem-title")).toBe("Too many requests at once");
    expect(await text(page, ".reference")).toBe("Reference: req_01h455vb4pex5vsknk084sn02z");
    await page.waitForSelector("text=You can go on now.");
    line.faults.clear();
    await press(page, "Join the line");
    await scene(page, "waiting");
    expect(await page.locator(".problem").isVisible()).toBe(false);
  }, 60_000);

  test("keeps the focus on the button when joining is refused, and says why", async () => {
    forgiveFailedLoads();
    line.faults.set("enter", { code: "RESOURCE_RESTRICTED" });
    const page = await open();
    await press(page, "Join the line");
    await page.waitForSelector("text=You cannot take part in this line");
    expect(await focused(page)).toBe("Join the line");
    await page.waitForFunction(() =>
      /cannot take part/.test(
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector("#assertive")?.textContent ?? "",
      ),
    );
  });

  test("says that a place belongs to another device", async () => {
    forgiveFailedLoads();
    const page = await join();
    line.faults.set("status", { code: "FP002" });
    line.admit(600);
    await page.waitForSelector("text=This place belongs to another device");
  });

  test("shows what the operator says about maintenance as text, keeps the place and comes back by itself", async () => {
    forgiveFailedLoads();
    const page = await join();
    announceMaintenance(2);
    await page.waitForSelector("text=Planned maintenance: your place is kept");
    expect(await text(page, ".problem-title")).toBe("Planned maintenance");
    expect(await text(page, ".problem")).toContain("We add <img src=x onerror=alert(1)> & more seats.");
    expect(await page.locator(".problem img").count()).toBe(0);
    expect(await text(page, ".position")).toBe("12");
    await page.waitForSelector("text=/tries again in \\d seconds?/");
    line.faults.clear();
    line.change({ nowServing: 2 });
    await page.waitForFunction(
      () =>
        document.querySelector("stanchion-line")?.shadowRoot?.querySelector(".position")?.textContent ===
        "10",
    );
    expect(await page.locator(".problem").isVisible()).toBe(false);
  });

  test("says that there is no such line any more", async () => {
    forgiveFailedLoads();
    for (const operation of ["stream", "board", "queue"] as const)
      line.faults.set(operation, { code: "QUEUE_NOT_FOUND" });
    const page = await open();
    await scene(page, "problem");
    expect(await text(page, "#headline")).toBe("This line does not exist any more");
    expect(complaints).toEqual([expect.stringMatching(/^<stanchion-line>: QUEUE_NOT_FOUND\./)]);
    complaints = [];
  });
});

describe("without the script", () => {
  test("leads to the page that needs none", async () => {
    const scriptless = await browser.newContext({ javaScriptEnabled: false });
    const page = await scriptless.newPage();
    // The line of this test has no such page.
    await page.route("**/plain", (route) => route.fulfill({ contentType: "text/html", body: "<p>Here</p>" }));
    await page.goto(line.pageUrl);
    await page.waitForURL("**/q/*/plain");
    await scriptless.close();
  });

  test("offers to reload when the script does not come", async () => {
    const page = await context.newPage();
    await page.route("**/*.js", (route) => route.abort());
    await page.goto(line.pageUrl);
    expect(await page.locator(".slow").isVisible()).toBe(false);
    await page.waitForSelector(".slow a", { timeout: 20_000 });
  }, 40_000);
});

describe("for everybody", () => {
  const scenes: Readonly<Record<string, () => Promise<Page>>> = {
    scheduled: async () => {
      line.openAt = new Date(Date.now() + 203_725_000).toISOString();
      line.change({ status: "SCHEDULED" });
      return reach(await open(), "scheduled");
    },
    early: async () => {
      openLater();
      return reach(await open(), "early");
    },
    "before the opening": async () => {
      openLater();
      return joinEarly();
    },
    drawing: async () => {
      openLater();
      const page = await joinEarly();
      line.change({ status: "DRAWING" });
      return reach(page, "drawing");
    },
    drawn: async () => {
      openLater();
      const page = await joinEarly();
      line.draw("5e".repeat(32));
      await reach(page, "waiting");
      await page.click(".receipt summary");
      return page;
    },
    open: async () => reach(await open(), "open"),
    full: async () => {
      line.capacity = 11;
      return reach(await open(), "full");
    },
    closed: async () => {
      line.change({ status: "CLOSED" });
      return reach(await open(), "closed");
    },
    waiting: async () => join(),
    "waiting, a million before and a long name": async () => {
      line.name = `${"Donaudampfschifffahrtsgesellschaft".repeat(4)} 🎟️`;
      line.change({ lastTicket: 9_999_998, waiting: 9_999_998, status: "PAUSED" });
      return join();
    },
    "asked to leave": async () => {
      const page = await join();
      await press(page, "Give up my place");
      return page;
    },
    turn: async () => {
      line.checkoutUrl = `${line.origin}/checkout`;
      const page = await join();
      line.admit(600);
      return reach(page, "turn");
    },
    "turn, with a token": async () => {
      const page = await join();
      line.admit(600);
      await reach(page, "turn");
      await page.click("summary");
      return page;
    },
    expired: async () => {
      const page = await join();
      line.set({ status: "EXPIRED" });
      line.change({ nowServing: 12 });
      return reach(page, "expired");
    },
    "a problem": async () => {
      forgiveFailedLoads();
      line.faults.set("enter", { code: "INTERNAL_ERROR" });
      line.faults.set("enter", { code: "RESOURCE_RESTRICTED" });
      const page = await open();
      await press(page, "Join the line");
      await page.waitForSelector(".problem:not([hidden])");
      return page;
    },
    "planned maintenance": async () => {
      forgiveFailedLoads();
      const page = await join();
      announceMaintenance(120);
      await page.waitForSelector(".problem:not([hidden])");
      return page;
    },
    "no such line": async () => {
      const page = await newPage();
      await page.goto(`${line.origin}/q/queue_unknown`);
      return page;
    },
  };

  describe.each(["light", "dark"] as const)("in the %s", (colorScheme) => {
    beforeEach(async () => {
      await context.close();
      context = await newContext(colorScheme);
    });

    test.each(Object.entries(scenes))("%s has no barrier and fits 320 pixels", async (_, show) => {
      const page = await show();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      expect(await findBarriers(page)).toEqual([]);
    });
  });

  test("nothing above moves when the line is paused or something goes wrong", async () => {
    const page = await join();
    const before = await page.locator(".position").boundingBox();
    line.change({ status: "PAUSED" });
    await page.waitForSelector("text=The organizer has paused the line");
    expect(await page.locator(".position").boundingBox()).toEqual(before);
  });
});

async function newContext(colorScheme: "light" | "dark"): Promise<BrowserContext> {
  const viewport = { width: 320, height: 640 };
  return browser.newContext({ viewport, colorScheme, reducedMotion: "reduce", timezoneId: "Europe/Berlin" });
}

async function newPage(): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return page;
}

/** A browser complains of every answer that is not a success: for tests that provoke one. */
function forgiveFailedLoads(): void {
  const all = complaints;
  complaints = new Proxy(all, {
    get(target, name, receiver) {
      if (name !== "push") return Reflect.get(target, name, receiver);
      return (text: string) => (text.startsWith("Failed to load resource") ? 0 : target.push(text));
    },
  });
}

function announceMaintenance(retryAfter: number): void {
  const message = "We add <img src=x onerror=alert(1)> & more seats.";
  const details = { retryAfter, since: new Date().toISOString(), message };
  for (const operation of ["stream", "board", "status", "enter", "queue"] as const)
    line.faults.set(operation, { code: "MAINTENANCE", details, retryAfter });
  line.cut();
}

async function open(query = ""): Promise<Page> {
  const page = await newPage();
  await page.goto(line.pageUrl + query);
  return page;
}

/** Makes it a line whose order is drawn, in an hour. */
function openLater(): void {
  Object.assign(line, { shuffleBeforeOpen: true, openAt: new Date(Date.now() + 3_725_000).toISOString() });
  line.change({ status: "SCHEDULED" });
}

async function joinEarly(): Promise<Page> {
  const page = await open();
  await press(page, "Join now");
  return reach(page, "before-opening");
}

async function join(): Promise<Page> {
  const page = await open();
  await press(page, "Join the line");
  return reach(page, "waiting");
}

/** Clicks the button with exactly these words. */
async function press(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name, exact: true }).click();
}

async function scene(page: Page, name: string): Promise<void> {
  await page.waitForSelector(`[data-scene="${name}"]`);
}

async function reach(page: Page, name: string): Promise<Page> {
  await scene(page, name);
  return page;
}

async function text(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).textContent()) ?? "";
}

async function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent ?? "");
}

/** Writes down every text that the element takes from now on. */
async function recordText(page: Page, selector: string): Promise<() => Promise<string[]>> {
  const handle = await page.evaluateHandle((wanted) => {
    const texts: string[] = [];
    const element = document.querySelector("stanchion-line")?.shadowRoot?.querySelector(wanted) ?? null;
    new MutationObserver(() => {
      if (element?.textContent) texts.push(element.textContent);
    }).observe(element as Node, { childList: true, characterData: true, subtree: true });
    return texts;
  }, selector);
  return () => handle.jsonValue();
}

async function findBarriers(page: Page): Promise<string[]> {
  // Evaluated from outside the page: its content security policy lets no other script in.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
    );
  });
}
