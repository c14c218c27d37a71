import { decodeId, shapes } from "@stanchion/contract";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  bringDrawsOn,
  errorOf,
  mergedOf,
  openStream,
  startTestServer,
  strangeId,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

describe("a draw's stream", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const pathOf = (drawId: string) => `/api/v1/draws/${drawId}/stream`;
  const listen = async (drawId: string) => {
    const stream = await openStream(server.url + pathOf(drawId));
    await server.until(stream.events, (events) => events.length > 0);
    return stream;
  };
  const closing = async (inMs: number) => {
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const closeAt = new Date((row?.now.getTime() ?? 0) + inMs).toISOString();
    return { closeAt, drawAt: closeAt };
  };

  it("begins with how far the draw has come, which is the same for everybody and holds no secret", async () => {
    const times = await closing(600_000);
    const draw = await shop.draw({ ...times, admissionExpirationSeconds: 60 });
    const stream = await listen(draw.id);
    expect(stream.answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(stream.answer.headers.get("access-control-allow-origin")).toBe("*");
    const [first] = stream.all;
    expect(first).toMatchObject({ event: "draw", id: "1" });
    expect(first?.data).toEqual({
      drawId: draw.id,
      status: "OPEN",
      version: 1,
      entries: 0,
      openAt: null,
      ...times,
      drawnAt: null,
      asOf: expect.any(String),
    });
    expect(v.parse(v.strictObject(shapes.drawNews.entries), first?.data)).toEqual(first?.data);
    await stream.abort();
  });

  it("tells of entries, leaves and changes, to those who came first and to those who came late", async () => {
    const draw = await shop.draw();
    const early = await listen(draw.id);
    const fans = await shop.fans(3);
    for (const fan of fans) await fan.enterDraw(draw.id);
    await server.until(early.events, () => mergedOf(early).entries === 3);
    const late = await listen(draw.id);
    await fans[0]?.leaveDraw(draw.id);
    await shop.call("PATCH", `/api/v1/draws/${draw.id}`, { body: { name: "Another name" } });
    for (const stream of [early, late]) {
      await server.until(stream.events, () => Number(mergedOf(stream).version) === 6);
      expect(mergedOf(stream)).toMatchObject({ entries: 2, status: "OPEN" });
      expect(stream.text()).not.toContain("Another name");
      await stream.abort();
    }
    expect(early.all.slice(1).map(({ event }) => event)).not.toContain("draw");
  });

  it("tells whom the operator takes out by number, each once to who listens, and the last hundred to who comes late", async () => {
    const draw = await shop.draw();
    const early = await listen(draw.id);
    const fans = await shop.fans(3);
    for (const fan of fans) await fan.enterDraw(draw.id);
    const numbers = await Promise.all(fans.map(async (fan) => (await fan.drawStatus(draw.id)).body.number));
    const remove = async (fan: (typeof fans)[number] | undefined): Promise<void> => {
      const body = { consumerId: fan?.consumerId, reason: "BOT" };
      expect((await shop.call("POST", `/api/v1/draws/${draw.id}/remove`, { body })).status).toBe(200);
    };
    await fans[0]?.leaveDraw(draw.id);
    for (const [index, fan] of fans.entries()) {
      await remove(fan);
      if (index > 0)
        await server.until(early.events, () => early.text().includes(`"removed":[${numbers[index]}]`));
    }
    // Who had left needs no telling.
    const told = early.all.flatMap(({ data }) => data.removed ?? []);
    expect(told).toEqual(numbers.slice(1));
    const late = await listen(draw.id);
    expect(late.all[0]?.data.removed).toEqual([numbers[2], numbers[1]]);
    for (const stream of [early, late]) await stream.abort();
    await server.until(
      async () => server.server.api?.streams.open,
      (count) => count === 0,
    );
    await server.db.query(
      "update draw_lists set latest_removals = array(select 1000 + n from generate_series(1, 100) n) where draw_id = $1",
      [decodeId("draw", draw.id)],
    );
    const [last] = await shop.fans(1);
    await last?.enterDraw(draw.id);
    await remove(last);
    const latest = await listen(draw.id);
    expect(latest.all[0]?.data.removed).toEqual([4, ...Array.from({ length: 99 }, (_, n) => 1_001 + n)]);
    await latest.abort();
  });

  it("tells of the opening and the close, which nobody wrote, and of the result with how long to spread the reading", async () => {
    const openAt = (await closing(3_000)).closeAt;
    const draw = await shop.draw({ openAt, ...(await closing(60_000)) });
    const stream = await listen(draw.id);
    expect(stream.all[0]?.data.status).toBe("SCHEDULED");
    await server.advance(5_000);
    await server.until(stream.events, () => mergedOf(stream).status === "OPEN");
    const [fan] = await shop.fans(1);
    await fan?.enterDraw(draw.id);
    await server.advance(60_000);
    await server.until(stream.events, () => mergedOf(stream).status === "CLOSED");
    expect(mergedOf(stream)).not.toHaveProperty("readAfterSecondsMax");
    await bringDrawsOn(server, async () => mergedOf(stream).status === "COMPLETED");
    expect(stream.all.at(-1)).toMatchObject({
      event: "change",
      data: { status: "COMPLETED", drawnAt: expect.any(String), readAfterSecondsMax: 1 },
    });
    expect((await fan?.drawStatus(draw.id))?.body.status).toBe("WON");
    const late = await listen(draw.id);
    expect(late.all[0]?.data).toMatchObject({ status: "COMPLETED", readAfterSecondsMax: 1 });
    await stream.abort();
    await late.abort();
  });

  it("tells that a draw was called off, or is void", async () => {
    const cancelled = await shop.draw();
    const ofCancelled = await listen(cancelled.id);
    await shop.call("POST", `/api/v1/draws/${cancelled.id}/cancel`);
    await server.until(ofCancelled.events, () => mergedOf(ofCancelled).status === "CANCELLED");
    const draw = await shop.draw();
    const ofVoid = await listen(draw.id);
    await server.db.query(
      "update draw_outcomes set voided_at = stanchion_now(), due_at = null where draw_id = $1",
      [decodeId("draw", draw.id)],
    );
    await server.until(ofVoid.events, () => mergedOf(ofVoid).status === "VOID");
    await ofCancelled.abort();
    await ofVoid.abort();
  });

  it("counts with the lines' streams in what a process holds open", async () => {
    const [draw, queue] = [await shop.draw(), await shop.queue()];
    const open = async () => server.server.api?.streams.open ?? -1;
    await server.until(open, (count) => count === 0);
    const stream = await listen(draw.id);
    const other = await openStream(`${server.url}/api/v1/queues/${queue.id}/stream`);
    await server.until(other.events, (events) => events.length > 0);
    expect(await open()).toBe(2);
    await stream.abort();
    await other.abort();
    await server.until(open, (count) => count === 0);
  });

  it("says 404 for what is no draw, or none any more", async () => {
    const deleted = await shop.draw();
    await shop.call("DELETE", `/api/v1/draws/${deleted.id}`);
    for (const id of ["draw_1", strangeId("draw"), deleted.id]) {
      const answer = await server.call("GET", pathOf(id));
      expect([answer.status, errorOf(answer).code]).toEqual([404, "DRAW_NOT_FOUND"]);
    }
  });
});
