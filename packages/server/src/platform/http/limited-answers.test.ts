import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { rateClasses } from "@stanchion/contract";
import { parseItem, parseList } from "structured-headers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const experiences = "/api/v1/experiences";
const times = <T>(count: number, ask: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(index)));

const callsEach = 100;

describe("an answer of a limited operation", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false, env: { RATE_LIMITS: "" } });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  function expectLimits(answer: TestAnswer, rateClass: string, limit: number, windowSeconds: number): void {
    const { headers } = answer;
    const remaining = Number(headers.get("x-ratelimit-remaining"));
    expect(headers.get("x-ratelimit-limit")).toBe(String(limit));
    expect(remaining).toBeGreaterThanOrEqual(0);
    expect(remaining).toBeLessThan(limit);
    const secondsLeft = Number(headers.get("x-ratelimit-reset")) - Date.now() / 1000;
    expect(secondsLeft).toBeGreaterThan(-5);
    expect(secondsLeft).toBeLessThanOrEqual(windowSeconds + 1);
    expect(parseList(headers.get("ratelimit-policy") ?? "")).toEqual([
      [
        rateClass,
        new Map([
          ["q", limit],
          ["w", windowSeconds],
        ]),
      ],
    ]);
    const [, parameters] = parseItem(headers.get("ratelimit") ?? "");
    expect(parseItem(headers.get("ratelimit") ?? "")[0]).toBe(rateClass);
    expect([...parameters.keys()]).toEqual(["r", "t"]);
    expect(parameters.get("r")).toBe(remaining);
  }

  it("says what is left in both ways, whatever it came to", async () => {
    const { publishableKey } = shop;
    const queue = await shop.queue();
    const fan = await shop.fan();
    const { limit, windowSeconds } = rateClasses.general;
    const general: TestAnswer[] = [
      await shop.call("GET", experiences),
      await shop.call("POST", experiences, { body: { name: "One" } }),
      await shop.call("POST", experiences, { body: { name: "" } }),
      await shop.call("POST", experiences, { rawBody: "{" }),
      await shop.call("POST", experiences, { rawBody: "x", headers: { "Content-Type": "text/plain" } }),
      await shop.call("GET", `${experiences}/nothing`),
      await shop.call("GET", experiences, { headers: { Origin: "https://elsewhere.example" } }),
      await shop.call("GET", experiences, { headers: { Accept: "application/problem+json" } }),
      await fan.status(queue.id),
      await server.call("GET", experiences),
    ];
    expect(general.map(({ status }) => status)).toEqual([200, 201, 422, 400, 415, 404, 403, 200, 404, 401]);
    for (const answer of general) expectLimits(answer, "general", limit, windowSeconds);
    const guest = await server.call("POST", "/api/v1/auth/guest", { publishableKey });
    expectLimits(guest, "guest", rateClasses.guest.limit, rateClasses.guest.windowSeconds);
    expectLimits(
      await fan.enter(queue.id),
      "entry",
      rateClasses.entry.limit,
      rateClasses.entry.windowSeconds,
    );
    expectLimits(
      await shop.call("POST", `/api/v1/queues/${queue.id}/complete`),
      "webhook",
      rateClasses.webhook.limit,
      rateClasses.webhook.windowSeconds,
    );
  });

  it("is refused in the one shape, with every header, however often and in whichever way", async () => {
    const tight = await server.shop({ rateLimits: { general: { limit: 1, windowSeconds: 60 } } });
    await tight.call("GET", experiences);
    const answers = [
      await tight.call("GET", experiences, { headers: { "X-Request-Id": "my-own" } }),
      await tight.call("POST", experiences, { body: { name: "With a body" } }),
      await tight.call("GET", experiences, { headers: { Accept: "application/problem+json" } }),
      await tight.call("GET", experiences, { headers: { Origin: "https://shop.example" } }),
      ...(await times(20, () => tight.call("GET", experiences))),
    ];
    for (const answer of answers) {
      const { headers } = answer;
      const error = errorOf(answer);
      expectLimits(answer, "general", 1, 60);
      const retryAfter = Number(headers.get("retry-after"));
      expect(retryAfter).toBeGreaterThanOrEqual(1);
      expect(retryAfter).toBeLessThanOrEqual(60);
      expect(error).toMatchObject({
        error: "rate_limited",
        code: "RATE_LIMITED",
        message: `Too many requests. Wait ${retryAfter} s before the next try.`,
        details: { retryAfter, class: "general", limit: 1 },
        retryable: true,
        requestId: headers.get("x-request-id"),
        docs: "/docs/errors/RATE_LIMITED",
      });
      expect(headers.get("content-length")).toBe(String(Buffer.byteLength(answer.text)));
    }
    expect(answers[0]?.headers.get("x-request-id")).toBe("my-own");
    expect(answers[3]?.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(new Set(answers.map(({ headers }) => headers.get("x-request-id"))).size).toBe(answers.length);
  });

  it("that is refused asks no database and makes no signature", async () => {
    const tight = await server.shop({
      rateLimits: Object.fromEntries(
        ["general", "guest", "entry", "webhook"].map((name) => [name, { limit: 1, windowSeconds: 3_000 }]),
      ),
    });
    const queue = await shop.queue();
    const fan = await tight.fan();
    const { publishableKey } = tight;
    const asks = [
      () => tight.call("GET", experiences),
      () => tight.call("POST", experiences, { body: { name: "Refused" } }),
      () => fan.enter(queue.id),
      () => fan.status(queue.id),
      () => server.call("POST", "/api/v1/auth/guest", { publishableKey }),
      () => tight.call("POST", `/api/v1/queues/${queue.id}/validate`, { body: { token: "x" } }),
    ];
    for (const ask of asks) await ask();
    const texts: string[] = [];
    const { pool } = server.server.database;
    const { query, connect } = pool;
    const { sign, createSign } = crypto;
    let signatures = 0;
    pool.query = ((...given: unknown[]) => {
      texts.push(textOf(given[0]));
      return Reflect.apply(query, pool, given);
    }) as typeof query;
    pool.connect = ((...given: unknown[]) => {
      texts.push("a connection");
      return Reflect.apply(connect, pool, given);
    }) as typeof connect;
    Object.assign(crypto, {
      sign: (...given: unknown[]) => {
        signatures += 1;
        return Reflect.apply(sign, crypto, given);
      },
      createSign: (...given: unknown[]) => {
        signatures += 1;
        return Reflect.apply(createSign, crypto, given);
      },
    });
    syncBuiltinESMExports();
    try {
      for (const ask of asks) {
        const answers = await times(callsEach, ask);
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
      }
      await shop.call("POST", experiences, { body: { name: "Counted" } });
    } finally {
      Object.assign(pool, { query, connect });
      Object.assign(crypto, { sign, createSign });
      syncBuiltinESMExports();
    }
    // What runs by the clock, or is written behind the answers in groups, is no call's: what a call asked would be there for each.
    const often = texts.filter((text) => texts.filter((other) => other === text).length >= callsEach);
    expect(often).toEqual([]);
    // The last call shows that the spies would have seen it.
    expect(texts).toContain("a connection");
    expect(signatures).toBe(0);
  });
});

function textOf(given: unknown): string {
  return typeof given === "string" ? given : String(Object(given).text);
}
