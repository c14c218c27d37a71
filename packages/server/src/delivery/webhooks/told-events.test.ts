/** What a shop's own systems are told of lines, draws and the people in them. */
import { decodeId, type EventType, eventData } from "@stanchion/contract";
import * as v from "valibot";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  drawAmong,
  startTestReceiver,
  startTestServer,
  type TestReceiver,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

type EventBody = TestReceiver["received"][number]["body"] & { organizationId: string };

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe("what is told", () => {
  let server: TestServer;
  let shop: TestShop;
  let receiver: TestReceiver;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
    receiver = await startTestReceiver();
  });
  afterEach(async () => {
    const bodies = receiver.received.map(({ body }) => body);
    for (const { type, data } of bodies.flatMap((body) =>
      body.type.endsWith(".batch") ? (body.data.events as EventBody[]) : [body],
    ))
      expect([type, v.safeParse(eventData[type as EventType], data).issues]).toEqual([type, undefined]);
    await receiver.stop();
  });

  const told = (count: number) =>
    server.until(
      async () => receiver.received.map(({ body }) => body),
      (all) => all.length >= count,
    );
  const asShop = async (path: string, body: object) => {
    const answer = await shop.call("POST", `/api/v1/${path}`, { body });
    expect(answer.status, answer.text).toBeLessThan(300);
  };
  const tellOf = (...events: string[]) => asShop("webhook-endpoints", { url: receiver.url, events });
  const fillQueue = async (queueId: string, count: number): Promise<void> => {
    await server.db.query(
      `with line as (
        update lines set last_ticket = last_ticket + $2 where queue_id = $1 returning last_ticket - $2 as before)
      insert into entries (entry_id, queue_id, consumer_id, ticket, ahead_at_entry, entered_at, status, request_id)
      select gen_random_uuid(), $1, gen_random_uuid(), l.before + n, l.before + n - 1, stanchion_now(), 'QUEUED', 'req_filled'
      from line l, generate_series(1, $2::int) n`,
      [decodeId("queue", queueId), count],
    );
  };
  const consumers = ["entered", "admitted", "completed", "left", "denied", "expired"];
  const allOf = (kind: "queue" | "draw", names: readonly string[] = consumers) =>
    names.map((name) => `${kind}.consumer.${name}`);

  it("of somebody in a line is the whole way, in order and numbered, with what the shop knows of the entry", async () => {
    await tellOf(...allOf("queue"));
    const queue = await shop.queue();
    const fan = await shop.fan();
    const { body: entry } = await fan.enter(queue.id);
    await told(2);
    await asShop(`queues/${queue.id}/complete`, { consumerId: fan.consumerId, orderId: "order 1" });
    const [entered, admitted, completed] = await told(3);
    const known = {
      entryId: entry.entryId,
      queueId: queue.id,
      consumerId: fan.consumerId,
      ticket: 1,
      enteredAt: entry.enteredAt,
    };
    expect(entered).toMatchObject({
      type: "queue.consumer.entered",
      data: { sequence: 1, ...known, status: "QUEUED" },
    });
    expect(admitted?.data).toEqual({
      sequence: 2,
      ...known,
      status: "ADMITTED",
      admission: { id: expect.stringMatching(/^adm_/), expiresAt: expect.stringMatching(/Z$/) },
    });
    expect(completed).toMatchObject({ type: "queue.consumer.completed" });
    expect(completed?.data).toEqual({ sequence: 3, ...known, status: "COMPLETED" });
  });

  it("of those who leave, are denied and let their time pass is what became of each", async () => {
    await tellOf(...allOf("queue", ["left", "denied", "expired"]));
    const queue = await shop.queue({ completionGraceSeconds: 0, admissionExpirationSeconds: 10 });
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    const [leaving, denied, late] = await shop.fans(3);
    if (leaving === undefined || denied === undefined || late === undefined) throw new Error("no fans");
    for (const fan of [leaving, denied, late]) await fan.enter(queue.id);
    await leaving.leave(queue.id);
    await asShop(`queues/${queue.id}/deny`, { consumerId: denied.consumerId, reason: "a bot" });
    await asShop(`queues/${queue.id}/admit`, { consumerId: late.consumerId });
    await server.advance(11_000);
    const all = await told(3);
    expect(all.map(({ type, data }) => [type, data.sequence, data.consumerId])).toEqual([
      ["queue.consumer.left", 1, leaving.consumerId],
      ["queue.consumer.denied", 2, denied.consumerId],
      ["queue.consumer.expired", 3, late.consumerId],
    ]);
    expect(JSON.stringify(all)).not.toContain("a bot");
  });

  it("of many who come at once is each of them once, in the order of their tickets", async () => {
    const queue = await shop.queue();
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    const early = await shop.fan();
    await early.enter(queue.id);
    await tellOf("queue.consumer.entered");
    const fans = await shop.fans(40);
    await Promise.all(fans.map((fan) => fan.enter(queue.id)));
    const all = await told(40);
    expect(all.map(({ data }) => data.ticket)).toEqual(fans.map((_, at) => at + 2));
    expect(all.map(({ data }) => data.sequence)).toEqual(fans.map((_, at) => at + 1));
    expect(all.map(({ data }) => data.consumerId)).not.toContain(early.consumerId);
  });

  it("of a queue is its opening and its closing, by the clock and by hand, once each", async () => {
    const before = await shop.queue();
    await tellOf("queue.opened", "queue.closed");
    const byClock = await shop.queue({ openAt: inMs(600_000), closeAt: inMs(1_200_000) });
    const byHand = await shop.queue({ openAt: inMs(6_000_000) });
    const never = await shop.queue({ openAt: inMs(6_000_000) });
    await shop.call("POST", `/api/v1/queues/${byHand.id}/open`);
    await told(1);
    await shop.call("POST", `/api/v1/queues/${byHand.id}/pause`);
    await shop.call("POST", `/api/v1/queues/${byHand.id}/close`);
    await told(2);
    await shop.call("POST", `/api/v1/queues/${never.id}/close`);
    await told(3);
    await server.advance(600_001);
    await told(4);
    await server.advance(600_000);
    await told(5);
    await shop.call("POST", `/api/v1/queues/${before.id}/close`);
    const all = await told(6);
    expect(all.map(({ type, data }) => [type, data.id, data.status])).toEqual([
      ["queue.opened", byHand.id, "OPEN"],
      ["queue.closed", byHand.id, "CLOSED"],
      ["queue.closed", never.id, "CLOSED"],
      ["queue.opened", byClock.id, "OPEN"],
      ["queue.closed", byClock.id, "CLOSED"],
      ["queue.closed", before.id, "CLOSED"],
    ]);
  });

  it("of a draw is its way, and of those in it what became of them", async () => {
    await tellOf("draw.closed", "draw.completed", ...allOf("draw", ["entered", "left", "won", "completed"]));
    const [winner, leaving] = await shop.fans(2);
    if (winner === undefined || leaving === undefined) throw new Error("no fans");
    const aside = await shop.draw();
    await leaving.enterDraw(aside.id);
    await told(1);
    await leaving.leaveDraw(aside.id);
    await told(2);
    const drawId = await drawAmong(server, shop, [winner]);
    await told(6);
    await asShop(`draws/${drawId}/complete`, { consumerId: winner.consumerId });
    const all = await told(7);
    expect(all.map(({ type, data }) => [type, data.id ?? data.drawId, data.sequence, data.status])).toEqual([
      ["draw.consumer.entered", aside.id, 1, "ENTERED"],
      ["draw.consumer.left", aside.id, 2, "LEFT"],
      ["draw.consumer.entered", drawId, 1, "ENTERED"],
      ["draw.closed", drawId, 2, "CLOSED"],
      ["draw.consumer.won", drawId, 3, "WON"],
      ["draw.completed", drawId, 4, "COMPLETED"],
      ["draw.consumer.completed", drawId, 5, "COMPLETED"],
    ]);
    expect(all[4]?.data).toMatchObject({
      consumerId: winner.consumerId,
      admission: { id: expect.stringMatching(/^adm_/) },
    });
  });

  it("of a draw that is called off is that", async () => {
    await tellOf("draw.cancelled");
    const { id } = await shop.draw({ name: "Front row" });
    await shop.call("POST", `/api/v1/draws/${id}/cancel`);
    const [cancelled] = await told(1);
    expect(cancelled?.data).toMatchObject({ sequence: 1, id, name: "Front row", status: "CANCELLED" });
  });

  it("of many comes in batches where the endpoint takes them, whole and numbered as if each had come by itself", async () => {
    const count = 10_000;
    const queue = await shop.queue();
    await shop.call("POST", `/api/v1/queues/${queue.id}/pause`);
    const events = ["queue.consumer.entered", "queue.consumer.left"];
    await asShop("webhook-endpoints", { url: receiver.url, events, maxPerBatch: 1_000 });
    await fillQueue(queue.id, count);
    const fan = await shop.fan();
    await fan.enter(queue.id);
    await fan.leave(queue.id);
    await server.until(
      async () => receiver.received.map(({ body }) => body.type),
      (types) => types.includes("queue.consumer.left"),
    );
    const bodies = receiver.received.map(({ body }) => body);
    const left = bodies.pop();
    expect(left?.data.sequence).toBe(count + 2);
    expect(new Set(bodies.map(({ type }) => type))).toEqual(new Set(["queue.consumer.entered.batch"]));
    const inside = bodies.flatMap(({ data }) => data.events as EventBody[]);
    expect(inside.map(({ data }) => [data.sequence, data.ticket])).toEqual(
      Array.from({ length: count + 1 }, (_, at) => [at + 1, at + 1]),
    );
    expect(new Set([...inside, ...bodies].map(({ id }) => id)).size).toBe(count + 1 + bodies.length);
    expect(inside.at(-1)).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      type: "queue.consumer.entered",
      organizationId: shop.organizationId,
      data: { consumerId: fan.consumerId, status: "QUEUED" },
    });
    for (const { text } of receiver.received) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(262_144);
    // Each as long as it may be: 256 KiB hold some six hundred.
    expect(bodies.length).toBeLessThan(30);
  });

  it("of those who lost is each of them once, in batches too, and a later seat comes behind it", async () => {
    const one = await startTestReceiver();
    await tellOf("draw.consumer.lost", "draw.consumer.won");
    const batched = { url: one.url, events: ["draw.consumer.lost"], maxPerBatch: 100 };
    await asShop("webhook-endpoints", batched);
    const fans = await shop.fans(4);
    const drawId = await drawAmong(server, shop, fans, { winnerCount: 1, backfill: true });
    const [first] = (await told(4)).filter(({ type }) => type === "draw.consumer.won");
    const lost = () => receiver.received.filter(({ body }) => body.type === "draw.consumer.lost");
    expect(lost().map(({ body }) => body.data)).toEqual(
      lost().map(({ body: { data } }) => ({
        sequence: data.sequence,
        entryId: expect.stringMatching(/^ent_/),
        drawId,
        consumerId: data.consumerId,
        status: "LOST",
      })),
    );
    const losers = fans.map(({ consumerId }) => consumerId).filter((id) => id !== first?.data.consumerId);
    expect(lost().map(({ body }) => body.data.consumerId)).toEqual(losers);
    const winner = fans.find(({ consumerId }) => consumerId === first?.data.consumerId);
    await winner?.leaveDraw(drawId);
    await server.advance(66_000);
    const promoted = (await told(5)).at(-1);
    expect([promoted?.type, promoted?.data.sequence]).toEqual(["draw.consumer.won", 5]);
    expect(losers).toContain(promoted?.data.consumerId);
    expect(lost().length).toBe(3);
    await server.until(
      async () => one.received.length,
      (length) => length > 0,
    );
    expect(one.received.map(({ body }) => body.type)).toEqual(["draw.consumer.lost.batch"]);
    const inside = one.received.flatMap(({ body }) => body.data.events as EventBody[]);
    expect(inside.map(({ data }) => [data.sequence, data.consumerId])).toEqual(
      losers.map((id, at) => [at + 1, id]),
    );
    await one.stop();
  });

  it("of draws that were published before is not who lost", async () => {
    const early = await drawAmong(server, shop, await shop.fans(2), { winnerCount: 1 });
    await tellOf("draw.consumer.lost");
    const late = await drawAmong(server, shop, await shop.fans(3), { winnerCount: 1 });
    const all = await told(2);
    expect(all.map(({ data }) => data.drawId)).toEqual([late, late]);
    const rows = await server.db.query(
      "select from event_watches where distribution_id = $1 and last_lost = 2",
      [decodeId("draw", early)],
    );
    expect(rows.length).toBe(1);
  });

  it("goes to the shop itself and nobody else, and is noted nowhere where nobody is told", async () => {
    const other = await server.shop();
    await tellOf(...allOf("queue"));
    const queue = await other.queue();
    const fan = await other.fan();
    await fan.enter(queue.id);
    await server.until(
      () => fan.status(queue.id),
      ({ body }) => body.status === "ADMITTED",
    );
    await fan.leave(queue.id);
    const own = await shop.queue();
    await (await shop.fan()).enter(own.id);
    const all = await told(2);
    expect(all.map(({ data }) => data.queueId)).toEqual([own.id, own.id]);
    const rows = await server.db.query("select from webhook_deliveries where organization_id = $1", [
      decodeId("organization", other.organizationId),
    ]);
    expect(rows).toEqual([]);
  });
});
