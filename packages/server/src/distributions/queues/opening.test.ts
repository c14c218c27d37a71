import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkLineProof,
  errorOf,
  lineProofOf,
  startTestServer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

const earlyMs = 60_000;

describe("a line whose order is drawn at its opening", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer();
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const databaseNow = async (): Promise<number> => {
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    return row?.now.getTime() ?? 0;
  };
  const shuffledQueue = async (settings: object = {}) =>
    shop.queue({
      shuffleBeforeOpen: true,
      openAt: new Date((await databaseNow()) + earlyMs).toISOString(),
      admitRate: 6_000,
      ...settings,
    });
  const boardOf = async (queueId: string): Promise<Record<string, unknown>> =>
    (await server.call("GET", `/api/v1/queues/${queueId}/now-serving`)).body;
  const opened = async (queueId: string): Promise<void> => {
    await server.advance(earlyMs);
    await server.until(
      () => boardOf(queueId),
      ({ shuffle }) => shuffle !== undefined,
    );
  };
  const logOf = async (queueId: string) => {
    const { body } = await server.call(
      "GET",
      `/api/v1/organizations/${shop.organizationId}/fairness-log?mode=test&distributionId=${queueId}&first=100`,
    );
    return (body.data as { entry: { kind: string; data: Record<string, unknown> } }[]).map(
      ({ entry }) => entry,
    );
  };
  const exceptionsOf = async (queueId: string) =>
    (await logOf(queueId)).flatMap(({ data }) => (Array.isArray(data.exceptions) ? data.exceptions : []));
  const entryOf = async (fan: TestFan, queueId: string) => (await fan.status(queueId)).body;

  it("takes people before the opening, and gives them a ticket and no place", async () => {
    const queue = await shuffledQueue();
    const [fan] = await shop.fans(1);
    const joined = await fan?.enter(queue.id);
    expect(joined?.status).toBe(201);
    expect(joined?.body).toMatchObject({
      status: "QUEUED",
      ticket: 1,
      rank: null,
      position: null,
      ahead: null,
      estimatedWaitSeconds: null,
      receipt: { body: { ticket: 1, rulesHash: queue.rulesHash } },
    });
    expect(fan && (await entryOf(fan, queue.id))).toMatchObject({ rank: null, position: null });
    const board = await server.until(
      () => boardOf(queue.id),
      ({ waiting }) => waiting === 1,
    );
    expect(board).toMatchObject({ status: "SCHEDULED", nowServing: 0 });
  });

  it("takes nobody before it can be joined, and says from when on", async () => {
    const joinFrom = new Date((await databaseNow()) + earlyMs / 2).toISOString();
    const queue = await shuffledQueue({ joinFrom });
    const [fan] = await shop.fans(1);
    const early = await fan?.enter(queue.id);
    expect(early?.status).toBe(423);
    expect(early && errorOf(early)).toMatchObject({
      code: "QUEUE_NOT_OPEN",
      details: { joinFrom, openAt: queue.openAt },
    });
    await server.advance(earlyMs / 2);
    expect((await fan?.enter(queue.id))?.status).toBe(201);
  });

  it("draws the order of those who came before, serves them in it, and those who come later behind them", async () => {
    const queue = await shuffledQueue({ maxConcurrentAdmissions: 3 });
    const early = await shop.fans(12);
    const receipts: unknown[] = [];
    for (const fan of early) receipts.push((await fan.enter(queue.id)).body.receipt);
    await early[4]?.leave(queue.id);
    await opened(queue.id);
    const late = await shop.fan();
    expect((await late.enter(queue.id)).body).toMatchObject({ ticket: 13, rank: 13 });

    const ranks = await Promise.all(early.map(async (fan) => Number((await entryOf(fan, queue.id)).rank)));
    expect([...ranks].sort((a, b) => a - b)).toEqual(early.map((_, index) => index + 1));
    await server.until(
      () => testLine(server.db, queue.id).stays(),
      (stays) => stays.filter(({ status }) => status === "ADMITTED").length === 3,
    );
    const leaverRank = ranks[4] ?? 0;
    const first = [1, 2, 3, 4].filter((rank) => rank !== leaverRank).slice(0, 3);
    const stays = await testLine(server.db, queue.id).stays();
    const admitted = stays.filter(({ status }) => status === "ADMITTED");
    expect(admitted.map(({ ticket }) => ranks[ticket - 1] ?? ticket).sort((a, b) => a - b)).toEqual(first);
    const board = await server.until(
      () => boardOf(queue.id),
      ({ nowServing, lastTicket }) => Number(nowServing) >= (first[2] ?? 0) && lastTicket === 13,
    );
    expect(board).toMatchObject({ status: "OPEN", lastTicket: 13, waiting: 9 });
    expect(await entryOf(late, queue.id)).toMatchObject({ position: 9, ahead: 8 });

    const checked = await server.until(
      () => checkLineProof(server, queue.id, receipts[0]),
      ({ steps }) => steps.every(({ holds }) => holds),
    );
    expect(checked).toMatchObject({ level: "consistent", standing: { rank: ranks[0], count: 12 } });
  });

  it("draws exactly those who came before the opening, whoever joins and leaves while it opens", async () => {
    const queue = await shuffledQueue({ admitRate: 1 });
    const [early, racing] = [await shop.fans(10), await shop.fans(40)];
    for (const fan of early) await fan.enter(queue.id);
    const joining = racing.map((fan) => fan.enter(queue.id));
    const leaving = early.slice(0, 5).map((fan) => fan.leave(queue.id));
    const opening = opened(queue.id);
    for (const { status } of await Promise.all([...joining, ...leaving]))
      expect([200, 201]).toContain(status);
    await opening;
    const { count } = (await boardOf(queue.id)).shuffle as { count: number };
    const tickets = await testLine(server.db, queue.id).stays();
    expect(tickets).toHaveLength(50);
    expect(count).toBeGreaterThanOrEqual(10);
    const ranks = await Promise.all(
      [...early, ...racing].map(
        async (fan) => (await entryOf(fan, queue.id)) as { ticket: number; rank: number },
      ),
    );
    expect(ranks.map(({ rank }) => rank).sort((a, b) => a - b)).toEqual(tickets.map(({ ticket }) => ticket));
    for (const { ticket, rank } of ranks) expect(rank <= count).toBe(ticket <= count);
    await server.until(
      () => checkLineProof(server, queue.id),
      ({ steps }) => steps.every(({ holds }) => holds),
    );
  });

  it("opens without anybody before it, and serves whoever comes", async () => {
    const queue = await shuffledQueue();
    await opened(queue.id);
    const fan = await shop.fan();
    expect((await fan.enter(queue.id)).body).toMatchObject({ ticket: 1, rank: 1, position: 1 });
    await server.until(
      () => entryOf(fan, queue.id),
      ({ status }) => status === "ADMITTED",
    );
    expect(await boardOf(queue.id)).toMatchObject({ shuffle: { count: 0 } });
  });

  it("keeps its rules for whoever has joined, and its opening for its time", async () => {
    const queue = await shuffledQueue();
    const path = `/api/v1/queues/${queue.id}`;
    const moved = new Date((await databaseNow()) + 2 * earlyMs).toISOString();
    const changed = await shop.call("PATCH", path, { body: { openAt: moved } });
    expect(changed.body.rulesHash).not.toBe(queue.rulesHash);
    await (await shop.fan()).enter(queue.id);
    for (const body of [
      { openAt: queue.openAt },
      { shuffleBeforeOpen: false },
      { entryLevel: "confirmed" },
      { beacon: { kind: "drand", chain: "quicknet" } },
    ]) {
      const refused = await shop.call("PATCH", path, { body });
      expect([refused.status, errorOf(refused).code]).toEqual([409, "INVALID_STATE"]);
    }
    expect((await shop.call("PATCH", path, { body: { name: "Another" } })).status).toBe(200);
    const forced = await shop.call("POST", `${path}/open`);
    expect([forced.status, errorOf(forced).code]).toEqual([409, "INVALID_STATE"]);
  });

  it("is drawn once: who opened it with nobody in it cannot set it back", async () => {
    const queue = await shuffledQueue();
    const path = `/api/v1/queues/${queue.id}`;
    await shop.call("POST", `${path}/open`);
    await server.until(
      () => boardOf(queue.id),
      ({ shuffle }) => shuffle !== undefined,
    );
    const later = new Date((await databaseNow()) + earlyMs).toISOString();
    for (const body of [{ openAt: later }, { shuffleBeforeOpen: false }, { entryLevel: "confirmed" }]) {
      const refused = await shop.call("PATCH", path, { body });
      expect([refused.status, errorOf(refused).code]).toEqual([409, "INVALID_STATE"]);
    }
  });

  it("can be joined by everybody when it was opened by hand before it could be joined", async () => {
    const joinFrom = new Date((await databaseNow()) + earlyMs / 2).toISOString();
    const queue = await shuffledQueue({ joinFrom });
    const opened = await shop.call("POST", `/api/v1/queues/${queue.id}/open`);
    expect(opened.body.joinFrom).toBeNull();
    const fan = await shop.fan();
    const entered = await server.until(
      () => fan.enter(queue.id),
      ({ status }) => status !== 423,
    );
    expect(entered.status).toBe(201);
  });

  it("tells the log of ranks and never of tickets, whatever was done by hand before the drawing", async () => {
    const queue = await shuffledQueue({ maxConcurrentAdmissions: 1 });
    const fans = await shop.fans(6);
    for (const fan of fans) await fan.enter(queue.id);
    const body = { consumerId: fans[1]?.consumerId };
    await shop.call("POST", `/api/v1/queues/${queue.id}/admit`, { body });
    await shop.call("POST", `/api/v1/queues/${queue.id}/deny`, {
      body: { consumerId: fans[2]?.consumerId, reason: "a bot" },
    });
    await fans[3]?.leave(queue.id);
    await opened(queue.id);
    const rankOf = async (index: number) =>
      Number(fans[index] && (await entryOf(fans[index], queue.id)).rank);
    const told = await server.until(
      () => exceptionsOf(queue.id),
      (exceptions) => exceptions.length === 3,
    );
    expect(told).toEqual([
      { rank: await rankOf(1), outcome: "ADMITTED", reason: "BY_OPERATOR" },
      { rank: await rankOf(2), outcome: "DENIED", reason: "BY_OPERATOR" },
      { rank: await rankOf(3), outcome: "LEFT", reason: null },
    ]);
  });

  it("tells the log that it was ended, and how far it had come", async () => {
    const queue = await shuffledQueue();
    for (const fan of await shop.fans(2)) await fan.enter(queue.id);
    await shop.call("POST", `/api/v1/queues/${queue.id}/close`, { body: { drain: false } });
    const ended = (await logOf(queue.id)).find(({ kind }) => kind === "cancelled");
    expect(ended?.data).toEqual({
      lastTicket: 2,
      nowServing: 0,
      queueId: queue.id,
      rulesHash: queue.rulesHash,
    });
  });

  it("shows its rules at once and the rest when it has come, and tells the log of each step", async () => {
    const queue = await shuffledQueue({ maxConcurrentAdmissions: 1 });
    expect(Object.keys(await lineProofOf(server, queue.id))).toEqual([
      "algorithm",
      "shuffleBeforeOpen",
      "rules",
      "rulesHash",
      "commitment",
      "level",
    ]);
    const early = await server.call("GET", `/api/v1/queues/${queue.id}/proof/leaves`);
    expect(errorOf(early)).toMatchObject({ code: "INVALID_STATE", details: { state: "NOT_FROZEN" } });
    const fans = await shop.fans(3);
    for (const fan of fans) await fan.enter(queue.id);
    await opened(queue.id);
    const proof = await lineProofOf(server, queue.id);
    expect(proof).toMatchObject({ n: 3, levels: { guest: 3 }, beacon: null, witness: null });
    const ranks = await Promise.all(fans.map(async (fan) => Number((await entryOf(fan, queue.id)).rank)));
    await fans[ranks.indexOf(3)]?.leave(queue.id);

    const entries = await server.until(
      () => logOf(queue.id),
      (all) => all.some(({ data }) => Array.isArray(data.exceptions) && data.exceptions.length > 0),
    );
    expect(entries.map(({ kind }) => kind).slice(0, 4)).toEqual([
      "rules.made",
      "rules.announced",
      "freeze",
      "line.opened",
    ]);
    expect(entries[3]?.data).toEqual({
      beacon: null,
      n: 3,
      seed: proof.seed,
      serverSeed: proof.serverSeed,
    });
    const progress = entries.filter(({ kind }) => kind === "line.progress");
    expect(progress.flatMap(({ data }) => data.exceptions)).toEqual([
      { rank: 3, outcome: "LEFT", reason: null },
    ]);
    expect(progress.map(({ data }) => Number(data.nowServing))).toContain(1);
  });
});
