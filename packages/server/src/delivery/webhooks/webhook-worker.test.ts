import { decodeId } from "@stanchion/contract";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestReceiver,
  startTestServer,
  type TestReceiver,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const hooks = "/api/v1/webhook-endpoints";
const both = ["queue.paused", "queue.resumed"];

interface Delivery {
  readonly id: string;
  readonly eventId: string;
  readonly status: string;
  readonly body: string;
  readonly nextAttemptAt: string | null;
  readonly attempts: readonly { status: number | null; failure: string | null; answer: string | null }[];
}

describe("webhooks", () => {
  let server: TestServer;
  let shop: TestShop;
  let receiver: TestReceiver;
  beforeAll(async () => {
    server = await startTestServer({ env: { WEBHOOK_RETRY_SECONDS: "0,0,0,0,0,0,0" } });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
    receiver = await startTestReceiver();
  });
  afterEach(() => receiver.stop());

  const endpoint = async (settings: Record<string, unknown> = {}) => {
    const body = { url: `${receiver.url}/hooks`, events: both, ...settings };
    return (await shop.call("POST", hooks, { body })).body as { id: string; secret: string };
  };
  const test = async (id: string) => (await shop.call("POST", `${hooks}/${id}/test`)).body;
  const deliveries = async (id: string): Promise<readonly Delivery[]> =>
    (await shop.call("GET", `${hooks}/${id}/deliveries?first=100`)).body.data as Delivery[];
  const read = async (id: string) => (await shop.call("GET", `${hooks}/${id}`)).body;
  const ended = (id: string) =>
    server.until(
      () => deliveries(id),
      (all) => all.length > 0 && all.every(({ status }) => status !== "PENDING"),
    );
  const arrived = (count: number) =>
    server.until(
      async () => receiver.received.length,
      (length) => length >= count,
    );
  const pauseAndResume = async (queueId: string, times: number): Promise<void> => {
    for (let turn = 0; turn < times; turn += 1)
      await shop.call("POST", `/api/v1/queues/${queueId}/${turn % 2 === 0 ? "pause" : "resume"}`);
  };

  it("are signed so that two foreign verifiers take them, and none once a byte is another", async () => {
    const { id, secret } = await endpoint();
    const sent = await test(id);
    await arrived(1);
    const [webhook] = receiver.received;
    if (webhook === undefined) throw new Error("nothing came");
    const headers = webhook.headers as Record<string, string>;
    expect(headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "webhook-id": sent.eventId,
    });
    expect(new Webhook(secret).verify(webhook.text, headers)).toEqual(webhook.body);
    for (const verifier of [new Webhook(secret), new SvixWebhook(secret)]) {
      expect(() => verifier.verify(webhook.text, headers)).not.toThrow();
      expect(() => verifier.verify(webhook.text.replace("test", "tost"), headers)).toThrow();
    }
    expect(webhook.body).toEqual({
      id: sent.eventId,
      type: "webhook.test",
      timestamp: expect.stringMatching(/Z$/),
      organizationId: shop.organizationId,
      data: { webhookEndpointId: id },
    });
    const [delivery] = await ended(id);
    expect(delivery).toMatchObject({ status: "DELIVERED", body: webhook.text, nextAttemptAt: null });
    expect(delivery?.attempts).toMatchObject([{ status: 204, failure: null, answer: "" }]);
  });

  it("carry the signatures of both secrets while one is rotated, and of the new one alone afterwards", async () => {
    const { id, secret } = await endpoint();
    const path = `${hooks}/${id}/rotate-secret`;
    const next = String((await shop.call("POST", path, { body: { overlapSeconds: 60 } })).body.secret);
    await test(id);
    await arrived(1);
    await server.advance(61_000);
    await test(id);
    await arrived(2);
    const isTakenBy = (given: string, at: number): boolean => {
      const webhook = receiver.received[at];
      try {
        new Webhook(given).verify(webhook?.text ?? "", webhook?.headers as Record<string, string>);
        return true;
      } catch {
        return false;
      }
    };
    expect([isTakenBy(secret, 0), isTakenBy(next, 0)]).toEqual([true, true]);
    expect([isTakenBy(secret, 1), isTakenBy(next, 1)]).toEqual([false, true]);
  });

  it("tell what becomes of a queue, in order, numbered without gaps for each endpoint and queue", async () => {
    const all = await endpoint();
    const paused = await endpoint({ url: `${receiver.url}/paused`, events: ["queue.paused"] });
    const [one, two] = [await shop.queue(), await shop.queue()];
    await pauseAndResume(one.id, 6);
    await pauseAndResume(two.id, 2);
    await arrived(12);
    await ended(all.id);
    const told = (path: string, queueId: string) =>
      receiver.received
        .filter((webhook) => webhook.path === path && webhook.body.data.id === queueId)
        .map(({ body }) => [body.data.sequence, body.type, body.data.status]);
    const [pause, resume] = [
      ["queue.paused", "PAUSED"],
      ["queue.resumed", "OPEN"],
    ];
    expect(told("/hooks", one.id)).toEqual(
      [pause, resume, pause, resume, pause, resume].map((what, at) => [at + 1, ...(what ?? [])]),
    );
    expect(told("/hooks", two.id)).toEqual([
      [1, ...(pause ?? [])],
      [2, ...(resume ?? [])],
    ]);
    expect(told("/paused", one.id)).toEqual([1, 2, 3].map((at) => [at, ...(pause ?? [])]));
    expect((await ended(paused.id)).length).toBe(4);
  });

  it("are not noted at all where nobody is told", async () => {
    const queue = await shop.queue();
    await pauseAndResume(queue.id, 2);
    const { id } = await endpoint({ events: ["queue.resumed"] });
    await pauseAndResume(queue.id, 2);
    await arrived(1);
    await ended(id);
    expect(receiver.received.map(({ body }) => [body.type, body.data.sequence])).toEqual([
      ["queue.resumed", 1],
    ]);
    expect(await server.db.query("select * from events")).toEqual([]);
  });

  it("come again with the same id and the same bytes until they are taken", async () => {
    const answers = [500, 302, 404, 200];
    receiver.answer = (_, response) =>
      void response.writeHead(answers.shift() ?? 200, { Location: `${receiver.url}/elsewhere` }).end("no");
    const { id } = await endpoint();
    await test(id);
    const [delivery] = await ended(id);
    expect(delivery?.attempts.map(({ status }) => status)).toEqual([500, 302, 404, 200]);
    expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(receiver.received.map(({ path }) => path)).not.toContain("/elsewhere");
    expect((await read(id)).failingSinceAt).toBeNull();
  });

  it("are given up after eight attempts, and begin anew when they are replayed", async () => {
    let status = 500;
    receiver.answer = (_, response) => void response.writeHead(status).end();
    const { id } = await endpoint();
    const { id: deliveryId, eventId } = await test(id);
    expect((await ended(id)).map((one) => [one.status, one.attempts.length])).toEqual([["FAILED", 8]]);
    expect((await read(id)).failingSinceAt).not.toBeNull();
    status = 200;
    const replay = (body: object) => shop.call("POST", `${hooks}/${id}/replay`, { body });
    expect((await replay({ deliveryId })).body).toEqual({ replayed: 1, nextFrom: null });
    const [delivered] = await ended(id);
    expect(delivered).toMatchObject({ status: "DELIVERED", eventId });
    expect(delivered?.attempts.map((one) => one.status)).toEqual([...Array(8).fill(500), 200]);
    const from = new Date(Date.now() - 3_600_000).toISOString();
    expect((await replay({ from })).body).toEqual({ replayed: 0, nextFrom: null });
    expect((await replay({ from, includeDelivered: true })).body.replayed).toBe(1);
    await arrived(10);
    expect(new Set(receiver.received.map(({ text }) => text)).size).toBe(1);
    const wrong = await replay({ deliveryId, from });
    expect(errorOf(wrong).issues?.map(({ message }) => message)).toEqual([
      "from must be left out where deliveryId is given.",
    ]);
    for (const body of [{}, { includeDelivered: true }]) {
      const [nothing, ...more] = errorOf(await replay(body)).issues ?? [];
      expect([nothing?.path, more]).toEqual([[], []]);
      expect(nothing?.message).toBe("The body must be an object with deliveryId, or with from, to or both.");
    }
    expect(errorOf(await replay({ from, to: from })).issues?.map(({ type }) => type)).toEqual(["order"]);
  });

  it("wait as long as the receiver asks for", async () => {
    receiver.answer = (_, response) =>
      void response.writeHead(receiver.received.length === 1 ? 503 : 204, { "Retry-After": "300" }).end();
    const { id } = await endpoint();
    await test(id);
    const [waiting] = await server.until(
      () => deliveries(id),
      ([one]) => one?.attempts.length === 1,
    );
    const [{ now } = { now: new Date() }] = await server.db.query<{ now: Date }>(
      "select stanchion_now() as now",
    );
    const waitMs = Date.parse(waiting?.nextAttemptAt ?? "") - now.getTime();
    expect(waitMs).toBeGreaterThan(290_000);
    expect(waitMs).toBeLessThanOrEqual(300_000);
    await server.advance(301_000);
    expect((await ended(id))[0]?.status).toBe("DELIVERED");
  });

  it("end for good where the receiver is gone, on the record", async () => {
    receiver.answer = (_, response) => void response.writeHead(410).end();
    const { id } = await endpoint();
    await test(id);
    const off = await server.until(
      () => read(id),
      ({ status }) => status === "DISABLED",
    );
    expect(off).toMatchObject({ disabledReason: "GONE", version: 2 });
    expect((await deliveries(id)).map(({ status }) => status)).toEqual(["FAILED"]);
    const { data } = (await shop.call("GET", "/api/v1/audit-log?action=webhook_endpoint.disabled")).body;
    expect(data).toMatchObject([{ actor: { type: "system" }, target: { id } }]);
  });

  it("end where nothing has gone through for seven days", async () => {
    receiver.answer = (_, response) => void response.writeHead(500).end();
    const { id } = await endpoint();
    await test(id);
    await ended(id);
    await server.advance(7 * 86_400_000);
    await test(id);
    const off = await server.until(
      () => read(id),
      ({ status }) => status === "DISABLED",
    );
    expect(off.disabledReason).toBe("FAILING");
  });

  it("to a receiver that never answers delay nobody else's", async () => {
    const silent = await startTestReceiver();
    silent.answer = () => {};
    const slow = await endpoint({ url: silent.url });
    for (let sent = 0; sent < 30; sent += 1) await test(slow.id);
    await server.until(
      async () => silent.received.length,
      (length) => length > 0,
    );
    const quick = await endpoint();
    await test(quick.id);
    await ended(quick.id);
    expect((await deliveries(slow.id)).every(({ status }) => status === "PENDING")).toBe(true);
    await silent.stop();
  });

  it("are no more a minute than the endpoint takes", async () => {
    const { id } = await endpoint({ maxPerMinute: 3 });
    for (let sent = 0; sent < 7; sent += 1) await test(id);
    await arrived(3);
    await server.advance(30_000);
    await test(id);
    expect(receiver.received.length).toBe(3);
    await server.advance(31_000);
    await arrived(6);
    await server.advance(61_000);
    await arrived(8);
    expect((await ended(id)).length).toBe(8);
  });

  it("show of an answer its beginning, without what looks like a secret, and read no more of it", async () => {
    const told = `Bearer abcdef123456 whsec_c2VjcmV0c2VjcmV0 sk_test_0123456789 \u0000 ${"x".repeat(2_000_000)}`;
    receiver.answer = (_, response) => void response.writeHead(400).end(told);
    const { id } = await endpoint();
    await test(id);
    const [delivery] = await ended(id);
    const [attempt] = delivery?.attempts ?? [];
    expect(attempt?.answer?.length).toBe(1_000);
    expect(attempt?.answer?.slice(0, 40)).toBe("Bearer *** whsec_*** sk_test_***   xxxxx");
  });

  it("count in the quota of deliveries, each once", async () => {
    const { organizationId } = shop;
    await server.db.query(
      `insert into organization_quotas (organization_id, deliveries)
       select id, 2 from organizations where id = $1`,
      [decodeId("organization", organizationId)],
    );
    receiver.answer = (_, response) =>
      void response.writeHead(receiver.received.length === 1 ? 500 : 204).end();
    const { id } = await endpoint();
    await test(id);
    await ended(id);
    await test(id);
    await arrived(3);
    await test(id);
    await server.until(
      () => deliveries(id),
      ([newest]) => Date.parse(newest?.nextAttemptAt ?? "") > Date.now() + 3_600_000,
    );
    expect(receiver.received.length).toBe(3);
  });
});
