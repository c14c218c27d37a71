/** A worker that is killed again and again while it sends, to a receiver that fails at random. */
import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startTestReceiver,
  startTestServer,
  type TestReceiver,
  type TestServer,
  type TestShop,
} from "../packages/server/src/testing/index.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

const isFull = process.env.FULL === "1";
const killCount = isFull ? 20 : 4;
const queueCount = 10;
const eventsPerQueue = isFull ? 1_000 : 100;
const eventCount = queueCount * eventsPerQueue;
/** Longer than a lease: what a dead worker held is free. */
const leaseOverMs = 5_000;

describe("webhooks whose worker is killed again and again", () => {
  let server: TestServer;
  let shop: TestShop;
  let receiver: TestReceiver;
  let batches: TestReceiver;
  let worker: ServerProcess | undefined;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
    receiver = await startTestReceiver();
    batches = await startTestReceiver();
    const failNowAndThen: TestReceiver["answer"] = (_, response) => {
      const chance = Math.random();
      if (chance < 0.1) response.writeHead(500).end();
      else if (chance < 0.15) response.socket?.resetAndDestroy();
      else if (chance < 0.2) setTimeout(() => response.writeHead(204).end(), 100);
      else response.writeHead(204).end();
    };
    receiver.answer = failNowAndThen;
    batches.answer = failNowAndThen;
  });
  afterAll(async () => {
    await worker?.kill("SIGKILL");
    await receiver.stop();
    await batches.stop();
    await server.stop();
  });

  const undelivered = async (): Promise<number> => {
    const [row] = await server.db.query<{ count: number }>(
      `select (select count(*) from events)::int
         + (select coalesce(sum(last - told), 0) from untold_arrivals)::int
         + (select count(*) from webhook_deliveries where status <> 'DELIVERED')::int as count`,
    );
    return row?.count ?? 0;
  };
  /** Everybody once, whole and numbered without gaps, however often a batch came. */
  const expectWholeBatches = ({ received }: TestReceiver, queues: readonly string[]): void => {
    const texts = new Map<string, string>();
    for (const { headers, text } of received) {
      const id = String(headers["webhook-id"]);
      expect(texts.get(id) ?? text).toBe(text);
      texts.set(id, text);
    }
    const inside = [...texts.values()].flatMap((text) => JSON.parse(text).data.events);
    expect(new Set(inside.map(({ id }) => id)).size).toBe(eventCount);
    for (const queue of queues) {
      const own = inside.map(({ data }) => data).filter(({ queueId }) => queueId === queue);
      expect(
        own.toSorted((a, b) => a.sequence - b.sequence).map(({ sequence, ticket }) => [sequence, ticket]),
      ).toEqual(Array.from({ length: eventsPerQueue }, (_, at) => [at + 1, at + 1]));
    }
  };
  const startWorker = () =>
    startServerProcess("worker", {
      databaseUrl: server.db.url,
      env: {
        WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "1",
        WEBHOOK_RETRY_SECONDS: Array(20).fill("0").join(),
      },
    });

  it(`arrive all, with one id and one text each and numbered without gaps, through ${killCount} kills`, {
    timeout: 600_000,
  }, async () => {
    const body = { url: receiver.url, events: ["queue.consumer.left"], maxPerMinute: 100_000 };
    const { id: endpointId } = (await shop.call("POST", "/api/v1/webhook-endpoints", { body })).body;
    const queues: string[] = [];
    for (let made = 0; made < queueCount; made += 1) queues.push((await shop.queue()).id);
    for (const id of queues) await shop.call("POST", `/api/v1/queues/${id}/pause`);
    const batched = { url: batches.url, events: ["queue.consumer.entered"], maxPerBatch: 50 };
    await shop.call("POST", "/api/v1/webhook-endpoints", { body: batched });
    // By turns, as if the queues were busy at the same time.
    await server.db.query(
      `insert into events (id, organization_id, is_live, distribution_id, type, data, occurred_at)
       select gen_random_uuid(), $1, false, q.id, 'queue.consumer.left', json_build_object('turn', n, 'of', q.id), now()
       from generate_series(1, $2) n, unnest($3::uuid[]) q (id) order by n`,
      [
        decodeId("organization", shop.organizationId),
        eventsPerQueue,
        queues.map((id) => decodeId("queue", id)),
      ],
    );
    await server.db.query(
      `with filled as (
        insert into entries (entry_id, queue_id, consumer_id, ticket, ahead_at_entry, entered_at, status, request_id)
        select gen_random_uuid(), q.id, gen_random_uuid(), n, n - 1, now(), 'QUEUED', 'req_filled'
        from generate_series(1, $1) n, unnest($2::uuid[]) q (id)
      ) update lines set last_ticket = $1 where queue_id = any ($2::uuid[])`,
      [eventsPerQueue, queues.map((id) => decodeId("queue", id))],
    );
    let kills = 0;
    while (kills < killCount && (await undelivered()) > 0) {
      worker = await startWorker();
      // At any moment of its work: what it is in the middle of is left to chance.
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 600));
      await worker.kill("SIGKILL");
      kills += 1;
      await server.advance(leaseOverMs);
    }
    const left = await undelivered();
    const startedAtMs = performance.now();
    worker = await startWorker();
    const deadline = Date.now() + 300_000;
    while ((await undelivered()) > 0 && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const tookMs = performance.now() - startedAtMs;
    expect([kills, await undelivered()]).toEqual([killCount, 0]);
    expect(left).toBeGreaterThan(0);

    const { received } = receiver;
    const texts = new Map<string, string>();
    for (const { headers, text } of received) {
      const id = String(headers["webhook-id"]);
      expect(texts.get(id) ?? text).toBe(text);
      texts.set(id, text);
    }
    expect(texts.size).toBe(eventCount);
    const told = [...texts.values()].map((text) => JSON.parse(text).data);
    for (const queue of queues) {
      const own = told.filter(({ of }) => of === decodeId("queue", queue));
      expect(
        own.toSorted((a, b) => a.sequence - b.sequence).map(({ sequence, turn }) => [sequence, turn]),
      ).toEqual(Array.from({ length: eventsPerQueue }, (_, at) => [at + 1, at + 1]));
    }
    expectWholeBatches(batches, queues);
    const rate = Math.round((left / tookMs) * 1_000);
    console.log(
      `${eventCount} events to ${endpointId}: ${received.length} requests through ${kills} kills; the last ${left} at ${rate} a second.`,
    );
  });
});
