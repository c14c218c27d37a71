/** Streams of events by a process that has no worker, from a worker that has no streams. */
import { decodeId, eventTypes, limits } from "@stanchion/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  errorOf,
  openStream,
  startTestReceiver,
  startTestServer,
  type TestReceiver,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const path = "/api/v1/events/stream";
const both = ["queue.paused", "queue.resumed"];

describe("a stream of events", () => {
  let server: TestServer;
  let worker: TestServer;
  let shop: TestShop;
  let receiver: TestReceiver;
  const open: Awaited<ReturnType<typeof openStream>>[] = [];
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    worker = await startTestServer({ database: server.db });
  });
  afterAll(async () => {
    await worker.stop();
    await server.stop();
  });
  beforeEach(async () => {
    shop = await server.shop();
    receiver = await startTestReceiver();
  });
  afterEach(async () => {
    for (const stream of open.splice(0)) await stream.abort();
    await receiver.stop();
  });

  const listen = async (query = "", bearer = shop.secretKey) => {
    const stream = await openStream(`${server.url}${path}${query}`, { Authorization: `Bearer ${bearer}` });
    open.push(stream);
    await server.until(stream.events, (all) => all.length > 0);
    const events = () => stream.all.filter(({ event }) => event === "event").map(({ data }) => data);
    const bodies = () => events().map(({ body }) => JSON.parse(String(body)));
    const told = (count: number) =>
      server.until(
        async () => bodies(),
        (all) => all.length >= count,
      );
    return { stream, events, bodies, told };
  };
  type Listening = Awaited<ReturnType<typeof listen>>;
  const cursorOf = ({ stream }: Listening): string => String(stream.all.at(-1)?.data.cursor);
  const turn = async (queueId: string, times: number): Promise<void> => {
    for (let done = 0; done < times; done += 1)
      await shop.call("POST", `/api/v1/queues/${queueId}/${done % 2 === 0 ? "pause" : "resume"}`);
  };
  const listenersLeft = async (): Promise<number> => {
    const values = [decodeId("organization", shop.organizationId)];
    const [row] = await server.db.query<{ count: number }>(
      `select (select count(*) from event_listeners where organization_id = $1)::int
         + (select count(*) from webhook_deliveries where organization_id = $1)::int
         + (select count(*) from webhook_sequences where organization_id = $1)::int
         + (select cardinality(types) from event_subscriptions where organization_id = $1)::int as count`,
      values,
    );
    return row?.count ?? 0;
  };

  it("tells what an endpoint is sent, byte for byte and in its order", async () => {
    const listening = await listen();
    expect(listening.stream.all[0]).toMatchObject({
      event: "listening",
      data: { hasGoneOn: false, types: [...eventTypes] },
    });
    const { headers } = listening.stream.answer;
    expect(["cache-control", "vary", "access-control-allow-origin"].map((name) => headers.get(name))).toEqual(
      ["no-store", "Origin", null],
    );
    expect(headers.get("x-ratelimit-remaining")).not.toBeNull();
    const body = { url: receiver.url, events: [...eventTypes] };
    await shop.call("POST", "/api/v1/webhook-endpoints", { body });
    const queue = await shop.queue();
    await turn(queue.id, 4);
    await (await shop.fan()).enter(queue.id);
    const bodies = await listening.told(7);
    await server.until(
      async () => receiver.received.length,
      (length) => length >= 7,
    );
    expect(listening.events().map((event) => event.body)).toEqual(receiver.received.map(({ text }) => text));
    expect(listening.events().map(({ id, type }) => [id, type])).toEqual(
      bodies.map(({ id, type }) => [id, type]),
    );
    expect(bodies.map(({ data }) => data.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it("tells of the types that were asked for, of one's own organization and mode, and in batches if wished", async () => {
    const other = await server.shop();
    const paused = await listen(`?types=${both[0]}`);
    const entered = await listen("?types=queue.consumer.entered&maxPerBatch=100");
    const theirs = await listen("", other.secretKey);
    const queue = await shop.queue();
    await turn(queue.id, 3);
    await (await shop.fan()).enter(queue.id);
    const [batch] = await entered.told(1);
    expect(batch.type).toBe("queue.consumer.entered.batch");
    const bodies = await paused.told(2);
    expect(bodies.map(({ type, data }) => [type, data.sequence])).toEqual([
      ["queue.paused", 1],
      ["queue.paused", 2],
    ]);
    expect(theirs.bodies()).toEqual([]);
  });

  it("goes on where it broke, with all that happened meanwhile and what may have been lost on the way", async () => {
    const queue = await shop.queue();
    const first = await listen(`?types=${both}`);
    await turn(queue.id, 2);
    await first.told(2);
    const cursor = String(first.events()[0]?.cursor);
    await first.stream.abort();
    await turn(queue.id, 2);
    const second = await listen(`?after=${cursor}`);
    expect(second.stream.all[0]?.data).toMatchObject({ hasGoneOn: true, cursor });
    const bodies = await second.told(3);
    expect(bodies.map(({ type, data }) => [type, data.sequence])).toEqual([
      ["queue.resumed", 2],
      ["queue.paused", 3],
      ["queue.resumed", 4],
    ]);
    const third = await openStream(server.url + path, {
      Authorization: `Bearer ${shop.secretKey}`,
      "Last-Event-ID": cursorOf(second),
    });
    open.push(third);
    await server.until(third.events, (all) => all.length > 0);
    expect(third.all[0]?.data.hasGoneOn).toBe(true);
    const ended = await server.until(second.stream.events, (all) => all.at(-1)?.event === "ended");
    expect(ended.at(-1)?.data).toEqual({ reason: "REPLACED" });
  });

  it("leaves nothing behind within a minute after it is gone", async () => {
    const listening = await listen();
    const queue = await shop.queue();
    await turn(queue.id, 1);
    await listening.told(1);
    expect(await listenersLeft()).toBeGreaterThan(0);
    const cursor = cursorOf(listening);
    await listening.stream.abort();
    await server.advance(45_000);
    await server.until(listenersLeft, (count) => count === 0);
    const late = await listen(`?after=${cursor}`);
    expect(late.stream.all[0]?.data.hasGoneOn).toBe(false);
  });

  it("ends with the key that it was opened with", async () => {
    const body = { name: "Developer", kind: "secret", scopes: ["webhooks:read"] };
    const { body: key } = await shop.call("POST", "/api/v1/api-keys", { body });
    const listening = await listen("", String(key.key));
    await shop.call("POST", `/api/v1/api-keys/${key.id}/revoke`);
    const all = await server.until(listening.stream.events, (events) => events.at(-1)?.event === "ended");
    expect(all.at(-1)?.data).toEqual({ reason: "CREDENTIAL_ENDED" });
  });

  it("is one of five at most, and asks for types that there are", async () => {
    for (let opened = 0; opened < limits.eventListenersMax; opened += 1) await listen();
    const refused = await shop.call("GET", path);
    expect(errorOf(refused)).toMatchObject({
      code: "INVALID_STATE",
      details: { state: "LISTENERS_FULL", limit: limits.eventListenersMax },
    });
    for (const query of ["?types=queue.melted", "?types=", "?maxPerBatch=1001", "?no-such-parameter=1"])
      expect((await shop.call("GET", path + query)).status, query).toBe(400);
  });

  it("tells of an example that says it is one, to who listens to its type or to the endpoint that is named", async () => {
    const trigger = (body: object) => shop.call("POST", "/api/v1/events/trigger", { body });
    const type = "queue.consumer.admitted";
    expect((await trigger({ type })).body).toMatchObject({ listeners: 0, deliveryId: null });
    const listening = await listen(`?types=${type}`);
    const { body: triggered } = await trigger({ type });
    expect(triggered).toMatchObject({ type, listeners: 1 });
    expect((await trigger({ type: "draw.closed" })).body.listeners).toBe(0);
    const [body] = await listening.told(1);
    expect(body).toMatchObject({ id: triggered.eventId, type, sample: true, data: { sequence: 0 } });

    const made = { url: receiver.url, events: ["draw.closed"] };
    const { body: endpoint } = await shop.call("POST", "/api/v1/webhook-endpoints", { body: made });
    const { body: sent } = await trigger({ type, webhookEndpointId: endpoint.id });
    expect(sent).toMatchObject({ listeners: 0, deliveryId: expect.stringMatching(/^whd_/) });
    const [received] = await server.until(
      async () => receiver.received,
      (all) => all.length > 0,
    );
    expect(received?.body).toMatchObject({ id: sent.eventId, type, sample: true });
    const unknown = await trigger({ type, webhookEndpointId: "whe_01m8dded21ebw9spaztmp9hdwg" });
    expect(errorOf(unknown).issues?.map((issue) => issue.type)).toEqual(["reference"]);
    await shop.call("PATCH", `/api/v1/webhook-endpoints/${endpoint.id}`, { body: { status: "DISABLED" } });
    expect(errorOf(await trigger({ type, webhookEndpointId: endpoint.id })).code).toBe("INVALID_STATE");
  });
});
