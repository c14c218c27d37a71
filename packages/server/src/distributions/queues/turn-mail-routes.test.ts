import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accountCalls,
  confirmAddress,
  countLockWaiters,
  errorOf,
  holdLock,
  type MailedFan,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";
import { forgetOldRows } from "../../worker.ts";

describe("the mail about a turn", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    // One connection: a verb that holds it and asks for another would not get one.
    server = await startTestServer({ isWorker: false, env: { DATABASE_CONNECTIONS: "1" } });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const pathOf = (queueId: string): string => `/api/v1/queues/${queueId}/turn-mail`;
  const refusal = (answer: TestAnswer) => [answer.status, errorOf(answer).code];
  let addresses = 0;
  const newEmail = (): string => {
    addresses += 1;
    return `fan${addresses}@example.com`;
  };
  /** A fan with an address who waits in a queue. */
  const waiting = async (settings: object = {}, headers: Record<string, string> = {}) => {
    const queue = await shop.queue({ ...settings });
    const guest = await shop.fan();
    const { body: entry } = await guest.enter(queue.id, headers);
    const fan = await confirmAddress(server, shop, guest, newEmail());
    return { queue, guest, fan, entryId: String(entry.entryId), path: pathOf(queue.id) };
  };

  it("is asked for once for a place, read, and taken back", async () => {
    const { queue, fan, entryId, path } = await waiting();
    const none = await fan.call("GET", path);
    expect(none.status).toBe(200);
    expect(none.body).toEqual({
      queueId: queue.id,
      entryId,
      isAvailable: true,
      status: "NONE",
      email: "f***@example.com",
      language: null,
      requestedAt: null,
      sentAt: null,
    });
    const headers = { "Accept-Language": "fi, de-CH;q=0.8, en;q=0.5" };
    const asked = await fan.call("PUT", path, { headers });
    expect(asked.status).toBe(200);
    expect(asked.body).toMatchObject({ status: "REQUESTED", email: "f***@example.com", language: "de" });
    const again = await fan.call("PUT", path, { headers: { "Accept-Language": "zh-CN" } });
    expect(again.body).toEqual({ ...asked.body, language: "zh-Hans" });
    expect((await fan.call("GET", path)).body).toEqual(again.body);
    for (let times = 0; times < 2; times += 1) {
      const { status, text } = await fan.call("DELETE", path);
      expect([status, text]).toEqual([204, ""]);
    }
    expect((await fan.call("GET", path)).body).toMatchObject({ status: "NONE", requestedAt: null });
  });

  it("needs an address: a guest hears how to confirm one, keeps the place and can ask then", async () => {
    const queue = await shop.queue();
    const guest = await shop.fan();
    const { body: entry } = await guest.enter(queue.id);
    expect((await guest.call("GET", pathOf(queue.id))).body).toMatchObject({ email: null, status: "NONE" });
    const refused = await guest.call("PUT", pathOf(queue.id));
    expect(refusal(refused)).toEqual([403, "EMAIL_REQUIRED"]);
    expect(errorOf(refused)).toMatchObject({
      error: "forbidden",
      retryable: false,
      details: { requestCode: "/api/v1/auth/otp/request", verifyCode: "/api/v1/auth/otp/verify" },
    });
    const fan = await confirmAddress(server, shop, guest, newEmail());
    expect((await fan.call("PUT", pathOf(queue.id))).body).toMatchObject({
      status: "REQUESTED",
      entryId: entry.entryId,
    });
  });

  it("goes to the address that the shop vouches for, and to none that it has only noted", async () => {
    const accounts = accountCalls(server, shop);
    const signIn = async (subject: string, more: object): Promise<Pick<MailedFan, "call">> => {
      const { body } = await accounts.exchange(await accounts.codeFor(subject, { ...more }));
      const { publishableKey } = shop;
      const bearer = String(body.accessToken);
      return {
        call: (method, path, options) => server.call(method, path, { publishableKey, bearer, ...options }),
      };
    };
    const queue = await shop.queue();
    const enter = `/api/v1/queues/${queue.id}/enter`;
    const known = await signIn("with-address", {
      claims: { email: "vouched@example.com", email_verified: true },
    });
    await known.call("POST", enter);
    expect((await known.call("PUT", pathOf(queue.id))).body).toMatchObject({ email: "v***@example.com" });
    for (const claims of [{}, { email: "unverified@example.com" }]) {
      const unsure = await signIn(JSON.stringify(claims), { claims });
      await unsure.call("POST", enter);
      expect(refusal(await unsure.call("PUT", pathOf(queue.id)))).toEqual([403, "EMAIL_REQUIRED"]);
    }

    const { fan, path } = await waiting();
    await shop.call("PATCH", `/api/v1/consumers/${fan.consumerId}`, { body: { email: "typo@example.com" } });
    expect(refusal(await fan.call("PUT", path))).toEqual([403, "EMAIL_REQUIRED"]);
    expect((await fan.call("GET", path)).body).toMatchObject({ email: null });
  });

  it("is refused to who does not wait", async () => {
    const { queue, fan, path } = await waiting();
    const stranger = await confirmAddress(server, shop, await shop.fan(), newEmail());
    for (const method of ["GET", "PUT", "DELETE"])
      expect(refusal(await stranger.call(method, path))).toEqual([404, "NOT_IN_QUEUE"]);

    await fan.call("PUT", path);
    await fan.call("POST", `/api/v1/queues/${queue.id}/leave`);
    const left = await fan.call("PUT", path);
    expect(refusal(left)).toEqual([409, "INVALID_STATE"]);
    expect(errorOf(left).details).toMatchObject({ state: "LEFT" });
    expect((await fan.call("GET", path)).body).toMatchObject({ status: "NONE" });

    const admitted = await waiting();
    const { consumerId } = admitted.fan;
    const base = `/api/v1/queues/${admitted.queue.id}`;
    await shop.call("POST", `${base}/admit`, { body: { consumerId } });
    const late = await admitted.fan.call("PUT", admitted.path);
    expect(refusal(late)).toEqual([409, "INVALID_STATE"]);
    expect(errorOf(late).details).toMatchObject({ state: "ADMITTED" });
    await shop.call("POST", `${base}/complete`, { body: { consumerId } });
    expect(refusal(await admitted.fan.call("PUT", admitted.path))).toEqual([409, "ALREADY_COMPLETED"]);
  });

  it("is asked for anew for another place", async () => {
    const { queue, fan, path, entryId } = await waiting();
    await fan.call("PUT", path);
    await fan.call("POST", `/api/v1/queues/${queue.id}/leave`);
    await fan.call("POST", `/api/v1/queues/${queue.id}/enter`);
    const { body } = await fan.call("GET", path);
    expect(body).toMatchObject({ status: "NONE" });
    expect(body.entryId).not.toBe(entryId);
  });

  it("is only the device's that entered, where the queue asks for a fingerprint", async () => {
    const device = { "X-Fingerprint": "phone-0001" };
    const { fan, path } = await waiting({ requireFingerprint: true }, device);
    for (const method of ["GET", "PUT", "DELETE"]) {
      expect(refusal(await fan.call(method, path))).toEqual([400, "FP001"]);
      const malformed = { headers: { "X-Fingerprint": "short" } };
      expect(refusal(await fan.call(method, path, malformed))).toEqual([400, "FP003"]);
      const other = { headers: { "X-Fingerprint": "phone-0002" } };
      expect(refusal(await fan.call(method, path, other))).toEqual([403, "FP002"]);
    }
    expect((await fan.call("PUT", path, { headers: device })).status).toBe(200);
  });

  it("is not to be had for live keys without a mail provider, which can be seen beforehand", async () => {
    const live = await server.shop({ isLive: true });
    const queue = await live.queue();
    const accounts = accountCalls(server, live);
    const code = await accounts.codeFor("live", {
      claims: { email: "live@example.com", email_verified: true },
    });
    const { body } = await accounts.exchange(code);
    const options = { publishableKey: live.publishableKey, bearer: String(body.accessToken) };
    await server.call("POST", `/api/v1/queues/${queue.id}/enter`, options);
    const read = await server.call("GET", pathOf(queue.id), options);
    expect(read.body).toMatchObject({ isAvailable: false, email: "l***@example.com" });
    const refused = await server.call("PUT", pathOf(queue.id), options);
    expect(refusal(refused)).toEqual([502, "MAIL_PROVIDER_FAILED"]);
    expect(errorOf(refused).message).toContain("SMTP_URL");
  });

  it("is not promised to who is admitted in the same moment", async () => {
    const { queue, fan, path } = await waiting();
    const line = testLine(server.db, queue.id);
    const held = await holdLock(server.db, "select 1");
    await line.tick({ on: held.client });
    const asking = fan.call("PUT", path);
    await server.until(
      () => countLockWaiters(server.db),
      (waiters) => waiters > 0,
    );
    await held.release();
    expect(refusal(await asking)).toEqual([409, "CONCURRENT_MODIFICATION"]);
    expect((await fan.call("GET", path)).body).toMatchObject({ status: "NONE" });
    expect(refusal(await fan.call("PUT", path))).toEqual([409, "INVALID_STATE"]);
  });

  it("goes with its person, and is in what is kept of one until then", async () => {
    const { queue, fan, path } = await waiting();
    await fan.call("PUT", path);
    const exported = await shop.call("GET", `/api/v1/consumers/${fan.consumerId}/export`);
    expect(exported.body.entries).toMatchObject([
      { turnMail: { language: "en", requestedAt: expect.any(String), sentAt: null } },
    ]);
    await fan.call("POST", `/api/v1/queues/${queue.id}/leave`);
    expect((await shop.call("POST", `/api/v1/consumers/${fan.consumerId}/erase`)).status).toBe(200);
    const rows = await server.db.query("select 1 from turn_mails where consumer_id = $1", [
      decodeId("consumer", fan.consumerId),
    ]);
    expect(rows).toEqual([]);
  });

  it("is forgotten a day later, unless its place still waits", async () => {
    const [stayed, left] = [await waiting(), await waiting()];
    for (const { fan, path } of [stayed, left]) await fan.call("PUT", path);
    await left.fan.call("POST", `/api/v1/queues/${left.queue.id}/leave`);
    const kept = async (): Promise<string[]> => {
      const entries = [stayed, left].map(({ entryId }) => decodeId("entry", entryId));
      const rows = await server.db.query<{ entry_id: string }>(
        "select entry_id from turn_mails where entry_id = any ($1)",
        [entries],
      );
      return rows.map((row) => row.entry_id);
    };
    await forgetOldRows(server.db.database);
    expect(await kept()).toHaveLength(2);
    await server.advance(25 * 3_600_000);
    await forgetOldRows(server.db.database);
    expect(await kept()).toEqual([decodeId("entry", stayed.entryId)]);
  });
});
