import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { decodeId } from "@stanchion/contract";
import type { Database } from "../../packages/server/src/platform/database/index.ts";
import { startMeasuredServer } from "./measured-server.ts";

interface Shop {
  readonly organizationId: string;
  readonly secretKey: string;
}

const deliveries = 20_000;
const queueCount = 10;
const eventsPerSecond = 5_000;
const lagSeconds = 10;
const partMs = 20;
const patienceMs = 300_000;

/**
 * What a worker in a process of its own sends: deliveries a second to a receiver on this machine that answers at once, and how
 * far behind it is while 5,000 events a second happen, one by one from the commit to the delivery's row, and in batches from the
 * commit to the first attempt's arrival.
 */
export async function measureWebhooks(
  env: Record<string, string>,
  database: Database,
  makeShop: () => Promise<Shop>,
): Promise<object> {
  const { pool } = database;
  const receiver = await startReceiver();
  const worker = await startMeasuredServer({
    ...env,
    BENCH_WORKER: "1",
    WEBHOOKS_ALLOW_PRIVATE_NETWORKS: "1",
  });
  const ask = async (shop: Shop, path: string, body: object = {}): Promise<{ id: string }> => {
    const answer = await fetch(`http://127.0.0.1:${worker.port}/api/v1/${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${shop.secretKey}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { id: string };
  };
  const begin = async (events: string[], maxPerBatch: number) => {
    const shop = await makeShop();
    const queues: string[] = [];
    for (let made = 0; made < queueCount; made += 1) {
      const { id } = await ask(shop, "queues", { name: `told ${made}`, admitRate: 1 });
      await ask(shop, `queues/${id}/pause`);
      queues.push(decodeId("queue", id) ?? "");
    }
    const { id } = await ask(shop, "webhook-endpoints", { url: receiver.url, events, maxPerBatch });
    const endpointId = decodeId("webhookEndpoint", id);
    // More than anybody may set: the sending is measured, not its limit.
    await pool.query("update webhook_endpoints set max_per_minute = 100000000 where id = $1", [endpointId]);
    receiver.clear();
    return { organizationId: decodeId("organization", shop.organizationId), queues, endpointId };
  };
  const until = async (isThere: () => Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + patienceMs;
    while (!(await isThere())) {
      if (Date.now() > deadline) throw new Error("the deliveries did not arrive in time");
      await wait(20);
    }
  };
  const note = (organizationId: string | null, queues: readonly string[], perQueue: number) =>
    pool.query(
      `insert into events (id, organization_id, is_live, distribution_id, type, data, occurred_at)
       select gen_random_uuid(), $1, false, q.id, 'queue.consumer.left', '{"status":"LEFT"}', clock_timestamp()
       from generate_series(1, $2::int), unnest($3::uuid[]) q (id)`,
      [organizationId, perQueue, queues],
    );

  try {
    const sent = await begin(["queue.consumer.left"], 1);
    const before = await worker.facts();
    const startedAtMs = performance.now();
    await note(sent.organizationId, sent.queues, deliveries / queueCount);
    await until(async () => receiver.count() >= deliveries);
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const after = await worker.facts();

    const alone = await begin(["queue.consumer.left"], 1);
    await atSpeed((perQueue) => note(alone.organizationId, alone.queues, perQueue));
    await until(async () => {
      const { rows } = await pool.query<{ left: boolean }>("select exists (select from events) as left");
      return rows[0]?.left === false;
    });
    const { rows } = await pool.query<{ p50: number; p99: number }>(
      `select percentile_cont(0.5) within group (order by ms) as p50, percentile_cont(0.99) within group (order by ms) as p99
       from (select extract(epoch from created_at - (body::json->>'timestamp')::timestamptz) * 1000 as ms
         from webhook_deliveries where endpoint_id = $1) d`,
      [alone.endpointId],
    );
    await pool.query("update webhook_endpoints set disabled_at = now() where id = $1", [alone.endpointId]);

    const batched = await begin(["queue.consumer.entered"], 1_000);
    await atSpeed((perQueue) =>
      pool.query(
        `with line as (
           update lines set last_ticket = last_ticket + $2 where queue_id = any ($1::uuid[]) returning queue_id, last_ticket - $2 as before)
         insert into entries (entry_id, queue_id, consumer_id, ticket, ahead_at_entry, entered_at, status, request_id)
         select gen_random_uuid(), l.queue_id, gen_random_uuid(), l.before + n, l.before + n - 1, clock_timestamp(), 'QUEUED', 'req_bench'
         from line l, generate_series(1, $2::int) n`,
        [batched.queues, perQueue],
      ),
    );
    await until(async () => receiver.lags.length >= eventsPerSecond * lagSeconds);
    const lags = receiver.lags.toSorted((a, b) => a - b);
    const at = (share: number): number =>
      lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? 0;
    const result = {
      deliveries,
      deliveriesPerSecond: Math.round(deliveries / seconds),
      workerCpuMicrosPerDelivery: Math.round((after.cpuMicros - before.cpuMicros) / deliveries),
      eventsPerSecond,
      noted: { p50Ms: Math.round(rows[0]?.p50 ?? 0), p99Ms: Math.round(rows[0]?.p99 ?? 0) },
      inBatches: { deliveries: receiver.count(), p50Ms: Math.round(at(0.5)), p99Ms: Math.round(at(0.99)) },
    };
    console.log(`
Webhooks: ${result.deliveriesPerSecond} deliveries a second to one endpoint of ${queueCount} queues (${result.workerCpuMicrosPerDelivery} µs of the worker each).
At ${eventsPerSecond} events a second, from the commit to the delivery's row: p50 ${result.noted.p50Ms} ms, p99 ${result.noted.p99Ms} ms;
${lags.length} people entering in ${result.inBatches.deliveries} batches, from the commit to the receiver: p50 ${result.inBatches.p50Ms} ms, p99 ${result.inBatches.p99Ms} ms.`);
    return result;
  } finally {
    await worker.stop();
    await receiver.stop();
  }
}

/** Calls for as many of each queue at a time as make up the speed. */
async function atSpeed(happen: (perQueue: number) => Promise<unknown>): Promise<void> {
  const startedAtMs = performance.now();
  const perPart = (eventsPerSecond * partMs) / 1_000 / queueCount;
  for (let part = 0; part < (lagSeconds * 1_000) / partMs; part += 1) {
    await happen(perPart);
    const aheadMs = (part + 1) * partMs - (performance.now() - startedAtMs);
    if (aheadMs > 0) await wait(aheadMs);
  }
}

async function startReceiver() {
  let count = 0;
  const lags: number[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      response.writeHead(204).end();
      count += 1;
      const nowMs = Date.now();
      const text = Buffer.concat(pieces).toString();
      if (!text.includes('.batch"')) return;
      const events = JSON.parse(text).data.events as { timestamp: string }[];
      for (const { timestamp } of events) lags.push(nowMs - Date.parse(timestamp));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    lags,
    count: () => count,
    clear() {
      count = 0;
      lags.length = 0;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
