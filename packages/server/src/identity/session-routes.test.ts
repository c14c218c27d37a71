import { limits, type SessionTokens } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CallOptions,
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";

const refreshPath = "/api/v1/auth/refresh";
const logoutPath = "/api/v1/auth/logout";

describe("a session", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  beforeAll(async () => {
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const refresh = (refreshToken: unknown, by: TestShop = shop): Promise<TestAnswer> =>
    server.call("POST", refreshPath, { publishableKey: by.publishableKey, body: { refreshToken } });
  const tokensOf = (answer: TestAnswer): SessionTokens => answer.body as unknown as SessionTokens;
  const use = (accessToken: string): Promise<TestAnswer> =>
    server.call("GET", `/api/v1/queues/${queueId}/status`, {
      publishableKey: shop.publishableKey,
      bearer: accessToken,
    });
  let queueId = "";
  beforeAll(async () => {
    queueId = (await shop.queue()).id;
  });
  const code = (answer: TestAnswer): string => errorOf(answer).code;

  it("of a guest has tokens, a consumer, and its ends", async () => {
    const before = Date.now();
    const answer = await server.call("POST", "/api/v1/auth/guest", { publishableKey: shop.publishableKey });
    const { session, accessToken, refreshToken, expiresIn, refreshExpiresIn } = tokensOf(answer);
    expect(session.type).toBe("guest");
    expect(session.consumerId).toMatch(/^cons_[0-9a-z]{26}$/);
    expect(new Date(session.expiresAt).getTime() - before).toBeGreaterThan(
      (limits.refreshTokenSeconds - 2) * 1000,
    );
    expect([expiresIn, refreshExpiresIn]).toEqual([limits.accessTokenSeconds, limits.refreshTokenSeconds]);
    for (const token of [accessToken, refreshToken]) expect(token).toMatch(/^[A-Za-z0-9_-]{100}$/);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("of a guest costs no row until it matters", async () => {
    const count = async () =>
      (
        await server.db.query<{ n: number }>(
          "select (select count(*) from sessions) + (select count(*) from consumers) as n",
        )
      )[0]?.n;
    const before = await count();
    await shop.fans(20);
    expect(await count()).toBe(before);
  });

  it("ends its access token after an hour, and its refresh token gives a new one", async () => {
    const fan = await shop.fan();
    expect(code(await fan.status(queueId))).toBe("NOT_IN_QUEUE");
    await server.advance(limits.accessTokenSeconds * 1000);
    const expired = await fan.status(queueId);
    expect(errorOf(expired)).toMatchObject({
      error: "token_expired",
      code: "TOKEN_EXPIRED",
      retryable: false,
    });
    const renewed = tokensOf(await refresh(fan.tokens.refreshToken));
    expect(renewed.session.consumerId).toBe(fan.consumerId);
    expect(code(await use(renewed.accessToken))).toBe("NOT_IN_QUEUE");
  });

  it("lasts thirty days from its last refresh", async () => {
    const fan = await shop.fan();
    const dayMs = 86_400_000;
    await server.advance(29 * dayMs);
    const renewed = tokensOf(await refresh(fan.tokens.refreshToken));
    await server.advance(29 * dayMs);
    const again = tokensOf(await refresh(renewed.refreshToken));
    await server.advance(30 * dayMs);
    expect(code(await refresh(again.refreshToken))).toBe("TOKEN_EXPIRED");
  });

  it("gives the same successor to one who asks again within ten seconds", async () => {
    const fan = await shop.fan();
    const first = tokensOf(await refresh(fan.tokens.refreshToken));
    await server.advance(9_000);
    const second = tokensOf(await refresh(fan.tokens.refreshToken));
    expect(second.refreshToken).toBe(first.refreshToken);
    expect(second.session).toEqual(first.session);
    expect((await refresh(first.refreshToken)).status).toBe(200);
  });

  it("is ended where a refresh token is used again later: who has the newest one is out too", async () => {
    const fan = await shop.fan();
    const first = tokensOf(await refresh(fan.tokens.refreshToken));
    await server.advance(10_000);
    const reused = await refresh(fan.tokens.refreshToken);
    expect(errorOf(reused)).toMatchObject({ error: "invalid_token", code: "TOKEN_REUSED" });
    expect(code(await refresh(first.refreshToken))).toBe("INVALID_TOKEN");
    expect(code(await use(first.accessToken))).toBe("INVALID_TOKEN");
    expect(code(await fan.status(queueId))).toBe("INVALID_TOKEN");
  });

  it("is ended where the token before the last is used, even at once", async () => {
    const fan = await shop.fan();
    const first = tokensOf(await refresh(fan.tokens.refreshToken));
    const second = tokensOf(await refresh(first.refreshToken));
    expect(code(await refresh(fan.tokens.refreshToken))).toBe("TOKEN_REUSED");
    expect(code(await use(second.accessToken))).toBe("INVALID_TOKEN");
  });

  it("has one successor although many refresh it at once", async () => {
    const fan = await shop.fan();
    const answers = await Promise.all(Array.from({ length: 30 }, () => refresh(fan.tokens.refreshToken)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map((answer) => tokensOf(answer).refreshToken)).size).toBe(1);
  });

  it("may be refreshed as often as the class general allows, each session by itself", async () => {
    const tight = await server.shop({ rateLimits: { general: { limit: 3, windowSeconds: 60 } } });
    const [fan, other] = await tight.fans(2);
    const answers = [];
    for (let call = 0; call < 4; call += 1) answers.push(await refresh(fan?.tokens.refreshToken, tight));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429]);
    expect(answers.map((answer) => answer.headers.get("x-ratelimit-remaining"))).toEqual([
      "2",
      "1",
      "0",
      "0",
    ]);
    expect((await refresh(other?.tokens.refreshToken, tight)).status).toBe(200);
  });

  it("cannot be asked for without being counted, whatever is wrong with the asking", async () => {
    const { publishableKey } = await server.shop({ allowedOrigins: ["https://shop.example"] });
    const wrong: [status: number, options: CallOptions][] = [
      [400, { rawBody: "{" }],
      [400, {}],
      [400, { rawBody: "[]" }],
      [400, { body: { refreshToken: 5 } }],
      [400, { body: { refreshToken: "x", more: 1 } }],
      [401, { body: { refreshToken: "x" } }],
      [403, { body: {}, headers: { Origin: "https://other.example" } }],
      [413, { rawBody: "x".repeat(limits.bodyBytesMax + 1) }],
      [415, { rawBody: "a=1", headers: { "Content-Type": "application/x-www-form-urlencoded" } }],
      [422, { body: {} }],
    ];
    const ask = ({ headers, ...options }: CallOptions, address: string) =>
      server.call("POST", refreshPath, {
        publishableKey,
        ...options,
        headers: { "X-Forwarded-For": address, ...headers },
      });
    let left: number = limits.failedCredentialsPerMinute;
    for (const [status, options] of wrong) {
      const answer = await ask(options, "192.0.2.77");
      left -= 1;
      expect([answer.status, answer.headers.get("x-ratelimit-remaining")]).toEqual([status, String(left)]);
    }
    while (left > 0) {
      await ask({ rawBody: "{" }, "192.0.2.77");
      left -= 1;
    }
    for (const [, options] of wrong)
      expect(errorOf(await ask(options, "192.0.2.77"))).toMatchObject({
        code: "RATE_LIMITED",
        details: { class: "general", limit: limits.failedCredentialsPerMinute },
      });
    expect((await ask({ rawBody: "{" }, "192.0.2.78")).status).toBe(400);
    expect((await refresh((await shop.fan()).tokens.refreshToken)).status).toBe(200);
  });

  it("is over after logout, in every way and for good", async () => {
    const fan = await shop.fan();
    const renewed = tokensOf(await refresh(fan.tokens.refreshToken));
    expect((await fan.call("POST", logoutPath)).status).toBe(204);
    expect(code(await fan.call("POST", logoutPath))).toBe("INVALID_TOKEN");
    expect(code(await use(renewed.accessToken))).toBe("INVALID_TOKEN");
    expect(code(await refresh(renewed.refreshToken))).toBe("INVALID_TOKEN");
    expect(code(await refresh(fan.tokens.refreshToken))).toBe("INVALID_TOKEN");
  });

  it("that was never refreshed is over after logout too", async () => {
    const fan = await shop.fan();
    expect((await fan.call("POST", logoutPath)).status).toBe(204);
    expect(code(await refresh(fan.tokens.refreshToken))).toBe("INVALID_TOKEN");
  });

  it("ended in one process is refused in the others within two seconds", async () => {
    const second = await startTestServer({ isWorker: false, database: server.db });
    const fan = await shop.fan();
    const ask = () =>
      second.call("GET", `/api/v1/queues/${queueId}/status`, {
        publishableKey: shop.publishableKey,
        bearer: fan.tokens.accessToken,
      });
    // The two processes' clocks are far apart by now; the token is good in the second one as well.
    expect(code(await ask())).toBe("NOT_IN_QUEUE");
    await fan.call("POST", logoutPath);
    const began = performance.now();
    await server.until(ask, (answer) => answer.status === 401);
    expect(performance.now() - began).toBeLessThan(2_000);
    await second.stop();
  });

  describe("is refused a token", () => {
    it("that is forged in any of its bits", async () => {
      const { accessToken } = (await shop.fan()).tokens;
      const bytes = Buffer.from(accessToken, "base64url");
      for (let index = 0; index < bytes.length; index += 5) {
        const forged = Buffer.from(bytes);
        forged[index] = (forged[index] ?? 0) ^ 1;
        expect(code(await use(forged.toString("base64url")))).toBe("INVALID_TOKEN");
      }
    });

    it("that is cut, longer, or spelled in another way", async () => {
      const { accessToken } = (await shop.fan()).tokens;
      for (const token of [
        accessToken.slice(0, -1),
        accessToken.slice(0, 50),
        `${accessToken}A`,
        `${accessToken}=`,
        accessToken.replace(/.$/, "B"),
        "x",
        "eyJhbGciOiJub25lIn0.e30.",
      ])
        expect(code(await use(token))).toBe("INVALID_TOKEN");
    });

    it("of the other kind", async () => {
      const { accessToken, refreshToken } = (await shop.fan()).tokens;
      expect(code(await use(refreshToken))).toBe("INVALID_TOKEN");
      expect(code(await refresh(accessToken))).toBe("INVALID_TOKEN");
    });

    it("of another organization", async () => {
      const other = await server.shop();
      const fan = await other.fan();
      expect(code(await use(fan.tokens.accessToken))).toBe("INVALID_TOKEN");
      expect(code(await refresh(fan.tokens.refreshToken))).toBe("INVALID_TOKEN");
    });

    it("that is no text, or missing", async () => {
      expect(code(await refresh(5))).toBe("INVALID_FIELD_TYPE");
      expect(errorOf(await refresh(undefined)).issues).toMatchObject([
        { type: "required", path: [{ key: "refreshToken" }] },
      ]);
      expect(errorOf(await refresh("")).issues).toMatchObject([{ type: "min_length" }]);
    });
  });
});
