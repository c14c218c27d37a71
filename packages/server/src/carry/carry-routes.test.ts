import { limits } from "@stanchion/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  boundFan,
  type CarryCalls,
  carryCalls,
  codeCalls,
  countLockWaiters,
  drawAmong,
  errorOf,
  holdLock,
  latestCode,
  newDeviceKey,
  startTestServer,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../testing/index.ts";
import { forgetOldRows } from "../worker.ts";

const laptop = "laptop-0001";
const phone = "phone-0001";
const refusedCode = { code: "INVALID_TOKEN", details: { field: "carryCode" } };
const carriedAway = { code: "INVALID_TOKEN", details: { reason: "carried" } };

describe("going on with another device", () => {
  let server: TestServer;
  let shop: TestShop;
  let carry: CarryCalls;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
    carry = carryCalls(server, shop);
  });
  const asLaptop = { "X-Fingerprint": laptop };
  const refresh = (refreshToken: unknown): Promise<TestAnswer> =>
    server.call("POST", "/api/v1/auth/refresh", {
      publishableKey: shop.publishableKey,
      body: { refreshToken },
    });
  const inLine = async (settings: object = {}): Promise<{ queueId: string; fan: TestFan }> => {
    const { id: queueId } = await shop.queue({ requireFingerprint: true, ...settings });
    const fan = await shop.fan();
    expect((await fan.enter(queueId, asLaptop)).status).toBe(201);
    return { queueId, fan };
  };
  const statusPath = (queueId: string): string => `/api/v1/queues/${queueId}/status`;

  describe("takes along", () => {
    it("consumer, entry, ticket and rank, to where no other device than the new one may go on", async () => {
      const { queueId, fan } = await inLine();
      const before = (await fan.status(queueId, asLaptop)).body;
      const made = await carry.make(fan, laptop);
      expect(made.status).toBe(201);
      expect(made.body).toEqual({
        carryCode: expect.stringMatching(/^[\w-]{43}$/),
        expiresAt: expect.any(String),
      });
      const answer = await carry.exchange(made.body.carryCode, { fingerprint: phone });
      expect(answer.status, answer.text).toBe(200);
      const there = carry.as(answer, phone);
      expect(there.tokens.session).toMatchObject({ type: "guest", consumerId: fan.consumerId });
      const after = (await there.call("GET", statusPath(queueId))).body;
      for (const member of ["id", "consumerId", "ticket", "position", "enteredAt", "status"])
        expect(after[member]).toEqual(before[member]);
      const asAnother = { headers: asLaptop };
      expect(errorOf(await there.call("GET", statusPath(queueId), asAnother)).code).toBe("FP002");
    });

    it("a session that is bound to the new device's key, whether the old one was bound or not", async () => {
      const { id: queueId } = await shop.queue({ requireFingerprint: true });
      const old = await boundFan(server, shop);
      expect((await old.enter(queueId, asLaptop)).status).toBe(201);
      const key = await newDeviceKey();
      const code = await carry.codeOf(old, laptop);
      const answer = await carry.exchange(code, { fingerprint: phone, key });
      expect(answer.body).toMatchObject({
        tokenType: "DPoP",
        session: { consumerId: old.tokens.session.consumerId },
      });
      // By the key alone: its fingerprint may be another by now.
      const there = (await boundFan(server, shop, key)).with(carry.as(answer).tokens);
      expect((await there.status(queueId, { "X-Fingerprint": "phone-0002" })).status).toBe(200);
      const stolen = carry.as(answer, phone);
      expect(errorOf(await stolen.call("GET", statusPath(queueId))).code).toBe("FP002");
      expect(errorOf(await old.status(queueId, asLaptop))).toMatchObject(carriedAway);

      const back = await carry.exchange(await carry.codeOf(there, phone), { fingerprint: laptop });
      expect(back.body.tokenType).toBe("Bearer");
      expect((await carry.as(back, laptop).call("GET", statusPath(queueId))).status).toBe(200);
    });

    it("an admission, whose tokens name the new device to the shop", async () => {
      const { queueId, fan } = await inLine();
      await testLine(server.db, queueId).tick();
      const tokenOf = ({ body }: TestAnswer): unknown => Object(body.admission).token;
      const before = await fan.status(queueId, asLaptop);
      const answer = await carry.exchange(await carry.codeOf(fan, laptop), { fingerprint: phone });
      const after = await carry.as(answer, phone).call("GET", statusPath(queueId));
      expect(Object(after.body.admission).id).toBe(Object(before.body.admission).id);
      const validate = (token: unknown, fingerprint: string): Promise<TestAnswer> =>
        shop.call("POST", `/api/v1/queues/${queueId}/validate`, { body: { token, fingerprint } });
      expect((await validate(tokenOf(after), phone)).status).toBe(200);
      expect(errorOf(await validate(tokenOf(after), laptop)).code).toBe("FP002");
      // The last minute of what the old device was shown.
      expect(errorOf(await validate(tokenOf(before), laptop)).code).toBe("FP002");
    });

    it("entries in draws, and what they have won", async () => {
      const fan = await shop.fan();
      const asFan = { ...fan, enterDraw: (id: string) => fan.enterDraw(id, asLaptop) };
      const won = await drawAmong(server, shop, [asFan], { requireFingerprint: true });
      const { id: open } = await shop.draw({ requireFingerprint: true });
      expect((await fan.enterDraw(open, asLaptop)).status).toBe(201);
      const answer = await carry.exchange(await carry.codeOf(fan, laptop), { fingerprint: phone });
      const there = carry.as(answer, phone);
      const status = (id: string, headers = {}) =>
        there.call("GET", `/api/v1/draws/${id}/status`, { headers });
      expect((await status(open)).body).toMatchObject({ status: "ENTERED", consumerId: fan.consumerId });
      expect((await status(won)).body).toMatchObject({
        status: "WON",
        admission: { token: expect.any(String) },
      });
      for (const id of [open, won]) expect(errorOf(await status(id, asLaptop)).code).toBe("FP002");
    });

    it("entries that have lost where a seat may come free for them, and no others that have", async () => {
      const statusThere = async (backfill: boolean): Promise<TestAnswer> => {
        const fans = await shop.fans(2);
        const asFans = fans.map((fan) => ({
          ...fan,
          enterDraw: (id: string) => fan.enterDraw(id, asLaptop),
        }));
        const id = await drawAmong(server, shop, asFans, {
          requireFingerprint: true,
          winnerCount: 1,
          backfill,
        });
        const statuses = await Promise.all(fans.map((fan) => fan.drawStatus(id, asLaptop)));
        const loser = fans[statuses.findIndex(({ body }) => body.status === "LOST")];
        if (loser === undefined) throw new Error("of two one has lost");
        const answer = await carry.exchange(await carry.codeOf(loser, laptop), { fingerprint: phone });
        return carry.as(answer, phone).call("GET", `/api/v1/draws/${id}/status`);
      };
      expect((await statusThere(true)).body.status).toBe("LOST");
      expect(errorOf(await statusThere(false)).code).toBe("FP002");
    });

    it("that the person has confirmed an address", async () => {
      const calls = codeCalls(server, shop);
      await calls.request("ada@example.com");
      const { body } = await calls.verify("ada@example.com", await latestCode(server, "ada@example.com"));
      const person = carry.as({ body } as TestAnswer);
      const { id: queueId } = await shop.queue({ entryLevel: "confirmed" });
      const answer = await carry.exchange(await carry.codeOf(person));
      expect(answer.body.session).toMatchObject({ type: "authenticated", consumerId: person.consumerId });
      expect((await carry.as(answer).call("POST", `/api/v1/queues/${queueId}/enter`)).status).toBe(201);
    });

    it("nothing of places that are over, nor of what another device of the person holds", async () => {
      const { queueId: left, fan } = await inLine();
      await fan.leave(left, asLaptop);
      const { id: tablets } = await shop.queue({ requireFingerprint: true });
      const asTablet = { "X-Fingerprint": "tablet-0001" };
      expect((await fan.enter(tablets, asTablet)).status).toBe(201);
      const answer = await carry.exchange(await carry.codeOf(fan, laptop), { fingerprint: phone });
      const there = carry.as(answer, phone);
      expect(errorOf(await there.call("GET", statusPath(tablets))).code).toBe("FP002");
      expect((await there.call("GET", statusPath(tablets), { headers: asTablet })).status).toBe(200);
    });
  });

  describe("ends the old session", () => {
    it("for all its tokens, and says why", async () => {
      const { queueId, fan } = await inLine();
      expect((await carry.exchange(await carry.codeOf(fan, laptop), { fingerprint: phone })).status).toBe(
        200,
      );
      const refused = errorOf(await fan.status(queueId, asLaptop));
      expect(refused).toMatchObject({ ...carriedAway, retryable: false });
      expect(refused.details).toHaveProperty("hint");
      expect(errorOf(await refresh(fan.tokens.refreshToken))).toMatchObject(carriedAway);
      expect(errorOf(await fan.leave(queueId, asLaptop)).code).toBe("INVALID_TOKEN");
    });

    it("in every process within two seconds", async () => {
      const second = await startTestServer({ isWorker: false, database: server.db });
      try {
        const { queueId, fan } = await inLine({ requireFingerprint: false });
        const ask = () =>
          second.call("GET", statusPath(queueId), {
            publishableKey: shop.publishableKey,
            bearer: fan.tokens.accessToken,
          });
        expect((await ask()).status).toBe(200);
        const code = await carry.codeOf(fan, laptop);
        const began = performance.now();
        expect((await carry.exchange(code)).status).toBe(200);
        const refused = await server.until(ask, ({ status }) => status === 401);
        expect(performance.now() - began).toBeLessThan(2_000);
        expect(errorOf(refused)).toMatchObject(carriedAway);
      } finally {
        await second.stop();
      }
    });
  });

  describe("by a code", () => {
    it("that is good once", async () => {
      const { fan } = await inLine();
      const code = await carry.codeOf(fan, laptop);
      expect((await carry.exchange(code, { fingerprint: phone })).status).toBe(200);
      expect(errorOf(await carry.exchange(code, { fingerprint: phone }))).toMatchObject(refusedCode);
    });

    it("that gives one session, however many devices exchange it at once", async () => {
      const { queueId, fan } = await inLine();
      const code = await carry.codeOf(fan, laptop);
      const devices = Array.from({ length: 10 }, (_, n) => `phone-000${n}`);
      const answers = await Promise.all(devices.map((fingerprint) => carry.exchange(code, { fingerprint })));
      const [winner, ...others] = answers.filter(({ status }) => status === 200);
      expect(others).toEqual([]);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
      const fingerprint = devices[answers.findIndex(({ status }) => status === 200)] ?? "";
      const there = carry.as(winner ?? ({ body: {} } as TestAnswer), fingerprint);
      expect((await there.call("GET", statusPath(queueId))).status).toBe(200);
    });

    it("whose answer was lost, again with the same key, while nothing has come of it", async () => {
      const { queueId, fan } = await inLine();
      const code = await carry.codeOf(fan, laptop);
      const key = await newDeviceKey();
      const device = { fingerprint: phone, key };
      const answers = await Promise.all([carry.exchange(code, device), carry.exchange(code, device)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      const [first, again] = answers.map(({ body }) => body.refreshToken);
      expect(again).toBe(first);
      for (const other of [{ fingerprint: phone }, { fingerprint: phone, key: await newDeviceKey() }])
        expect(errorOf(await carry.exchange(code, other))).toMatchObject(refusedCode);

      const there = (await boundFan(server, shop, key)).with(
        carry.as(await carry.exchange(code, device)).tokens,
      );
      expect((await there.status(queueId, { "X-Fingerprint": phone })).status).toBe(200);
      expect((await there.call("POST", "/api/v1/auth/logout")).status).toBe(204);
      expect(errorOf(await carry.exchange(code, device))).toMatchObject(refusedCode);
    });

    it("that a newer one ends", async () => {
      const { fan } = await inLine();
      const [older, newer] = [await carry.codeOf(fan, laptop), await carry.codeOf(fan, laptop)];
      expect(errorOf(await carry.exchange(older, { fingerprint: phone }))).toMatchObject(refusedCode);
      expect((await carry.exchange(newer, { fingerprint: phone })).status).toBe(200);
    });

    it("that is good for ten minutes, and forgotten then", async () => {
      const [one, other] = [await shop.fan(), await shop.fan()];
      const [early, late] = [await carry.codeOf(one), await carry.codeOf(other)];
      await server.advance(limits.carryCodeSeconds * 1_000 - 1_500);
      expect((await carry.exchange(early)).status).toBe(200);
      await server.advance(2_000);
      expect(errorOf(await carry.exchange(late))).toMatchObject(refusedCode);
      await forgetOldRows(server.db.database);
      expect(await server.db.query("select 1 from carry_codes where expires_at < stanchion_now()")).toEqual(
        [],
      );
    });

    it("that was made for this organization in this mode", async () => {
      for (const stranger of [await server.shop(), await server.shop({ isLive: true })]) {
        const code = await carryCalls(server, stranger).codeOf(await stranger.fan());
        expect(errorOf(await carry.exchange(code))).toMatchObject(refusedCode);
      }
      expect(errorOf(await carry.exchange("x".repeat(43)))).toMatchObject(refusedCode);
    });

    it("that is kept nowhere", async () => {
      const code = await carry.codeOf(await shop.fan());
      const rows = await server.db.query<{ text: string }>(
        "select string_agg(c::text || encode(code_hash, 'escape'), ' ') as text from carry_codes c",
      );
      expect(rows[0]?.text).not.toContain(code);
    });

    it("whose session has not ended meanwhile, and whose consumer was not deleted", async () => {
      const [leaving, { queueId, fan: deleted }] = [await shop.fan(), await inLine()];
      expect((await deleted.leave(queueId, asLaptop)).status).toBe(200);
      const codes = [await carry.codeOf(leaving), await carry.codeOf(deleted, laptop)];
      await leaving.call("POST", "/api/v1/auth/logout");
      expect((await shop.call("DELETE", `/api/v1/consumers/${deleted.consumerId}`)).status).toBe(204);
      for (const code of codes) expect(errorOf(await carry.exchange(code))).toMatchObject(refusedCode);
    });

    it("that is counted by the address of the client, ten a minute", async () => {
      const strict = await startTestServer({
        isWorker: false,
        env: { RATE_LIMITS: JSON.stringify({ authentication: { limit: 10, windowSeconds: 60 } }) },
      });
      try {
        const calls = carryCalls(strict, await strict.shop());
        const statuses = [];
        for (let n = 0; n < 11; n += 1) statuses.push((await calls.exchange(`guess-${n}`)).status);
        expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
      } finally {
        await strict.stop();
      }
    });
  });

  describe("asks for a fingerprint where a place asks for one", () => {
    it("before the code is made", async () => {
      const { fan } = await inLine();
      expect(errorOf(await carry.make(fan)).code).toBe("FP001");
      expect(errorOf(await carry.make(fan, "me")).code).toBe("FP003");
    });

    it("before it is exchanged, and leaves the code and the old session good", async () => {
      const { queueId, fan } = await inLine();
      const code = await carry.codeOf(fan, laptop);
      expect(errorOf(await carry.exchange(code)).code).toBe("FP001");
      expect(errorOf(await carry.exchange(code, { fingerprint: "me" })).code).toBe("FP003");
      expect((await fan.status(queueId, asLaptop)).status).toBe(200);
      expect((await carry.exchange(code, { fingerprint: phone })).status).toBe(200);
    });
  });

  describe("gives whoever has a copy of the tokens no place that they could not go on with", () => {
    it("where the fan had it when the code was made", async () => {
      const { queueId, fan } = await inLine();
      const thief = "thief-0001";
      const answer = await carry.exchange(await carry.codeOf(fan, thief), { fingerprint: thief });
      const there = carry.as(answer, thief);
      expect(errorOf(await there.call("GET", statusPath(queueId))).code).toBe("FP002");
    });

    it("where the fan took it since", async () => {
      const { id: queueId } = await shop.queue({ requireFingerprint: true });
      const fan = await shop.fan();
      const code = await carry.codeOf(fan, "thief-0001");
      expect((await fan.enter(queueId, asLaptop)).status).toBe(201);
      const refused = errorOf(await carry.exchange(code, { fingerprint: "thief-0001" }));
      expect(refused).toMatchObject(refusedCode);
      expect(refused.details).toHaveProperty("hint");
      expect((await fan.status(queueId, asLaptop)).status).toBe(200);
    });
  });

  it("is done whole or not at all where the connection is cut in the middle", async () => {
    const { queueId, fan } = await inLine();
    const code = await carry.codeOf(fan, laptop);
    const waitersBefore = await countLockWaiters(server.db);
    const lock = await holdLock(server.db, "select from entries for update");
    const exchanging = carry.exchange(code, { fingerprint: phone });
    await server.until(
      () => countLockWaiters(server.db),
      (count) => count > waitersBefore,
    );
    await server.db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    expect((await exchanging).status).toBeGreaterThanOrEqual(500);
    await lock.release();
    expect((await fan.status(queueId, asLaptop)).status).toBe(200);
    expect((await carry.exchange(code, { fingerprint: phone })).status).toBe(200);
  });

  it("and a device that takes note of its own news do not undo each other", async () => {
    const { id: queueId } = await shop.queue({ requireFingerprint: true });
    const old = await boundFan(server, shop);
    expect((await old.enter(queueId, asLaptop)).status).toBe(201);
    const code = await carry.codeOf(old, laptop);
    const lock = await holdLock(server.db, "select from entries for update");
    const exchanging = carry.exchange(code, { fingerprint: phone });
    await server.until(
      () => countLockWaiters(server.db),
      (count) => count === 1,
    );
    // After an update of its browser, a moment too late.
    const noting = old.status(queueId, { "X-Fingerprint": "laptop-0002" });
    await server.until(
      () => countLockWaiters(server.db),
      (count) => count === 2,
    );
    await lock.release();
    const [answer] = await Promise.all([exchanging, noting]);
    expect((await carry.as(answer, phone).call("GET", statusPath(queueId))).status).toBe(200);
  });
});
