import { decodeId, type QuotaName, type Quotas } from "@stanchion/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeLimitsOnHost } from "../../identity/index.ts";
import {
  addKey,
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestFan,
  type TestServer,
  type TestShop,
  testLine,
} from "../../testing/index.ts";

const current = "/api/v1/organizations/current";

describe("quotas of an organization", () => {
  let server: TestServer;
  let second: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    second = await startTestServer({ isWorker: false, database: server.db });
  });
  afterAll(async () => {
    await second.stop();
    await server.stop();
  });
  beforeEach(async () => {
    shop = await server.shop();
  });

  const grant = (quotas: Partial<Quotas>) =>
    changeLimitsOnHost(server.db.database, decodeId("organization", shop.organizationId) ?? "", { quotas });
  const used = async (quota: QuotaName) => {
    const { body } = await shop.call("GET", current);
    return (body.quotas as Record<QuotaName, { limit: number | null; used: number }>)[quota];
  };
  const accepted = (answers: readonly TestAnswer[]) => answers.filter(({ status }) => status === 201);
  const refusals = (answers: readonly TestAnswer[]) =>
    answers.filter(({ status }) => status !== 201).map((answer) => errorOf(answer));

  describe("of open queues", () => {
    let made = 0;
    const create = (on = server, settings: object = {}) => {
      made += 1;
      const body = { name: `Drop ${made}`, admitRate: 60, ...settings };
      return on.call("POST", "/api/v1/queues", { bearer: shop.secretKey, body });
    };

    it("counts draws that are not closed beside them", async () => {
      await grant({ openQueues: 2 });
      expect((await create()).status).toBe(201);
      const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
      const createDraw = () =>
        shop.call("POST", "/api/v1/draws", {
          body: { name: "Front row", winnerCount: 1, closeAt: inAnHour, drawAt: inAnHour },
        });
      const draw = await createDraw();
      expect([draw.status, await used("openQueues")]).toEqual([201, { limit: 2, used: 2 }]);
      for (const refused of [await createDraw(), await create()])
        expect(errorOf(refused)).toMatchObject({
          code: "QUOTA_EXCEEDED",
          details: { quota: "openQueues", limit: 2, used: 2 },
        });
      await shop.call("POST", `/api/v1/draws/${draw.body.id}/cancel`);
      expect((await create()).status).toBe(201);
    });

    it("lets exactly three of 20 be made at once in two processes", async () => {
      await grant({ openQueues: 3 });
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => create(index % 2 === 0 ? server : second)),
      );
      expect(accepted(answers)).toHaveLength(3);
      expect(refusals(answers)).toHaveLength(17);
      for (const refusal of refusals(answers))
        expect(refusal).toMatchObject({
          error: "conflict",
          code: "QUOTA_EXCEEDED",
          details: { quota: "openQueues", limit: 3, used: 3 },
          retryable: false,
        });
      expect(await used("openQueues")).toEqual({ limit: 3, used: 3 });
      expect((await shop.call("GET", "/api/v1/experiences")).body.data).toHaveLength(3);
    });

    it("counts those that are scheduled, open or paused, and neither the closed nor the deleted", async () => {
      await grant({ openQueues: 3 });
      const scheduled = await create(server, { openAt: "2100-01-01T00:00:00Z" });
      const [paused, open] = [await create(), await create()];
      await shop.call("POST", `/api/v1/queues/${paused.body.id}/pause`);
      expect((await create()).status).toBe(409);
      await shop.call("POST", `/api/v1/queues/${paused.body.id}/close`);
      expect((await create()).status).toBe(201);
      await shop.call("DELETE", `/api/v1/queues/${open.body.id}`);
      expect((await create()).status).toBe(201);
      expect((await create()).status).toBe(409);
      expect((await create(server, { closeAt: "2020-01-01T00:00:00Z" })).body.status).toBe("CLOSED");
      const reopen = { body: { closeAt: null } };
      const reopened = await shop.call("PATCH", `/api/v1/queues/${paused.body.id}`, reopen);
      expect(errorOf(reopened).code).toBe("INVALID_STATE");
      expect(scheduled.status).toBe(201);
    });

    it("refuses nothing but a new one where it was made less than what there is, and nothing once it is gone", async () => {
      const [first] = [await create(), await create()];
      await grant({ openQueues: 0 });
      expect(refusals([await create()])).toMatchObject([{ details: { limit: 0, used: 2 } }]);
      const patched = await shop.call("PATCH", `/api/v1/queues/${first.body.id}`, {
        body: { admitRate: 90 },
      });
      expect(patched.status).toBe(200);
      await grant({ openQueues: null });
      expect((await create()).status).toBe(201);
      expect(await used("openQueues")).toEqual({ limit: null, used: 3 });
    });

    it("tells a repeat under its key the same, and what is wrong with the request first", async () => {
      await grant({ openQueues: 1 });
      const { id } = (await create()).body;
      const headers = { "Idempotency-Key": "once" };
      const body = { name: "One more", admitRate: 60 };
      const send = () => shop.call("POST", "/api/v1/queues", { body, headers });
      expect(errorOf(await send()).code).toBe("QUOTA_EXCEEDED");
      await shop.call("POST", `/api/v1/queues/${id}/close`);
      expect((await send()).headers.get("idempotent-replayed")).toBe("true");
      await grant({ openQueues: 0 });
      expect(errorOf(await create(server, { id })).code).toBe("ALREADY_EXISTS");
      expect(errorOf(await create(server, { name: "" })).code).toBe("VALIDATION_ERROR");
    });

    it("is of each mode, and of each organization by itself", async () => {
      await grant({ openQueues: 1 });
      await create();
      const { key: live } = await addKey(server.db, shop, { kind: "secret", isLive: true });
      const body = { name: "Live drop", admitRate: 60 };
      const ask = () => server.call("POST", "/api/v1/queues", { bearer: live, body });
      expect((await ask()).status).toBe(201);
      expect((await create()).status).toBe(409);
      const neighbour = await server.shop();
      await neighbour.queue();
      await neighbour.queue();
    });
  });

  describe("of people", () => {
    const enter = (fan: TestFan, queueId: string, on: TestServer) =>
      on.call("POST", `/api/v1/queues/${queueId}/enter`, {
        publishableKey: shop.publishableKey,
        bearer: fan.tokens.accessToken,
      });

    it("lets exactly 50 of 200 wait who join four lines at once in two processes, and one more when one leaves", async () => {
      const queues = await Promise.all([1, 2, 3, 4].map(() => shop.queue()));
      const queueOf = (index: number) => String(queues[index % 4]?.id);
      const fans = await shop.fans(200);
      await grant({ people: 50 });
      const joins = fans.map((fan, index) => enter(fan, queueOf(index), index % 8 < 4 ? server : second));
      const answers = await Promise.all(joins);
      expect(accepted(answers)).toHaveLength(50);
      expect(refusals(answers)).toHaveLength(150);
      for (const refusal of refusals(answers))
        expect(refusal).toMatchObject({
          code: "QUEUE_FULL",
          details: { quota: "people", limit: 50, capacity: null },
          message: expect.stringContaining("at most 50 may wait"),
        });
      expect(await used("people")).toEqual({ limit: 50, used: 50 });
      const inside = answers.findIndex(({ status }) => status === 201);
      expect((await fans[inside]?.leave(queueOf(inside)))?.status).toBe(200);
      const late = await shop.fans(20);
      const again = await Promise.all(late.map((fan, index) => enter(fan, queueOf(index), server)));
      expect(accepted(again)).toHaveLength(1);
      expect(await used("people")).toEqual({ limit: 50, used: 50 });
    });

    it("tells what is true of the fan and of the queue first: already in, closed, the queue's own capacity", async () => {
      const [small, other] = [await shop.queue({ capacity: 1 }), await shop.queue()];
      const [inside, outside] = await shop.fans(2);
      if (inside === undefined || outside === undefined) throw new Error("two fans were asked for");
      await inside.enter(small.id);
      await grant({ people: 1 });
      expect(errorOf(await inside.enter(small.id)).code).toBe("ALREADY_IN_QUEUE");
      expect(errorOf(await outside.enter(small.id)).details).toEqual({
        capacity: 1,
        limit: 1,
        hint: "A place comes free when someone leaves.",
      });
      expect(errorOf(await outside.enter(other.id)).details).toMatchObject({ quota: "people" });
      await shop.call("POST", `/api/v1/queues/${other.id}/close`);
      expect(errorOf(await outside.enter(other.id)).code).toBe("QUEUE_CLOSED");
    });

    it.each([0, 1])("says of a quota of %i what stands in the way, and who can mend it", async (people) => {
      const [first, queue] = [await shop.queue(), await shop.queue()];
      const [inside, outside] = await shop.fans(2);
      if (people > 0) await inside?.enter(first.id);
      await grant({ people });
      const { message, details } = errorOf((await outside?.enter(queue.id)) as TestAnswer);
      const hint =
        "All of this shop's lines count together. The shop can close other queues, or ask whoever runs this server for a larger quota of people.";
      expect(details).toEqual({ capacity: null, limit: people, quota: "people", hint });
      expect(message).toBe(`Nobody more can join now: at most ${people} may wait, and as many do. ${hint}`);
    });

    it("counts nobody who was admitted, nor who stood in a line that was ended", async () => {
      await grant({ people: 2 });
      const [served, ended] = [await shop.queue(), await shop.queue()];
      const [first, next, last] = await shop.fans(3);
      expect((await first?.enter(served.id))?.status).toBe(201);
      expect((await next?.enter(ended.id))?.status).toBe(201);
      expect((await last?.enter(served.id))?.status).toBe(409);
      await testLine(server.db, served.id).tick();
      expect((await last?.enter(served.id))?.status).toBe(201);
      await shop.call("POST", `/api/v1/queues/${ended.id}/close`, { body: { drain: false } });
      expect(await used("people")).toEqual({ limit: 2, used: 1 });
      expect((await (await shop.fan()).enter(served.id)).status).toBe(201);
    });

    it("is of each organization by itself, and gone where it was taken back", async () => {
      await grant({ people: 0 });
      const [queue, neighbour] = [await shop.queue(), await server.shop()];
      const fan = await shop.fan();
      expect((await fan.enter(queue.id)).status).toBe(409);
      const beside = await neighbour.queue();
      expect((await (await neighbour.fan()).enter(beside.id)).status).toBe(201);
      await grant({ people: null });
      expect((await fan.enter(queue.id)).status).toBe(201);
    });
  });
});
