import { limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestDatabase,
  errorOf,
  insertMember,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestDatabase,
  type TestServer,
  type TestShop,
  wideLimits,
} from "../testing/index.ts";

const signInPath = "/api/v1/members/sign-in";
const me = "/api/v1/members/me";

describe("members", () => {
  let server: TestServer;
  let second: TestServer;
  let db: TestDatabase;
  let shop: TestShop;
  const logged: string[] = [];
  beforeAll(async () => {
    db = await createTestDatabase();
    const onLog = (line: string): void => void logged.push(line);
    [server, second] = await Promise.all([
      startTestServer({ isWorker: false, database: db, onLog }),
      startTestServer({ isWorker: false, database: db, onLog }),
    ]);
    shop = await server.shop();
  });
  afterAll(async () => {
    await Promise.all([server.stop(), second.stop()]);
    await db.drop();
  });

  const newAccount = (role: "viewer" | "owner" = "owner") => insertMember(db, shop.organizationId, role);
  const signIn = (body: object, headers: Record<string, string> = {}): Promise<TestAnswer> =>
    server.call("POST", signInPath, { body, headers: { Origin: server.url, ...headers } });
  const code = (answer: TestAnswer): string => errorOf(answer).code;

  describe("signing in", () => {
    it("answers who it is, with a cookie that no script can read", async () => {
      const { email, password } = await newAccount();
      const answer = await signIn({ email: email.toUpperCase(), password });
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({
        email,
        role: "owner",
        hasSecondFactor: false,
        organization: { id: shop.organizationId },
        organizations: [{ id: shop.organizationId, role: "owner" }],
      });
      const [session, devices, ...others] = answer.headers.getSetCookie();
      expect(others).toEqual([]);
      expect(session).toMatch(
        /^stanchion_session=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
      );
      expect(devices).toMatch(
        /^stanchion_devices=[\w-]{38}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Strict$/,
      );
      expect(answer.headers.get("cache-control")).toBe("no-store");
    });

    it("sets a __Host- cookie for TLS wherever it is not plain http on the machine itself", async () => {
      const { email, password } = await newAccount();
      const asked = { Origin: "https://line.example.com", Host: "line.example.com" };
      const { request } = await import("node:http");
      const cookies = await new Promise<string[]>((resolve, reject) => {
        const body = JSON.stringify({ email, password });
        const sent = request(
          server.url + signInPath,
          { method: "POST", headers: { ...asked, "Content-Type": "application/json" } },
          (answer) => {
            answer.resume();
            resolve(answer.headers["set-cookie"] ?? []);
          },
        );
        sent.on("error", reject);
        sent.end(body);
      });
      expect(cookies).toHaveLength(2);
      for (const cookie of cookies)
        expect(cookie).toMatch(/^__Host-stanchion_\w+=.*; SameSite=Strict; Secure$/);
    });

    it("says the same of a wrong password and of an address that nobody has", async () => {
      const { email } = await newAccount();
      const answers = await Promise.all([
        signIn({ email, password: "not this one" }),
        signIn({ email: "nobody@example.com", password: "not this one" }),
      ]);
      for (const answer of answers)
        expect([answer.status, code(answer)]).toEqual([401, "INVALID_CREDENTIALS"]);
      const [known, unknown] = answers.map(({ body: { requestId: _, ...rest } }) => rest);
      expect(known).toEqual(unknown);
      expect(answers.flatMap((answer) => answer.headers.getSetCookie())).toEqual([]);
    });

    it("is refused to a page of another origin", async () => {
      const { email, password } = await newAccount();
      const answer = await signIn({ email, password }, { Origin: "https://elsewhere.example" });
      expect([answer.status, code(answer)]).toEqual([403, "ORIGIN_NOT_ALLOWED"]);
    });

    it("works without any Origin, as from a terminal", async () => {
      const { email, password } = await newAccount();
      const answer = await server.call("POST", signInPath, { body: { email, password } });
      expect([answer.status, answer.headers.getSetCookie().length > 0]).toEqual([200, true]);
    });

    it("is counted by the address of the client, known or not", async () => {
      const limited = await startTestServer({
        isWorker: false,
        database: db,
        env: {
          RATE_LIMITS: JSON.stringify({ ...wideLimits, authentication: { limit: 2, windowSeconds: 60 } }),
        },
      });
      const ask = () =>
        limited.call("POST", signInPath, { body: { email: "nobody@example.com", password: "x" } });
      expect([(await ask()).status, (await ask()).status, code(await ask())]).toEqual([
        401,
        401,
        "RATE_LIMITED",
      ]);
      await limited.stop();
    });

    it("of an account without an organization is that of nobody", async () => {
      const { email, password, memberId } = await newAccount();
      await db.query("update members set deleted_at = now() where id = $1", [memberId]);
      expect(code(await signIn({ email, password }))).toBe("INVALID_CREDENTIALS");
    });
  });

  describe("wrong passwords", () => {
    it("shut unknown devices out for a while, and never the device that has signed in before", async () => {
      const { email, password } = await newAccount();
      const owner = await signIn({ email, password });
      const known = owner.headers.getSetCookie()[1]?.split(";")[0] ?? "";
      for (let count = 0; count < limits.failedPasswordsMax; count += 1)
        expect(code(await signIn({ email, password: "guessed" }))).toBe("INVALID_CREDENTIALS");
      const shutOut = await signIn({ email, password });
      expect([shutOut.status, code(shutOut)]).toEqual([429, "RATE_LIMITED"]);
      expect(Number(shutOut.headers.get("retry-after"))).toBeLessThanOrEqual(limits.failedPasswordsSeconds);
      expect((await signIn({ email, password }, { Cookie: known })).status).toBe(200);
    });

    it("of a known device are counted for that device alone", async () => {
      const { email, password } = await newAccount();
      const known = (await signIn({ email, password })).headers.getSetCookie()[1]?.split(";")[0] ?? "";
      for (let count = 0; count < limits.failedPasswordsMax; count += 1)
        await signIn({ email, password: "guessed" }, { Cookie: known });
      expect(code(await signIn({ email, password }, { Cookie: known }))).toBe("RATE_LIMITED");
      expect((await signIn({ email, password })).status).toBe(200);
    });

    it("count alike for an address that nobody has", async () => {
      const email = "nobody-at-all@example.com";
      for (let count = 0; count < limits.failedPasswordsMax; count += 1)
        await signIn({ email, password: "x" });
      expect(code(await signIn({ email, password: "x" }))).toBe("RATE_LIMITED");
    });

    it("of others' devices do not make a device known", async () => {
      const [one, two] = [await newAccount(), await newAccount()];
      const cookie = (await signIn({ email: one.email, password: one.password })).headers.getSetCookie()[1];
      const headers = { Cookie: cookie?.split(";")[0] ?? "" };
      for (let count = 0; count < limits.failedPasswordsMax; count += 1)
        await signIn({ email: two.email, password: "guessed" });
      expect(code(await signIn({ email: two.email, password: two.password }, headers))).toBe("RATE_LIMITED");
    });

    it("are forgotten when their time is over", async () => {
      const { email, password } = await newAccount();
      for (let count = 0; count <= limits.failedPasswordsMax; count += 1)
        await signIn({ email, password: "guessed" });
      await db.query("update member_sign_in_tries set window_ends_at = now() - interval '1 second'");
      expect((await signIn({ email, password })).status).toBe(200);
    });
  });

  describe("a session", () => {
    it("needs a same-origin Origin for every write, and is refused to other pages", async () => {
      const member = await shop.member();
      const { cookie } = member;
      const password = { currentPassword: member.password, newPassword: "another good password" };
      const send = (headers: Record<string, string>) =>
        server.call("POST", `${me}/password`, { body: password, headers: { Cookie: cookie, ...headers } });
      expect(code(await send({}))).toBe("ORIGIN_NOT_ALLOWED");
      expect(code(await send({ Origin: "https://elsewhere.example" }))).toBe("ORIGIN_NOT_ALLOWED");
      expect(code(await send({ Origin: "null" }))).toBe("ORIGIN_NOT_ALLOWED");
      const read = await server.call("GET", me, { headers: { Cookie: cookie } });
      expect(read.status).toBe(200);
      const readElsewhere = await member.call("GET", me, {
        headers: { Origin: "https://elsewhere.example" },
      });
      expect(code(readElsewhere)).toBe("ORIGIN_NOT_ALLOWED");
      expect(errorOf(readElsewhere).message).toBe(
        "A page of this web origin may not ask this. Members call from this server's own pages, with their Origin.",
      );
      expect((await send({ Origin: server.url })).status).toBe(204);
    });

    it("is not looked at where an Authorization or a key comes along", async () => {
      const member = await shop.member();
      const other = await server.shop();
      const queue = await other.queue();
      const own = await member.call("GET", `/api/v1/queues/${queue.id}`);
      expect(code(own)).toBe("OTHER_ORGANIZATION");
      const { cookie } = member;
      const asKey = await server.call("GET", `/api/v1/queues/${queue.id}`, {
        bearer: other.secretKey,
        headers: { Cookie: cookie },
      });
      expect(asKey.status).toBe(200);
      const asPage = await server.call("GET", `/api/v1/queues/${queue.id}`, {
        publishableKey: other.publishableKey,
        headers: { Cookie: cookie },
      });
      expect(asPage.body).not.toHaveProperty("admitRate");
      const strange = await member.call("GET", me, { bearer: other.secretKey });
      expect(code(strange)).toBe("AUTHENTICATION_REQUIRED");
    });

    it("is good in test and live, as X-Stanchion-Mode says, and never mixes them", async () => {
      const member = await shop.member();
      const live = { "X-Stanchion-Mode": "live" };
      const queue = await member.call("POST", "/api/v1/queues", {
        body: { name: "Live drop", admitRate: 60 },
        headers: live,
      });
      expect(queue.status).toBe(201);
      const path = `/api/v1/queues/${String(queue.body.id)}`;
      expect((await member.call("GET", path, { headers: live })).status).toBe(200);
      expect(code(await member.call("GET", path))).toBe("QUEUE_NOT_FOUND");
      expect(code(await shop.call("GET", path))).toBe("QUEUE_NOT_FOUND");
      const neither = await member.call("GET", path, { headers: { "X-Stanchion-Mode": "prod" } });
      // Counted first, like every call of somebody who is known.
      expect(neither.headers.get("x-ratelimit-limit")).not.toBeNull();
      expect(errorOf(neither)).toMatchObject({
        code: "INVALID_PARAMETER",
        details: { parameter: "X-Stanchion-Mode" },
      });
    });

    it("is good in every organization of the person, each by its name and role", async () => {
      const [other, third] = [await server.shop(), await server.shop()];
      const { email, password, accountId } = await newAccount();
      await db.query(
        `insert into members (id, organization_id, account_id, role, created_at, updated_at)
         select gen_random_uuid(), id, $1, 'viewer', now(), now() from organizations where id =
           (select organization_id from api_keys where id = (select id from api_keys order by created_at desc limit 1))
         returning organization_id`,
        [accountId],
      );
      const answer = await signIn({ email, password });
      const list = answer.body.organizations as { id: string; role: string }[];
      expect(list).toMatchObject([{ id: shop.organizationId, role: "owner" }, { role: "viewer" }]);
      const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const ask = (id: string) =>
        server.call("GET", me, { headers: { Cookie: cookie, "X-Stanchion-Organization": id } });
      expect((await ask(list[1]?.id ?? "")).body).toMatchObject({
        role: "viewer",
        organization: list[1] && { id: list[1].id },
      });
      const strange = [other, third].find(({ organizationId }) => organizationId !== list[1]?.id);
      expect(code(await ask(strange?.organizationId ?? ""))).toBe("INVALID_PARAMETER");
    });

    it("that was signed out is refused in every process within two seconds", async () => {
      const member = await shop.member();
      const { cookie } = member;
      const ask = (at: TestServer) => at.call("GET", me, { headers: { Cookie: cookie } });
      expect([(await ask(server)).status, (await ask(second)).status]).toEqual([200, 200]);
      const out = await member.call("POST", "/api/v1/members/sign-out");
      expect(out.headers.getSetCookie()).toEqual([
        "stanchion_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
      ]);
      const began = performance.now();
      expect(code(await ask(server))).toBe("INVALID_TOKEN");
      await server.until(
        () => ask(second),
        ({ status }) => status === 401,
      );
      expect(performance.now() - began).toBeLessThan(2_000);
      expect((await member.call("POST", "/api/v1/members/sign-out")).status).toBe(204);
    });

    it("ends after a week in which it was not used, and is told from none", async () => {
      const aging = await startTestServer({ isWorker: false });
      const member = await (await aging.shop()).member();
      await aging.advance((limits.memberSessionIdleSeconds - 60) * 1000);
      expect((await member.call("GET", me)).status).toBe(200);
      await aging.advance((limits.memberSessionIdleSeconds + 60) * 1000);
      expect(code(await member.call("GET", me))).toBe("TOKEN_EXPIRED");
      await aging.stop();
    });

    it.each(["x", "", "a".repeat(43), "é"])("that is %j is none", async (token) => {
      const answer = await server.call("GET", me, {
        headers: { Cookie: `stanchion_session=${encodeURIComponent(token)}` },
      });
      expect(code(answer)).toBe(token === "" ? "AUTHENTICATION_REQUIRED" : "INVALID_TOKEN");
    });

    it("by the name with __Host- is not taken where the plain name is due, and the other way round", async () => {
      const { cookie } = await shop.member();
      const headers = { Cookie: cookie.replaceAll("stanchion_", "__Host-stanchion_") };
      expect(code(await server.call("GET", me, { headers }))).toBe("AUTHENTICATION_REQUIRED");
    });

    it("is listed with its device, and can be ended by its owner alone", async () => {
      const { email, password } = await newAccount();
      const [one, two] = [
        await signIn({ email, password }, { "User-Agent": "Firefox of the office" }),
        await signIn({ email, password }, { "User-Agent": "Phone" }),
      ];
      const own = { Origin: server.url, Cookie: one.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
      const list = await server.call("GET", `${me}/sessions`, { headers: own });
      const sessions = list.body.data as { id: string; device: string; isCurrent: boolean }[];
      expect(sessions.map(({ device, isCurrent }) => [device, isCurrent])).toEqual([
        ["Phone", false],
        ["Firefox of the office", true],
      ]);
      const path = `${me}/sessions/${sessions[0]?.id}`;
      expect(code(await (await shop.member()).call("DELETE", path))).toBe("SESSION_NOT_FOUND");
      expect((await server.call("DELETE", path, { headers: own })).status).toBe(204);
      expect(code(await server.call("DELETE", path, { headers: own }))).toBe("SESSION_NOT_FOUND");
      const ended = two.headers.getSetCookie()[0]?.split(";")[0] ?? "";
      expect(code(await server.call("GET", me, { headers: { Cookie: ended } }))).toBe("INVALID_TOKEN");
      const none = `${me}/sessions/${strangeId("session")}`;
      expect(code(await server.call("DELETE", none, { headers: own }))).toBe("SESSION_NOT_FOUND");
    });

    it("is one of twenty at most: the oldest ends", async () => {
      const { email, password } = await newAccount();
      const first = (await signIn({ email, password })).headers.getSetCookie()[0]?.split(";")[0] ?? "";
      for (let count = 0; count < limits.memberSessionsMax; count += 1) await signIn({ email, password });
      expect(code(await server.call("GET", me, { headers: { Cookie: first } }))).toBe("INVALID_TOKEN");
    });
  });

  describe("a new password", () => {
    it("needs the present one, ends all other sessions and is good at once", async () => {
      const { email, password } = await newAccount();
      const other = (await signIn({ email, password })).headers.getSetCookie()[0]?.split(";")[0] ?? "";
      const own = {
        Origin: server.url,
        Cookie: (await signIn({ email, password })).headers.getSetCookie()[0]?.split(";")[0] ?? "",
      };
      const change = (body: object) => server.call("POST", `${me}/password`, { body, headers: own });
      const newPassword = "пароль, ein neuer 🗝";
      expect(code(await change({ currentPassword: "wrong", newPassword }))).toBe("INVALID_CREDENTIALS");
      const short = await change({ currentPassword: password, newPassword: "short" });
      expect(errorOf(short).issues).toMatchObject([{ type: "min_length", path: [{ key: "newPassword" }] }]);
      expect((await change({ currentPassword: password, newPassword })).status).toBe(204);
      expect((await server.call("GET", me, { headers: own })).status).toBe(200);
      expect(code(await server.call("GET", me, { headers: { Cookie: other } }))).toBe("INVALID_TOKEN");
      expect(code(await signIn({ email, password }))).toBe("INVALID_CREDENTIALS");
      expect((await signIn({ email, password: newPassword.normalize("NFD") })).status).toBe(200);
    });
  });

  it("leave no password, session or device mark in the database or the log", async () => {
    const { email, password } = await newAccount();
    const answer = await signIn({ email, password });
    const secrets = [password, ...answer.headers.getSetCookie().map((one) => one.split(/[=;]/)[1] ?? "")];
    await signIn({ email, password: "a wrong secret word" });
    const tables = await db.query<{ name: string }>(
      "select quote_ident(tablename) as name from pg_tables where schemaname = 'public'",
    );
    for (const { name } of tables) {
      const rows = await db.query<{ row: string }>(`select t::text as row from ${name} t`);
      for (const { row } of rows)
        for (const secret of [...secrets, "a wrong secret word"]) {
          expect(row).not.toContain(secret);
          expect(row).not.toContain(Buffer.from(secret, "base64url").toString("hex").padEnd(20, "?"));
        }
    }
    expect(logged.length).toBeGreaterThan(0);
    for (const line of logged)
      for (const secret of [...secrets, "a wrong secret word"]) expect(line).not.toContain(secret);
  });
});
