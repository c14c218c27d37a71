/** A shop's page that is set up wrong: what the fan sees, the one thing that the developer is told, and that no place is lost. */
import type { ConsoleMessage, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../packages/server/src/testing/index.ts";
import { askForPlace, buttonOf, joinLine, seePosition, seeScene, wordsOf } from "./fan-page.ts";
import { setFanStage } from "./fan-stage.ts";
import { type ShopSite, startShopSite } from "./shop-site.ts";

const minuteMs = 60_000;
const retrySeconds = 20;
const fallback = "The line is at line.example.com";
const notSetUp = "This line is not set up correctly";

describe("a shop's page with a line", () => {
  const stage = setFanStage();
  let site: ShopSite;
  let queueId: string;
  let live: TestShop;
  let stranger: TestShop;
  let listed: TestShop;
  beforeAll(async () => {
    [site, live, stranger, listed] = await Promise.all([
      startShopSite(),
      stage.server.shop({ isLive: true }),
      stage.server.shop(),
      stage.server.shop({ allowedOrigins: ["https://shop.example"] }),
    ]);
    queueId = (await stage.shop.queue({ name: "Friday drop" })).id;
  });
  afterAll(() => site?.close());

  const script = (server: TestServer = stage.server): string =>
    `<script src="${server.url}/stanchion-line.js" defer></script>`;
  /** The element as the guide has it, but for what is changed; null takes an attribute away. */
  const lineWith = (changed: Record<string, string | null> = {}): string => {
    const attributes = { "queue-id": queueId, "publishable-key": stage.shop.publishableKey, ...changed };
    const written = Object.entries(attributes).map(([name, value]) =>
      value === null ? "" : `${name}="${value}"`,
    );
    return `<stanchion-line ${written.join(" ")}><p>${fallback}</p></stanchion-line>`;
  };
  /** Opens what the site shows. `told`: what the console has of the element; `events`: its errors; `asked`: calls of the API. */
  const visit = async (address = site.url) => {
    const page = await stage.context.newPage();
    const told: string[] = [];
    const uncaught: string[] = [];
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/")) asked.push(request.url());
    });
    page.on("console", (message) => {
      if (isOfElement(message)) told.push(message.text());
    });
    page.on("pageerror", ({ message }) => uncaught.push(message));
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      document.addEventListener("stanchion-error", (event) => {
        const { code, message } = (event as CustomEvent<{ code: string; message: string }>).detail;
        seen.push(`${code}: ${message}`);
      });
    });
    await page.goto(address);
    const events = (): Promise<string[]> =>
      page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
    return { page, told, uncaught, asked, events };
  };
  /** Lets the page try again for a while: the developer was told one thing, by both ways, and is told no more. */
  const expectTold = async (
    { page, told, uncaught, events }: Awaited<ReturnType<typeof visit>>,
    code: string,
    ...texts: string[]
  ): Promise<void> => {
    await page.waitForFunction(() => (globalThis as unknown as { seen: string[] }).seen.length > 0);
    for (let second = 0; second < retrySeconds; second += 1) {
      await page.clock.runFor(1_000);
      // So that answers come before the time is over in which they must.
      await page.context().request.get(site.url);
    }
    expect(told).toHaveLength(1);
    for (const text of [`<stanchion-line>: ${code}.`, ...texts]) expect(told[0]).toContain(text);
    expect(told[0]).toMatch(new RegExp(`/docs/errors/${code}$`));
    expect(await events()).toEqual([expect.stringContaining(`${code}: `)]);
    expect(uncaught).toEqual([]);
  };

  it("that is set up rightly tells nobody anything", async () => {
    site.show(script() + lineWith({ "base-url": `${stage.server.url}/` }));
    const visited = await visit();
    await joinLine(visited.page);
    expect([visited.told, visited.uncaught, await visited.events()]).toEqual([[], [], []]);
  });

  it("takes the address of the API for that of its server, and a script that was loaded as a module", async () => {
    site.show(script().replace("defer", 'type="module"') + lineWith());
    await seeScene((await visit()).page, "open");
    site.show(script() + lineWith({ "base-url": `${stage.server.url}/api/v1/` }));
    await seeScene((await visit()).page, "open");
  });

  describe("whose key", () => {
    it.each<[string, () => string, string, string]>([
      ["is unknown", () => "pk_test_CutOffWhenItWasCopied", "INVALID_TOKEN", "the publishable key"],
      [
        "is of another organization",
        () => stranger.publishableKey,
        "OTHER_ORGANIZATION",
        "Check the id and the key",
      ],
      ["is of the other mode", () => live.publishableKey, "ORIGIN_NOT_ALLOWED", "allowedOrigins"],
      ["may not be used there", () => listed.publishableKey, "ORIGIN_NOT_ALLOWED", "allowedOrigins"],
    ])("%s, says so before anybody tries to join", async (_, key, code, text) => {
      site.show(script() + lineWith({ "publishable-key": key() }));
      const visited = await visit();
      await seeScene(visited.page, "problem");
      await visited.page.getByRole("heading", { name: notSetUp }).waitFor();
      await wordsOf(visited.page, /^Reference: req_/).waitFor();
      await expectTold(visited, code, text);
      expect(await buttonOf(visited.page, "Join the line").count()).toBe(0);
    });

    it("is revoked while fans wait, keeps their places", async () => {
      const own = await stage.server.shop();
      const { id } = await own.queue({ name: "Friday drop" });
      site.show(script() + lineWith({ "queue-id": id, "publishable-key": own.publishableKey }));
      const visited = await visit();
      await joinLine(visited.page);
      const kept = await storedOf(visited.page);
      const path = "/api/v1/api-keys";
      const [key] = (await own.call("GET", `${path}?kind=publishable`)).body.data as { id: string }[];
      expect(
        (await own.call("POST", `${path}/${key?.id}/revoke`, { body: { evenIfLast: true } })).status,
      ).toBe(200);
      await visited.page.evaluate(() => dispatchEvent(new Event("online")));
      await wordsOf(visited.page, notSetUp).waitFor();
      await seeScene(visited.page, "waiting");
      await expectTold(visited, "KEY_REVOKED", "Use another key");
      expect(await storedOf(visited.page)).toEqual(kept);
    });

    it("is wrong for five minutes, has every place when it is right again", async () => {
      site.show(script() + lineWith());
      const { page } = await visit();
      await joinLine(page);
      const place = await askForPlace(page);
      const set = (key: string): Promise<void> =>
        page.evaluate(
          (value) => document.querySelector("stanchion-line")?.setAttribute("publishable-key", value),
          key,
        );
      await set("pk_test_CutOffWhenItWasCopied");
      await seeScene(page, "problem");
      await page.clock.runFor(5 * minuteMs);
      await set(stage.shop.publishableKey);
      await seeScene(page, "waiting");
      expect(await askForPlace(page)).toEqual(place);
    });
  });

  describe("whose attributes cannot be right, shows what the shop has put there, and sends nothing", () => {
    it.each<[string, () => Record<string, string | null>, string]>([
      ["no key", () => ({ "publishable-key": null }), "publishable-key must be given"],
      ["the key of the guide", () => ({ "publishable-key": "pk_live_…" }), "one whole key"],
      ["a secret key", () => ({ "publishable-key": stage.shop.secretKey }), "revoke it now"],
      ["no queue", () => ({ "queue-id": null, queue: queueId }), "queue-id must be given"],
      ["a draw", () => ({ "queue-id": queueId.replace("queue_", "draw_") }), "begin with queue_"],
      ["a server without https://", () => ({ "base-url": "line.example.com" }), "begin with https://"],
    ])("%s", async (_, changed, text) => {
      site.show(script() + lineWith(changed()));
      const visited = await visit();
      await visited.page.getByText(fallback).waitFor();
      await expectTold(visited, "INVALID_ARGUMENT", text);
      expect(visited.told.join()).not.toContain(stage.shop.secretKey);
      expect(visited.asked).toEqual([]);
    });

    it("that were right before", async () => {
      site.show(script() + lineWith());
      const { page } = await visit();
      await seeScene(page, "open");
      await page.evaluate(() => document.querySelector("stanchion-line")?.removeAttribute("queue-id"));
      await page.getByText(fallback).waitFor();
    });

    it("http in a page of https", async () => {
      const { context, server } = stage;
      const line = lineWith({ "base-url": "http://line.example" });
      const body = `<!doctype html><script src="/stanchion-line.js" defer></script>${line}`;
      await context.route("https://shop.example/", (route) =>
        route.fulfill({ contentType: "text/html", body }),
      );
      await context.route("https://shop.example/stanchion-line.js", async (route) =>
        route.fulfill({ response: await route.fetch({ url: `${server.url}/stanchion-line.js` }) }),
      );
      const visited = await visit("https://shop.example/");
      await visited.page.getByText(fallback).waitFor();
      await expectTold(visited, "INVALID_ARGUMENT", "base-url must begin with https://, since the page does");
    });
  });

  describe("whose server", () => {
    const cases: readonly [string, () => string, string, string][] = [
      [
        "does not resolve",
        () => "https://nowhere.invalid",
        "NETWORK_ERROR",
        "taken to be at https://nowhere.invalid",
      ],
      ["is the shop's own", () => site.url, "INVALID_RESPONSE", "Check baseUrl"],
      ["has a path at its end", () => `${stage.server.url}/q`, "ROUTE_NOT_FOUND", "/q: see base-url"],
    ];
    it.each(cases)("%s, shows what the shop has put there", async (_, address, code, text) => {
      // No name server is asked, which might be slow.
      await stage.context.route("https://nowhere.invalid/**", (route) => route.abort("namenotresolved"));
      site.show(script() + lineWith({ "base-url": address() }));
      const visited = await visit();
      await visited.page.getByText(fallback).waitFor();
      await expectTold(visited, code, text);
      await visited.page.getByText(fallback).waitFor();
    });

    it("is kept from it by the page's policy, says which directive lets it in", async () => {
      const { url } = stage.server;
      site.show(script() + lineWith(), {
        "Content-Security-Policy": `default-src 'self'; script-src ${url}`,
      });
      const visited = await visit();
      await visited.page.getByText(fallback).waitFor();
      await expectTold(visited, "NETWORK_ERROR", url, "connect-src");
      site.show(script() + lineWith(), {
        "Content-Security-Policy": `default-src 'self'; script-src ${url}; connect-src ${url}`,
      });
      await seeScene((await visit()).page, "open");
    });

    it("gives out more than the one script, lets the fan wait where the policy names that one alone", async () => {
      const { url } = stage.server;
      site.show(script() + lineWith(), {
        "Content-Security-Policy": `default-src 'self'; script-src ${url}/stanchion-line.js; connect-src ${url}`,
      });
      const visited = await visit();
      const keptOut = visited.page.waitForEvent("console", (message) =>
        message.text().includes("stanchion-line-extras.js"),
      );
      await joinLine(visited.page);
      await keptOut;
      expect(visited.told).toEqual([]);
      expect(await wordsOf(visited.page, "Go on with another device").count()).toBe(0);
    });

    it("does not give out the words, where the page asks for them elsewhere, shows what the shop has put there", async () => {
      site.show(script() + lineWith({ "words-path": "/words-{language}.json" }));
      const { page } = await visit();
      const asked = page.waitForResponse((answer) => answer.url().endsWith("/words-en.json"));
      await page.clock.runFor(minuteMs);
      await asked;
      await page.getByText(fallback).waitFor();
    });

    it("is another one for a while, keeps the place", async () => {
      const other = await startTestServer({ isWorker: false });
      try {
        site.show(script() + lineWith());
        const visited = await visit();
        const { page } = visited;
        await joinLine(page);
        const place = await askForPlace(page);
        const kept = await storedOf(page);
        site.show(script(other) + lineWith());
        await page.reload();
        await wordsOf(page, "This line does not exist any more").waitFor();
        await page.clock.fastForward(minuteMs);
        const refused = page.waitForResponse(
          (answer) => answer.url().endsWith("/status") && answer.status() === 401,
        );
        await page.evaluate(() => dispatchEvent(new Event("online")));
        await refused;
        await wordsOf(page, notSetUp).waitFor();
        expect(await storedOf(page)).toEqual(kept);
        site.show(script() + lineWith());
        await page.reload();
        await seeScene(page, "waiting");
        expect(await askForPlace(page)).toEqual(place);
      } finally {
        await other.stop();
      }
    });
  });

  describe("whose queue", () => {
    it.each<[string, () => Promise<string>, string, string]>([
      [
        "is mistyped",
        async () => `${queueId.slice(0, -1)}${queueId.endsWith("a") ? "b" : "a"}`,
        "QUEUE_NOT_FOUND",
        "This line does not exist any more",
      ],
      ["was deleted", () => deletedQueue(stage.shop), "QUEUE_NOT_FOUND", "This line does not exist any more"],
      ["is another organization's", async () => (await stranger.queue()).id, "OTHER_ORGANIZATION", notSetUp],
    ])("%s, tells fan and developer once", async (_, id, code, title) => {
      site.show(script() + lineWith({ "queue-id": await id() }));
      const visited = await visit();
      await visited.page.getByRole("heading", { name: title }).waitFor();
      await expectTold(visited, code);
    });
  });

  it("whose origin is taken off the list for a while keeps the place, and goes on by itself", async () => {
    const own = await stage.server.shop({ allowedOrigins: [site.url] });
    const { id } = await own.queue({ name: "Friday drop" });
    const allow = async (allowedOrigins: string[]): Promise<void> => {
      const answer = await own.call("PATCH", "/api/v1/organizations/current", { body: { allowedOrigins } });
      expect(answer.status).toBe(200);
    };
    site.show(script() + lineWith({ "queue-id": id, "publishable-key": own.publishableKey }));
    const visited = await visit();
    await joinLine(visited.page);
    const place = await askForPlace(visited.page);
    await allow([]);
    await visited.page.clock.fastForward(3_000);
    await visited.page.evaluate(() => dispatchEvent(new Event("online")));
    await wordsOf(visited.page, notSetUp).waitFor();
    await seePosition(visited.page, 1);
    await expectTold(visited, "ORIGIN_NOT_ALLOWED", "allowedOrigins");
    await allow([site.url]);
    expect(await askForPlace(visited.page)).toEqual(place);
    await wordsOf(visited.page, notSetUp).waitFor({ state: "hidden" });
  });

  it("with a draw is told of in the same way, and offers no way in", async () => {
    const { id } = await stranger.draw({
      name: "Friday draw",
      closeAt: "2040-01-01T00:00:00Z",
      drawAt: "2040-01-02T00:00:00Z",
      winnerCount: 1,
    });
    site.show(`<script src="${stage.server.url}/stanchion-draw.js" defer></script>
      <stanchion-draw draw-id="${id}" publishable-key="${stage.shop.publishableKey}"></stanchion-draw>`);
    const { page, told, events } = await visit();
    await wordsOf(page, "There is nothing that you can do.").waitFor();
    expect(told).toEqual([expect.stringMatching(/^<stanchion-draw>: OTHER_ORGANIZATION\. /)]);
    expect(await events()).toEqual([expect.stringContaining("OTHER_ORGANIZATION: ")]);
    expect(await page.getByRole("button", { name: "Enter the draw" }).count()).toBe(0);
  });

  it("with the script twice has one line, and says which of two servers it is of", async () => {
    site.show(script() + script() + lineWith());
    const twice = await visit();
    await joinLine(twice.page);
    expect(twice.told).toEqual([]);
    const other = await startTestServer({ isWorker: false });
    try {
      site.show(script() + script(other) + lineWith());
      const two = await visit();
      await seeScene(two.page, "waiting");
      expect(two.told).toEqual([expect.stringContaining(`is that of ${stage.server.url}/stanchion-line.js`)]);
    } finally {
      await other.stop();
    }
  });
});

function isOfElement(message: ConsoleMessage): boolean {
  return message.text().startsWith("<stanchion-");
}

/** Session and places, as the browser keeps them. */
function storedOf(page: Page): Promise<[string, string][]> {
  return page.evaluate(() =>
    Object.entries(localStorage)
      .filter(([name]) => /^stanchion:(session|entry):/.test(name))
      .sort(),
  );
}

async function deletedQueue(shop: TestShop): Promise<string> {
  const { id } = await shop.queue();
  expect((await shop.call("DELETE", `/api/v1/queues/${id}`)).status).toBe(204);
  return id;
}
