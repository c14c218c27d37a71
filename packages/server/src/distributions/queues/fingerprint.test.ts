import { createHash } from "node:crypto";
import type { SessionTokens } from "@stanchion/contract";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  boundFan,
  codeCalls,
  errorOf,
  latestCode,
  newDeviceKey,
  proofOf,
  startTestServer,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

const device = { "X-Fingerprint": "phone-0001" };
const otherDevice = { "X-Fingerprint": "phone-0002" };

describe("a queue that requires a fingerprint", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const refusal = (answer: TestAnswer) => [answer.status, errorOf(answer).code];
  const verbs = ["enter", "status", "leave"] as const;

  it.each(verbs)("refuses to %s without one, and with a malformed one", async (verb) => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await shop.fan();
    if (verb !== "enter") await fan.enter(queue.id, device);
    expect(refusal(await fan[verb](queue.id))).toEqual([400, "FP001"]);
    for (const value of ["short", "with space", "x".repeat(129), "ümlaut-long"])
      expect(refusal(await fan[verb](queue.id, { "X-Fingerprint": value }))).toEqual([400, "FP003"]);
  });

  it.each(["status", "leave"] as const)("refuses to %s on another device than the entry's", async (verb) => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await shop.fan();
    await fan.enter(queue.id, device);
    expect(refusal(await fan[verb](queue.id, otherDevice))).toEqual([403, "FP002"]);
    expect((await fan[verb](queue.id, device)).status).toBe(200);
  });

  it("does not tell another device about the entry that stands, nor replay it there", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await shop.fan();
    const key = { "Idempotency-Key": "join-1" };
    await fan.enter(queue.id, { ...device, ...key });
    expect(refusal(await fan.enter(queue.id, otherDevice))).toEqual([403, "FP002"]);
    expect(refusal(await fan.enter(queue.id, { ...otherDevice, ...key }))).toEqual([403, "FP002"]);
    expect(refusal(await fan.enter(queue.id, device))).toEqual([409, "ALREADY_IN_QUEUE"]);
  });

  it("takes a line token on the device it was made for only", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await shop.fan();
    const token = { "X-Line-Token": String((await fan.enter(queue.id, device)).body.lineToken) };
    expect((await fan.status(queue.id, { ...device, ...token })).status).toBe(200);
    expect(refusal(await fan.status(queue.id, { ...otherDevice, ...token }))).toEqual([403, "FP002"]);
  });

  it("lets go those who entered without one before it was required", async () => {
    const queue = await shop.queue();
    const [fan, other] = [await shop.fan(), await shop.fan()];
    await fan.enter(queue.id);
    await other.enter(queue.id);
    await shop.call("PATCH", `/api/v1/queues/${queue.id}`, { body: { requireFingerprint: true } });
    expect((await fan.status(queue.id, device)).status).toBe(200);
    expect((await fan.leave(queue.id, device)).body.status).toBe("LEFT");
    expect(refusal(await other.enter(queue.id, device))).toEqual([409, "ALREADY_IN_QUEUE"]);
  });

  it("keeps only a hash of it, which differs between organizations", async () => {
    const stranger = await server.shop();
    const hashes: unknown[] = [];
    for (const one of [shop, stranger]) {
      const queue = await one.queue({ requireFingerprint: true });
      const fan: TestFan = await one.fan();
      await fan.enter(queue.id, device);
      const [row] = await server.db.query<{ device: Buffer }>(
        "select device from entries where queue_id = $1",
        [testLine(server.db, queue.id).queueId],
      );
      expect(row?.device).toHaveLength(16);
      hashes.push(row?.device.toString("hex"));
    }
    expect(new Set(hashes).size).toBe(2);
  });
});

describe("a queue that requires a fingerprint, to a session that is bound to a key", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());
  const refusal = (answer: TestAnswer) => [answer.status, errorOf(answer).code];
  const updated = { "X-Fingerprint": "phone-0001-with-a-newer-browser" };
  const signIn = async (fan: { call: TestFan["call"] }, email: string, proved?: string) => {
    await codeCalls(server, shop).request(email);
    const body = { email, code: await latestCode(server, email) };
    const headers = proved === undefined ? {} : { DPoP: proved };
    return fan.call("POST", "/api/v1/auth/otp/verify", { body, headers });
  };

  it("lets it enter, ask and leave after an update of its browser", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await boundFan(server, shop);
    const { lineToken } = (await fan.enter(queue.id, device)).body;
    const token = { "X-Line-Token": String(lineToken) };
    expect((await fan.status(queue.id, { ...updated, ...token })).body.lineToken).toBe(lineToken);
    expect((await fan.status(queue.id, updated)).status).toBe(200);
    expect(refusal(await fan.enter(queue.id, updated))).toEqual([409, "ALREADY_IN_QUEUE"]);
    expect(
      (await fan.leave(queue.id, { "X-Fingerprint": "phone-0001-with-the-newest-browser" })).status,
    ).toBe(200);
  });

  it("still asks for one", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await boundFan(server, shop);
    expect(refusal(await fan.enter(queue.id))).toEqual([400, "FP001"]);
  });

  it("has the shop's check go by the fingerprint of today, after an update", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await boundFan(server, shop);
    await fan.enter(queue.id, device);
    const { consumerId } = fan.tokens.session;
    await shop.call("POST", `/api/v1/queues/${queue.id}/admit`, { body: { consumerId } });
    const { admission } = (await fan.status(queue.id, updated)).body as { admission: { token: string } };
    const validate = (given: Record<string, string>) =>
      shop.call("POST", `/api/v1/queues/${queue.id}/validate`, {
        body: { token: admission.token, fingerprint: given["X-Fingerprint"] },
      });
    expect((await validate(updated)).status).toBe(200);
    expect(refusal(await validate(otherDevice))).toEqual([403, "FP002"]);
    const { dev } = decodeJwt(admission.token);
    const admissionId = decodeJwt(admission.token).jti;
    const hashed = createHash("sha256").update(`${admissionId}:${updated["X-Fingerprint"]}`).digest("hex");
    expect(dev).toBe(hashed);
  });

  it("refuses the same person with another key, whatever the fingerprint, and one without a key", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const fan = await boundFan(server, shop);
    const email = `${fan.tokens.session.consumerId}@example.com`;
    const signed = await signIn(fan, email);
    const here = fan.with(signed.body as unknown as SessionTokens);
    const entered = await here.enter(queue.id, device);
    expect(entered.status).toBe(201);
    const token = { "X-Line-Token": String(entered.body.lineToken) };

    const elsewhere = await boundFan(server, shop);
    const other = elsewhere.with((await signIn(elsewhere, email)).body as unknown as SessionTokens);
    const visitor = await shop.fan();
    const unbound = (await signIn(visitor, email)).body as unknown as SessionTokens;
    expect([other.tokens.session.consumerId, unbound.session.consumerId]).toEqual(
      Array(2).fill(here.tokens.session.consumerId),
    );
    for (const headers of [device, otherDevice, { ...device, ...token }]) {
      for (const verb of ["enter", "status", "leave"] as const)
        expect(refusal(await other[verb](queue.id, headers)), verb).toEqual([403, "FP002"]);
      const asked = await visitor.call("GET", `/api/v1/queues/${queue.id}/status`, {
        bearer: unbound.accessToken,
        headers,
      });
      expect(refusal(asked)).toEqual([403, "FP002"]);
    }
    expect((await here.status(queue.id, { ...device, ...token })).status).toBe(200);
  });

  it("takes note of the key of one who entered without, as long as the fingerprint is the entry's", async () => {
    const queue = await shop.queue({ requireFingerprint: true });
    const [fan, key] = [await shop.fan(), await newDeviceKey()];
    await fan.enter(queue.id, device);
    const proof = await proofOf(server, key, { path: "/api/v1/auth/otp/verify" });
    const signed = await signIn(fan, `${fan.consumerId}@example.com`, proof);
    const bound = (await boundFan(server, shop, key)).with(signed.body as unknown as SessionTokens);
    expect(refusal(await bound.status(queue.id, otherDevice))).toEqual([403, "FP002"]);
    expect((await bound.status(queue.id, device)).status).toBe(200);
    expect((await bound.status(queue.id, updated)).status).toBe(200);
    expect(refusal(await fan.status(queue.id, device))[0]).toBe(401);
  });

  it("keeps hashes of both, and of the key alone where no fingerprint was sent", async () => {
    const [asking, plain] = [await shop.queue({ requireFingerprint: true }), await shop.queue()];
    const fan = await boundFan(server, shop);
    await fan.enter(asking.id, device);
    await fan.enter(plain.id);
    const kept = async (queueId: string) =>
      (
        await server.db.query<{ device: Buffer }>("select device from entries where queue_id = $1", [
          testLine(server.db, queueId).queueId,
        ])
      )[0]?.device;
    expect(await kept(asking.id)).toHaveLength(32);
    expect((await kept(plain.id))?.subarray(0, 16)).toEqual(Buffer.alloc(16));
    await shop.call("PATCH", `/api/v1/queues/${plain.id}`, { body: { requireFingerprint: true } });
    expect((await fan.status(plain.id, device)).status).toBe(200);
  });
});

describe("a queue that requires no fingerprint", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());

  it("takes one or none on every call, but a malformed one on none", async () => {
    const shop = await server.shop();
    const queue = await shop.queue();
    const fan = await shop.fan();
    expect(errorOf(await fan.enter(queue.id, { "X-Fingerprint": "short" })).code).toBe("FP003");
    expect((await fan.enter(queue.id, device)).status).toBe(201);
    expect((await fan.status(queue.id, otherDevice)).status).toBe(200);
    expect((await fan.leave(queue.id)).status).toBe(200);
  });

  it("never refuses a consumer's own call for the device, bound to a key or not", async () => {
    const shop = await server.shop();
    const queue = await shop.queue();
    const fan = await boundFan(server, shop);
    const { lineToken } = (await fan.enter(queue.id, device)).body;
    const token = { "X-Line-Token": String(lineToken) };
    for (const headers of [otherDevice, {}, { ...otherDevice, ...token }])
      expect((await fan.status(queue.id, headers)).status).toBe(200);
    expect((await fan.leave(queue.id, otherDevice)).status).toBe(200);
  });
});
