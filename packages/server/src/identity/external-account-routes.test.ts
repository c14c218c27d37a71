import { limits, type SessionTokens } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AccountCalls,
  accountCalls,
  codeCalls,
  errorOf,
  latestCode,
  startTestServer,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
} from "../testing/index.ts";
import { forgetOldRows } from "../worker.ts";

const consumers = "/api/v1/consumers";

describe("an outside account", () => {
  let server: TestServer;
  let shop: TestShop;
  let accounts: AccountCalls;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
    accounts = accountCalls(server, shop);
  };
  const tokensOf = (answer: TestAnswer): SessionTokens => answer.body as unknown as SessionTokens;
  const signIn = async (subject: string, more?: Record<string, unknown>, bearer?: string) => {
    const answer = await accounts.exchange(await accounts.codeFor(subject, more), bearer);
    expect(answer.status, answer.text).toBe(200);
    return tokensOf(answer);
  };
  const personOf = async (subject: string, more?: Record<string, unknown>): Promise<string> =>
    (await signIn(subject, more)).session.consumerId;
  const read = (id: unknown) => shop.call("GET", `${consumers}/${id}`);
  const ownProfile = (bearer: string) =>
    server.call("GET", `${consumers}/me`, { publishableKey: shop.publishableKey, bearer });
  const verified = (email: string) => ({ claims: { email, email_verified: true } });
  const confirmByCode = async (email: string, bearer?: string): Promise<string> => {
    const fans = codeCalls(server, shop);
    await fans.request(email);
    const answer = await fans.verify(email, await latestCode(server, email), bearer);
    expect(answer.status, answer.text).toBe(200);
    return tokensOf(answer).session.consumerId;
  };

  describe("is vouched for", () => {
    it("with a code that is good for a minute and an answer that says whether the person is new", async () => {
      await fresh();
      const answer = await accounts.authorize("4711");
      expect(answer.status).toBe(201);
      const { createdAt: _, ...body } = answer.body;
      expect(body).toEqual({
        exchangeCode: expect.stringMatching(/^[\w-]{43}$/),
        expiresAt: expect.any(String),
        resolution: "created",
      });
      expect((await accounts.authorize("4711")).body.resolution).toBe("existing");
    });

    it("under provider, issuer and subject together, test and live apart", async () => {
      await fresh();
      const one = await personOf("7");
      expect(await personOf("7")).toBe(one);
      const others = [
        await personOf("8"),
        await personOf("7", { issuer: "https://other.example" }),
        await personOf("7", { provider: "another" }),
      ];
      expect(new Set([one, ...others]).size).toBe(4);
    });

    it("with claims of any kind, of which address and name are kept where they are known for sure", async () => {
      await fresh();
      const id = await personOf("1", {
        claims: {
          sub: "1",
          aud: ["x"],
          picture: null,
          name: "Ada",
          email: "Ada@Example.com",
          email_verified: true,
        },
      });
      expect((await read(id)).body).toMatchObject({ email: "ada@example.com", name: "Ada", metadata: {} });
      const unsure = await personOf("2", { claims: { name: "Eve", email: "ada2@example.com" } });
      expect((await read(unsure)).body).toMatchObject({ email: null, name: "Eve" });
    });

    it("with what was not known before filled in, and nothing changed that was", async () => {
      await fresh();
      const id = await personOf("1", { claims: { name: "Ada" } });
      await accounts.codeFor("1", {
        claims: { name: "Eve", email: "ada@example.com", email_verified: true },
      });
      expect((await read(id)).body).toMatchObject({ email: "ada@example.com", name: "Ada" });
      await accounts.codeFor("1", verified("other@example.com"));
      expect((await read(id)).body).toMatchObject({ email: "ada@example.com" });
    });

    it("many times at once, and is one person", async () => {
      await fresh();
      const answers = await Promise.all(Array.from({ length: 8 }, () => accounts.authorize("4711")));
      const resolutions = answers.map(({ body }) => body.resolution);
      expect(resolutions.filter((resolution) => resolution === "created")).toHaveLength(1);
      expect(resolutions.filter((resolution) => resolution === "existing")).toHaveLength(7);
      const ids = new Set<string>();
      for (const { body } of answers)
        ids.add(tokensOf(await accounts.exchange(String(body.exchangeCode))).session.consumerId);
      expect(ids.size).toBe(1);
      expect((await shop.call("GET", consumers)).body.data).toHaveLength(1);
    });

    it("for several accounts with one address at once, which only one of them gets", async () => {
      await fresh();
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, n) => accounts.authorize(`${n}`, verified("ada@example.com"))),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 201));
      const { body } = await shop.call("GET", `${consumers}?email=ada@example.com`);
      expect(body.data).toHaveLength(1);
      expect((await shop.call("GET", consumers)).body.data).toHaveLength(6);
    });
  });

  describe("the code", () => {
    it("gives a session, once", async () => {
      await fresh();
      const code = await accounts.codeFor("1");
      const answer = await accounts.exchange(code);
      expect(answer.body).toMatchObject({
        session: { type: "authenticated" },
        expiresIn: limits.accessTokenSeconds,
      });
      expect((await ownProfile(tokensOf(answer).accessToken)).status).toBe(200);
      expect(errorOf(await accounts.exchange(code))).toMatchObject({
        error: "invalid_token",
        code: "INVALID_TOKEN",
        details: { field: "exchangeCode" },
        retryable: false,
      });
    });

    it("gives one session, however many exchange it at once", async () => {
      await fresh();
      const code = await accounts.codeFor("1");
      const answers = await Promise.all(Array.from({ length: 10 }, () => accounts.exchange(code)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    });

    it("is good for sixty seconds, and forgotten then", async () => {
      await fresh();
      const [first, second] = [await accounts.codeFor("1"), await accounts.codeFor("1")];
      await server.advance(limits.exchangeCodeSeconds * 1_000 - 1_500);
      expect((await accounts.exchange(first)).status).toBe(200);
      await server.advance(2_000);
      expect(errorOf(await accounts.exchange(second)).code).toBe("INVALID_TOKEN");
      await forgetOldRows(server.db.database);
      expect(
        await server.db.query("select 1 from exchange_codes where expires_at < stanchion_now()"),
      ).toEqual([]);
    });

    it("is one that somebody made, for this organization in this mode", async () => {
      await fresh();
      const other = await server.shop();
      const live = await server.shop({ isLive: true });
      for (const stranger of [other, live]) {
        const code = await accountCalls(server, stranger).codeFor("1");
        expect(errorOf(await accounts.exchange(code)).code).toBe("INVALID_TOKEN");
      }
      expect(errorOf(await accounts.exchange("x".repeat(43))).code).toBe("INVALID_TOKEN");
    });

    it("is kept nowhere", async () => {
      await fresh();
      const code = await accounts.codeFor("1");
      const rows = await server.db.query<{ text: string }>(
        "select string_agg(c::text || encode(code_hash, 'escape'), ' ') as text from exchange_codes c",
      );
      expect(rows[0]?.text).not.toContain(code);
    });

    it("of a consumer who was deleted meanwhile is good no more, and the account is free again", async () => {
      await fresh();
      const id = await personOf("1");
      const code = await accounts.codeFor("1");
      expect((await shop.call("DELETE", `${consumers}/${id}`)).status).toBe(204);
      expect(errorOf(await accounts.exchange(code)).code).toBe("INVALID_TOKEN");
      expect((await accounts.authorize("1")).body.resolution).toBe("created");
    });

    it("is counted by the address of the client, ten a minute", async () => {
      const strict = await startTestServer({
        isWorker: false,
        env: { RATE_LIMITS: JSON.stringify({ authentication: { limit: 10, windowSeconds: 60 } }) },
      });
      try {
        const calls = accountCalls(strict, await strict.shop());
        const statuses = [];
        for (let n = 0; n < 11; n += 1) statuses.push((await calls.exchange(`guess-${n}`)).status);
        expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
      } finally {
        await strict.stop();
      }
    });
  });

  describe("and a guest", () => {
    let queueId: string;
    const guestInLine = async (): Promise<TestFan> => {
      queueId = (await shop.queue()).id;
      const fan = await shop.fan();
      expect((await fan.enter(queueId)).status).toBe(201);
      return fan;
    };

    it("who stands in line becomes the new person, and keeps the place", async () => {
      await fresh();
      const fan = await guestInLine();
      const code = await accounts.codeFor("1", {
        claims: { name: "Ada", email: "ada@example.com", email_verified: true },
      });
      const tokens = tokensOf(await accounts.exchange(code, fan.tokens.accessToken));
      expect(tokens.session).toMatchObject({ type: "authenticated", consumerId: fan.consumerId });
      expect((await read(fan.consumerId)).body).toMatchObject({
        email: "ada@example.com",
        name: "Ada",
        active: [{ queueId, status: "QUEUED" }],
      });
      expect((await shop.call("GET", consumers)).body.data).toHaveLength(1);
      expect(await personOf("1")).toBe(fan.consumerId);
      expect(errorOf(await ownProfile(fan.tokens.accessToken)).code).toBe("INVALID_TOKEN");
    });

    it("who stands nowhere yet becomes the new person under the guest's id", async () => {
      await fresh();
      const fan = await shop.fan();
      expect((await signIn("1", verified("a@example.com"), fan.tokens.accessToken)).session.consumerId).toBe(
        fan.consumerId,
      );
      expect((await read(fan.consumerId)).body.email).toBe("a@example.com");
      expect(await personOf("1")).toBe(fan.consumerId);
    });

    it("who stands in line cannot become somebody who is there already; the code stays good", async () => {
      await fresh();
      const known = await personOf("1");
      const fan = await guestInLine();
      const code = await accounts.codeFor("1");
      expect(errorOf(await accounts.exchange(code, fan.tokens.accessToken))).toMatchObject({
        error: "conflict",
        code: "IDENTITY_TAKEN",
        details: { activeEntries: 1 },
      });
      expect((await fan.status(queueId)).body.status).toBe("QUEUED");
      expect(tokensOf(await accounts.exchange(code)).session.consumerId).toBe(known);
    });

    it("who stands nowhere gets the known person's session, and the guest's own ends", async () => {
      await fresh();
      const known = await personOf("1");
      const fan = await shop.fan();
      expect((await signIn("1", {}, fan.tokens.accessToken)).session.consumerId).toBe(known);
      expect(errorOf(await ownProfile(fan.tokens.accessToken)).code).toBe("INVALID_TOKEN");
    });

    it("who is that person already gets a new session in place of the old", async () => {
      await fresh();
      const tokens = await signIn("1");
      const again = await signIn("1", {}, tokens.accessToken);
      expect(again.session.consumerId).toBe(tokens.session.consumerId);
      expect(errorOf(await ownProfile(tokens.accessToken)).code).toBe("INVALID_TOKEN");
    });

    it("that joins in the same moment is one person with one row", async () => {
      await fresh();
      const queue = await shop.queue();
      for (let n = 0; n < 5; n += 1) {
        const fan = await shop.fan();
        const code = await accounts.codeFor(`joins-${n}`);
        const [entered, exchanged] = await Promise.all([
          fan.enter(queue.id),
          accounts.exchange(code, fan.tokens.accessToken),
        ]);
        expect([201, 401]).toContain(entered.status);
        expect(tokensOf(exchanged).session.consumerId).toBe(fan.consumerId);
      }
    });

    it("in line, whose address the shop's provider has verified, becomes by code the person who was only vouched for", async () => {
      await fresh();
      await accounts.codeFor("1", verified("vouched@example.com"));
      const fan = await guestInLine();
      expect(await confirmByCode("vouched@example.com", fan.tokens.accessToken)).toBe(fan.consumerId);
      expect(await personOf("1")).toBe(fan.consumerId);
    });
  });

  describe("is linked to the consumer who has the address", () => {
    const resolutionOf = async (subject: string, more?: Record<string, unknown>) =>
      (await accounts.authorize(subject, more)).body.resolution;

    it("where the person has confirmed it by a code, and the shop's provider has verified it", async () => {
      await fresh();
      const id = await confirmByCode("linked@example.com");
      expect(await resolutionOf("1", verified("Linked@Example.com"))).toBe("linked");
      expect(await personOf("1")).toBe(id);
      expect(await resolutionOf("1", verified("linked@example.com"))).toBe("existing");
    });

    it("where the shop has brought the consumer along, under an id that nobody had before", async () => {
      await fresh();
      const { body } = await shop.call("POST", consumers, { body: { email: "imported@example.com" } });
      expect(await resolutionOf("1", verified("imported@example.com"))).toBe("linked");
      expect(await personOf("1")).toBe(body.id);
    });

    it("not where the provider has not verified it", async () => {
      await fresh();
      const id = await confirmByCode("unverified@example.com");
      for (const claims of [
        { email: "unverified@example.com" },
        { email: "unverified@example.com", email_verified: false },
        { email: "unverified@example.com", email_verified: null },
      ])
        expect(await personOf(JSON.stringify(claims), { claims })).not.toBe(id);
    });

    it("not where a guest's tokens may be in other hands, until the address was confirmed by a code", async () => {
      await fresh();
      const fan = await shop.fan();
      await fan.enter((await shop.queue()).id);
      await shop.call("PATCH", `${consumers}/${fan.consumerId}`, { body: { email: "typed@example.com" } });
      expect(await resolutionOf("1", verified("typed@example.com"))).toBe("created");
      expect(await personOf("1")).not.toBe(fan.consumerId);
      await confirmByCode("typed@example.com");
      expect(
        await resolutionOf("2", { issuer: "https://second.example", ...verified("typed@example.com") }),
      ).toBe("linked");
    });

    it("not where an id of the shop's own can be a guest's", async () => {
      await fresh();
      const fan = await shop.fan();
      await shop.call("POST", consumers, { body: { id: fan.consumerId, email: "own-id@example.com" } });
      expect(await resolutionOf("1", verified("own-id@example.com"))).toBe("created");
    });

    it("not where the consumer has an account of the same issuer, which tells the two apart", async () => {
      await fresh();
      const id = await personOf("first", verified("passed-on@example.com"));
      expect(await resolutionOf("second", verified("passed-on@example.com"))).toBe("created");
      expect(await personOf("second")).not.toBe(id);
      expect(
        await resolutionOf("x", { issuer: "https://second.example", ...verified("passed-on@example.com") }),
      ).toBe("linked");
    });
  });

  it("opens a queue for people with one, also by a code once it is linked, and after a refresh", async () => {
    await fresh();
    const { id } = await shop.queue({ entryLevel: "external" });
    const enter = (bearer: string) =>
      server.call("POST", `/api/v1/queues/${id}/enter`, { publishableKey: shop.publishableKey, bearer });
    const guest = await shop.fan();
    expect(errorOf(await guest.enter(id))).toMatchObject({
      code: "RESOURCE_RESTRICTED",
      details: { entryLevel: "external" },
    });
    const fans = codeCalls(server, shop);
    const byCode = async (email: string) => {
      await fans.request(email);
      return tokensOf(await fans.verify(email, await latestCode(server, email)));
    };
    const confirmed = await byCode("level@example.com");
    expect(errorOf(await enter(confirmed.accessToken)).code).toBe("RESOURCE_RESTRICTED");
    const external = await signIn("1", verified("level@example.com"));
    const refreshed = await server.call("POST", "/api/v1/auth/refresh", {
      publishableKey: shop.publishableKey,
      body: { refreshToken: external.refreshToken },
    });
    expect((await enter(tokensOf(refreshed).accessToken)).status).toBe(201);
    const linked = await byCode("level@example.com");
    expect(errorOf(await enter(linked.accessToken)).code).toBe("ALREADY_IN_QUEUE");
  });
});
