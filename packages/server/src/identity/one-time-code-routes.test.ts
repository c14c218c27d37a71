import { limits, type SessionTokens } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type CodeCalls,
  codeCalls,
  errorOf,
  latestCode,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
  wrongCode,
} from "../testing/index.ts";
import { forgetOldRows } from "../worker.ts";

const guessesMax = limits.oneTimeCodeTriesMax;

describe("a one-time code", () => {
  let server: TestServer;
  let shop: TestShop;
  let fans: CodeCalls;
  const lines: string[] = [];
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false, onLog: (line) => lines.push(line) });
    shop = await server.shop();
    fans = codeCalls(server, shop);
  });
  afterAll(() => server.stop());

  let addresses = 0;
  const newEmail = (): string => {
    addresses += 1;
    return `fan${addresses}@example.com`;
  };
  const tokensOf = (answer: TestAnswer): SessionTokens => answer.body as unknown as SessionTokens;
  const code = (answer: TestAnswer): string => errorOf(answer).code;
  const ask = async (email: string): Promise<string> => {
    expect((await fans.request(email)).status).toBe(200);
    return latestCode(server, email);
  };
  const signIn = async (email: string, bearer?: string): Promise<SessionTokens> => {
    const answer = await fans.verify(email, await ask(email), bearer);
    expect(answer.text).toContain('"authenticated"');
    return tokensOf(answer);
  };
  const guess = (email: string, times: number, given = "000000"): Promise<TestAnswer[]> =>
    Promise.all(Array.from({ length: times }, () => fans.verify(email, given)));
  const statuses = (answers: readonly TestAnswer[]): number[] =>
    answers.map((answer) => answer.status).sort((a, b) => a - b);
  /** The headers of a 429 speak of the limit that its details name. */
  const expectSameLimit = ({ headers, body }: TestAnswer, windowSeconds: number): void => {
    const { class: name, limit, retryAfter } = Object(body.details);
    expect(headers.get("ratelimit-policy")).toBe(`"${name}";q=${limit};w=${windowSeconds}`);
    expect(headers.get("ratelimit")).toBe(`"${name}";r=0;t=${retryAfter}`);
    expect(headers.get("x-ratelimit-limit")).toBe(String(limit));
    expect(headers.get("x-ratelimit-remaining")).toBe("0");
  };
  const withoutIds = (answer: TestAnswer): unknown => ({ ...answer.body, requestId: null });

  it("signs in, once", async () => {
    const email = newEmail();
    const mailed = await ask(email);
    const answer = await fans.verify(email, mailed);
    expect(answer.status).toBe(200);
    expect(tokensOf(answer)).toMatchObject({
      session: { type: "authenticated", consumerId: expect.stringMatching(/^cons_/) },
      expiresIn: limits.accessTokenSeconds,
    });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(errorOf(await fans.verify(email, mailed))).toMatchObject({
      error: "invalid_credentials",
      code: "INVALID_OTP",
      retryable: false,
    });
  });

  it("is asked for and answered in the same words, whether anybody is known by the address or not", async () => {
    const [known, unknown] = [newEmail(), newEmail()];
    await signIn(known);
    expect((await fans.request(known)).text).toBe('{"ok":true}');
    expect((await fans.request(unknown)).text).toBe('{"ok":true}');
    const never = newEmail();
    const answers = [];
    for (const email of [known, unknown, never]) answers.push((await guess(email, 1)).map(withoutIds)[0]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it("belongs to the address, however its letters are written", async () => {
    const email = newEmail();
    const first = await signIn(email.toUpperCase());
    expect((await signIn(email)).session.consumerId).toBe(first.session.consumerId);
  });

  it("goes to the ASCII form of a host of another script, and is good for both", async () => {
    expect((await fans.request("ada@exämple.org")).status).toBe(200);
    const mailed = await latestCode(server, "ada@xn--exmple-cua.org");
    const { session } = tokensOf(await fans.verify("ada@exämple.org", mailed));
    const consumer = await shop.call("GET", `/api/v1/consumers/${session.consumerId}`);
    expect(consumer.body.email).toBe("ada@xn--exmple-cua.org");
    expect((await signIn("ada@xn--exmple-cua.org")).session.consumerId).toBe(session.consumerId);
  });

  it("dies with the next one", async () => {
    const email = newEmail();
    const old = await ask(email);
    const next = await ask(email);
    if (old !== next) expect(code(await fans.verify(email, old))).toBe("INVALID_OTP");
    expect((await fans.verify(email, next)).status).toBe(200);
  });

  it("is good for ten minutes; only who has it hears that it has expired", async () => {
    const email = newEmail();
    const mailed = await ask(email);
    await server.advance(limits.oneTimeCodeSeconds * 1_000 - 1_500);
    expect(code(await fans.verify(email, wrongCode(mailed)))).toBe("INVALID_OTP");
    await server.advance(1_500);
    expect(code(await fans.verify(email, wrongCode(mailed)))).toBe("INVALID_OTP");
    expect(errorOf(await fans.verify(email, mailed))).toMatchObject({
      error: "invalid_credentials",
      code: "OTP_EXPIRED",
    });
    expect((await fans.verify(email, await ask(email))).status).toBe(200);
  });

  it("may be guessed five times, then not even the right one passes until another is asked for", async () => {
    const email = newEmail();
    const mailed = await ask(email);
    for (let n = 0; n < guessesMax; n += 1)
      expect(code(await fans.verify(email, wrongCode(mailed)))).toBe("INVALID_OTP");
    for (const given of [wrongCode(mailed), mailed]) {
      const refused = await fans.verify(email, given);
      expect(errorOf(refused)).toMatchObject({
        error: "rate_limited",
        code: "RATE_LIMITED",
        details: { class: "authentication", limit: guessesMax, retryAfter: limits.oneTimeCodeRetrySeconds },
        retryable: true,
        message:
          "Too many requests. Ask for a new code: this one cannot be tried any more. Wait 60 s before the next try.",
      });
      expect(refused.headers.get("retry-after")).toBe(String(limits.oneTimeCodeRetrySeconds));
      expectSameLimit(refused, limits.oneTimeCodeSeconds);
    }
    await server.advance(limits.oneTimeCodeSeconds * 1_000);
    expect((await fans.verify(email, mailed)).status).toBe(429);
    expect((await fans.verify(email, await ask(email))).status).toBe(200);
  });

  it("that was never asked for may be guessed as often, with the same answers", async () => {
    const [asked, never] = [newEmail(), newEmail()];
    await ask(asked);
    const answersOf = async (email: string) => {
      const answers = [];
      for (let n = 0; n < guessesMax + 2; n += 1)
        answers.push(withoutIds(await fans.verify(email, "000000")));
      return answers;
    };
    expect(await answersOf(never)).toEqual(await answersOf(asked));
  });

  it("is judged exactly five times, however many guess at once", async () => {
    for (const email of [newEmail(), newEmail()]) {
      const mailed = await ask(email);
      const answers = await guess(email, 30, wrongCode(mailed));
      expect(statuses(answers)).toEqual([...Array(guessesMax).fill(401), ...Array(25).fill(429)]);
    }
    const never = await guess(newEmail(), 30);
    expect(statuses(never)).toEqual([...Array(guessesMax).fill(401), ...Array(25).fill(429)]);
  });

  it("signs in one of those who have it at once", async () => {
    const email = newEmail();
    const mailed = await ask(email);
    const answers = await guess(email, guessesMax, mailed);
    expect(statuses(answers)).toEqual([200, ...Array(guessesMax - 1).fill(401)]);
  });

  it("is sent to an address ten times an hour, whoever asks", async () => {
    const email = newEmail();
    for (let n = 0; n < limits.oneTimeCodesPerAddressMax; n += 1) await ask(email);
    const refused = await fans.request(email);
    const { retryAfter, ...details } = errorOf(refused).details;
    expect(refused.status).toBe(429);
    expect(details).toEqual({ class: "authentication", limit: limits.oneTimeCodesPerAddressMax });
    expect(Number(retryAfter)).toBeGreaterThan(limits.oneTimeCodesPerAddressSeconds - 60);
    expect(refused.headers.get("retry-after")).toBe(String(retryAfter));
    expectSameLimit(refused, limits.oneTimeCodesPerAddressSeconds);
    // The one that was sent last is good all the same.
    expect((await fans.verify(email, await latestCode(server, email))).status).toBe(200);
    await server.advance(limits.oneTimeCodesPerAddressSeconds * 1_000);
    await ask(email);
  });

  it("is asked for and tried ten times a minute by one client", async () => {
    // A window of its own: the other tests' calls come from the same address.
    const tight = await server.shop({ rateLimits: { authentication: { limit: 10, windowSeconds: 59 } } });
    const calls = codeCalls(server, tight);
    for (let n = 0; n < 5; n += 1) {
      expect((await calls.request(newEmail())).status).toBe(200);
      const tried = await calls.verify(newEmail(), "000000");
      expect(tried.status).toBe(401);
      expect(tried.headers.get("x-ratelimit-remaining")).toBe(String(8 - 2 * n));
    }
    const refused = await calls.request(newEmail());
    expect(errorOf(refused)).toMatchObject({
      code: "RATE_LIMITED",
      details: { class: "authentication", limit: 10 },
    });
  });

  it("of one organization, or of test, is worth nothing in another, or in live", async () => {
    const email = newEmail();
    const mailed = await ask(email);
    const other = codeCalls(server, await server.shop());
    expect(code(await other.verify(email, mailed))).toBe("INVALID_OTP");
    const { session } = tokensOf(await fans.verify(email, mailed));
    await other.request(email);
    const elsewhere = tokensOf(await other.verify(email, await latestCode(server, email)));
    expect(elsewhere.session.consumerId).not.toBe(session.consumerId);
  });

  it("stands nowhere: not in the table, and neither it nor the address in the log", async () => {
    const email = newEmail();
    const mailed = await ask(email);
    await fans.verify(email, wrongCode(mailed));
    const rows = await server.db.query("select to_jsonb(c) as row from one_time_codes c");
    const stored = JSON.stringify(rows);
    for (const text of [stored, lines.join("")]) {
      expect(text).not.toContain(email);
      expect(text).not.toContain(mailed);
      expect(text).not.toContain(Buffer.from(mailed).toString("hex"));
    }
    expect(lines.join("")).toContain("/dev/mailbox");
  });

  it("is forgotten a day after it was last asked for or tried", async () => {
    const count = async () =>
      (await server.db.query<{ n: number }>("select count(*) as n from one_time_codes"))[0]?.n;
    await server.advance(86_400_000);
    await ask(newEmail());
    await forgetOldRows(server.db.database);
    expect(await count()).toBe(1);
  });

  it("and its address are refused where they break a rule, and the code is not repeated", async () => {
    const issuesOf = async (email: unknown, given: unknown) =>
      errorOf(
        await server.call("POST", "/api/v1/auth/otp/verify", {
          publishableKey: shop.publishableKey,
          body: { email, code: given },
        }),
      );
    const wrong = await issuesOf("nobody", "73a519");
    expect(wrong).toMatchObject({
      code: "VALIDATION_ERROR",
      issues: [
        { type: "email", path: [{ key: "email" }] },
        { type: "pattern", path: [{ key: "code" }] },
      ],
    });
    expect(JSON.stringify(wrong)).not.toContain("73a519");
    expect((await issuesOf("fan@example.com", 123456)).code).toBe("INVALID_FIELD_TYPE");
    expect((await issuesOf(undefined, undefined)).issues).toMatchObject([
      { type: "required" },
      { type: "required" },
    ]);
    expect(errorOf(await fans.request("a@b@c")).issues).toMatchObject([{ type: "email" }]);
    expect((await fans.request(`${"a".repeat(250)}@example.com`)).status).toBe(422);
  });

  it("cannot be sent with live keys while no provider is set up, which says who can mend it", async () => {
    const live = codeCalls(server, await server.shop({ isLive: true }));
    const { status, body } = await live.request(newEmail());
    expect(status).toBe(502);
    expect(body).toMatchObject({ error: "upstream_error", code: "MAIL_PROVIDER_FAILED" });
    expect(body.message).toBe(
      "The mail could not be sent. This server has no mail provider configured: no mail goes out until whoever runs it has set SMTP_URL and MAIL_FROM. Then send the same again.",
    );
    expect(Object.keys(Object(body.details))).toEqual(["hint"]);
  });

  it.each([
    ["de-AT, en;q=0.5", " ist Ihr Code für "],
    ["pt, en;q=0.8", " é o seu código para "],
    ["x-klingon, en;q=0.1", " is your code for "],
  ])("is mailed in the language that the browser asks for: %s", async (wished, subject) => {
    const email = newEmail();
    const answer = await server.call("POST", "/api/v1/auth/otp/request", {
      publishableKey: shop.publishableKey,
      headers: { "Accept-Language": wished },
      body: { email },
    });
    expect(answer.status).toBe(200);
    const { text } = await server.call("GET", "/dev/mailbox");
    const mail = text.split("<article>").find((article) => article.includes(`To ${email},`));
    expect(mail).toContain(`${await latestCode(server, email)}${subject}`);
  });

  it("is shown on the mailbox page to this machine alone", async () => {
    for (const headers of [
      { "X-Forwarded-For": "203.0.113.9" },
      { Forwarded: "for=203.0.113.9" },
      { Via: "1.1 proxy" },
      { "X-Real-IP": "203.0.113.9" },
    ])
      expect(code(await server.call("GET", "/dev/mailbox", { headers }))).toBe("RESOURCE_RESTRICTED");
    const page = await server.call("GET", "/dev/mailbox");
    expect(page.status).toBe(200);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  describe("of a guest", () => {
    it("makes the guest that person, with every place kept, and ends the guest's own session", async () => {
      const [fan, email] = [await shop.fan(), newEmail()];
      const [first, second] = [await shop.queue(), await shop.queue()];
      const entries = [await fan.enter(first.id), await fan.enter(second.id)];
      const tokens = await signIn(email, fan.tokens.accessToken);
      expect(tokens.session.consumerId).toBe(fan.consumerId);
      for (const entry of entries) {
        const status = await server.call("GET", `/api/v1/queues/${entry.body.queueId}/status`, {
          publishableKey: shop.publishableKey,
          bearer: tokens.accessToken,
        });
        expect(status.body).toMatchObject({ entryId: entry.body.entryId, ticket: entry.body.ticket });
      }
      expect(code(await fan.status(first.id))).toBe("INVALID_TOKEN");
      const consumer = await shop.call("GET", `/api/v1/consumers/${fan.consumerId}`);
      expect(consumer.body).toMatchObject({ email, version: 2 });
    });

    it("makes one who has not entered anywhere yet that person too", async () => {
      const [fan, email] = [await shop.fan(), newEmail()];
      const tokens = await signIn(email, fan.tokens.accessToken);
      expect(tokens.session.consumerId).toBe(fan.consumerId);
      expect((await signIn(email)).session.consumerId).toBe(fan.consumerId);
    });

    it("whose address another has is refused while the guest holds a place, and nothing is merged", async () => {
      const email = newEmail();
      const owner = await signIn(email);
      const [fan, queue] = [await shop.fan(), await shop.queue()];
      await fan.enter(queue.id);
      const mailed = await ask(email);
      expect(errorOf(await fans.verify(email, mailed, fan.tokens.accessToken))).toMatchObject({
        error: "conflict",
        code: "IDENTITY_TAKEN",
        details: { activeEntries: 1 },
        retryable: false,
      });
      expect((await fan.status(queue.id)).status).toBe(200);
      // The code is not used up: the person may choose to go on as the one who is known.
      const { session } = tokensOf(await fans.verify(email, mailed));
      expect(session.consumerId).toBe(owner.session.consumerId);
    });

    it("whose address another has is a session of that one where the guest holds no place any more", async () => {
      const email = newEmail();
      const owner = await signIn(email);
      const [fan, queue] = [await shop.fan(), await shop.queue()];
      await fan.enter(queue.id);
      await fan.leave(queue.id);
      const { session } = await signIn(email, fan.tokens.accessToken);
      expect(session.consumerId).toBe(owner.session.consumerId);
      expect((await fan.status(queue.id)).status).toBe(200);
    });

    it("is a change of person for one who is confirmed already", async () => {
      const [mine, yours] = [newEmail(), newEmail()];
      const me = await signIn(mine);
      const you = await signIn(yours, me.accessToken);
      expect(you.session.consumerId).not.toBe(me.session.consumerId);
      expect((await signIn(mine)).session.consumerId).toBe(me.session.consumerId);
    });

    it("is refused a session that is over, forged or another organization's", async () => {
      const email = newEmail();
      const mailed = await ask(email);
      const stranger = await (await server.shop()).fan();
      expect(code(await fans.verify(email, mailed, stranger.tokens.accessToken))).toBe("INVALID_TOKEN");
      expect(code(await fans.verify(email, mailed, "nonsense"))).toBe("INVALID_TOKEN");
      const fan = await shop.fan();
      await server.advance(limits.accessTokenSeconds * 1_000);
      expect(code(await fans.verify(email, mailed, fan.tokens.accessToken))).toBe("TOKEN_EXPIRED");
    });

    it("who joins a line at the very moment keeps that place", async () => {
      const queue = await shop.queue();
      for (let round = 0; round < 30; round += 1) {
        const [fan, email] = [await shop.fan(), newEmail()];
        const mailed = await ask(email);
        const [verified, entered] = await Promise.all([
          fans.verify(email, mailed, fan.tokens.accessToken),
          fan.enter(queue.id),
        ]);
        expect(verified.status).toBe(200);
        // The guest's token is over where the code came first by more than a moment.
        expect([201, 401]).toContain(entered.status);
        expect(tokensOf(verified).session.consumerId).toBe(fan.consumerId);
      }
    });
  });

  it("signs in the consumer whom the shop has made with the address", async () => {
    const email = newEmail();
    const made = await shop.call("POST", "/api/v1/consumers", { body: { email } });
    expect((await signIn(email)).session.consumerId).toBe(made.body.id);
  });

  it("and the shop's own create at the same moment end with one consumer of the address", async () => {
    for (let round = 0; round < 5; round += 1) {
      const email = newEmail();
      const mailed = await ask(email);
      const [verified, made] = await Promise.all([
        fans.verify(email, mailed),
        shop.call("POST", "/api/v1/consumers", { body: { email } }),
      ]);
      expect(verified.status).toBe(200);
      expect([201, 422]).toContain(made.status);
      const { consumerId } = tokensOf(verified).session;
      if (made.status === 201) expect(consumerId).toBe(made.body.id);
      expect((await signIn(email)).session.consumerId).toBe(consumerId);
    }
  });

  it("opens the queues that ask for confirmed people, also after a refresh", async () => {
    const queue = await shop.queue({ entryLevel: "confirmed" });
    const guest = await shop.fan();
    expect(errorOf(await guest.enter(queue.id))).toMatchObject({
      code: "RESOURCE_RESTRICTED",
      details: { entryLevel: "confirmed" },
    });
    const { refreshToken } = await signIn(newEmail(), guest.tokens.accessToken);
    const refreshed = await server.call("POST", "/api/v1/auth/refresh", {
      publishableKey: shop.publishableKey,
      body: { refreshToken },
    });
    expect(tokensOf(refreshed).session.type).toBe("authenticated");
    const entered = await server.call("POST", `/api/v1/queues/${queue.id}/enter`, {
      publishableKey: shop.publishableKey,
      bearer: tokensOf(refreshed).accessToken,
    });
    expect(entered.status).toBe(201);
  });
});
