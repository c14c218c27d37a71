import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
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
});
