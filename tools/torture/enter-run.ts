import { randomUUID } from "node:crypto";
import { rateClasses } from "@stanchion/contract";
import { runLoad } from "../bench/http-load.ts";
import { fanRequest, type House, makeQueue, openHouse, wideLimits } from "./house.ts";
import { createFaults, type TortureRun } from "./torture-run.ts";

const atOnce = 200;
const { limit, windowSeconds } = rateClasses.general;

export const enterRun: TortureRun = {
  name: "enters",
  about: "simultaneous calls of one consumer: entering, entering under one idempotency key, and over a limit",
  async run(ctx) {
    const house = await openHouse(ctx, { ...wideLimits, general: { limit, windowSeconds } });
    const api = await house.start("api");
    const { wireId, queueId } = await makeQueue(house, api.url, { name: "Enters", admitRate: 1 });
    const enter = `/queues/${wireId}/enter`;
    // The process has served before, so that the calls are simultaneous and not lined up behind its first one.
    await callAtOnce(api.port, fanRequest(house, randomUUID(), "POST", enter));

    const first = await callAtOnce(api.port, fanRequest(house, randomUUID(), "POST", enter));
    const key = `Idempotency-Key: ${randomUUID()}\r\n`;
    const keyed = await callAtOnce(api.port, fanRequest(house, randomUUID(), "POST", enter, key));
    const limited = randomUUID();
    await enterOnce(house, api.url, wireId, limited);
    const status = await callAtOnce(api.port, fanRequest(house, limited, "GET", `/queues/${wireId}/status`));
    const { rows } = await house.db.query<{ entries: number }>(
      `select count(*)::int as entries from entries where queue_id = $1`,
      [queueId],
    );

    const { list: faults, expect } = createFaults();
    expect(
      first.statuses["201"] === 1 && first.statuses["409"] === atOnce - 1,
      `enter: ${JSON.stringify(first.statuses)}`,
    );
    expect(first.entries.size === 1, "the refusals name another entry");
    expect(keyed.statuses["201"] === atOnce, `under one key: ${JSON.stringify(keyed.statuses)}`);
    expect(keyed.bodies.size === 1, `under one key there were ${keyed.bodies.size} different bodies`);
    expect(
      status.statuses["200"] === limit && status.statuses["429"] === atOnce - limit,
      `over the limit: ${JSON.stringify(status.statuses)}`,
    );
    expect(rows[0]?.entries === 4, `${rows[0]?.entries} entries of 4 consumers`);
    return {
      figures: {
        "calls at once": atOnce,
        "enter: 201": first.statuses["201"] ?? 0,
        "enter: 409": first.statuses["409"] ?? 0,
        "under one key: 201": keyed.statuses["201"] ?? 0,
        "under one key: different bodies": keyed.bodies.size,
        [`limit of ${limit}: passed`]: status.statuses["200"] ?? 0,
        [`limit of ${limit}: 429`]: status.statuses["429"] ?? 0,
      },
      faults,
    };
  },
};

interface Simultaneous {
  readonly statuses: Readonly<Record<string, number>>;
  readonly bodies: ReadonlySet<string>;
  /** The entries that answers and refusals name. */
  readonly entries: ReadonlySet<string>;
}

async function callAtOnce(port: number, request: string): Promise<Simultaneous> {
  const bodies = new Set<string>();
  const entries = new Set<string>();
  const load = await runLoad(
    port,
    atOnce,
    atOnce,
    () => request,
    (_, __, text) => {
      bodies.add(text());
      const entryId = /"entryId":"(ent_[0-9a-z]+)"/.exec(text())?.[1];
      if (entryId !== undefined) entries.add(entryId);
    },
  );
  return { statuses: load.statuses, bodies, entries };
}

async function enterOnce(house: House, url: string, wireId: string, consumerId: string): Promise<void> {
  const answer = await fetch(`${url}/api/v1/queues/${wireId}/enter`, {
    method: "POST",
    headers: {
      "X-Publishable-Key": house.shop.publishableKey,
      Authorization: `Bearer ${house.accessTokenOf(consumerId)}`,
    },
  });
  if (answer.status !== 201) throw new Error(`no entry: ${answer.status} ${await answer.text()}`);
}
