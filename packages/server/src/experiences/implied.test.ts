import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../testing/index.ts";

describe("a queue made without a sequence", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const list = async (path: string) =>
    (await shop.call("GET", `/api/v1/${path}`)).body.data as { id: string; name: string }[];
  const fresh = async (): Promise<void> => {
    shop = await server.shop();
  };

  it("gets an experience and a sequence of its own, named after it", async () => {
    await fresh();
    const queue = await shop.queue({ name: "Drop" });
    expect(await list("experiences")).toMatchObject([{ id: queue.experienceId, name: "Drop" }]);
    expect(await list("sequences")).toMatchObject([{ id: queue.sequenceId, name: "Drop" }]);
  });

  it("gets them although an experience of its name exists", async () => {
    await fresh();
    await shop.queue({ name: "Drop" });
    const second = await shop.queue({ name: "Drop" });
    const names = (await list("experiences")).map(({ name }) => name);
    expect(names).toEqual([`Drop (${second.experienceId})`, "Drop"]);
  });

  it("gets them although another of its name is made at the same time", async () => {
    await fresh();
    const made = await Promise.all(Array.from({ length: 10 }, () => shop.queue({ name: "Drop" })));
    expect(new Set(made.map((queue) => queue.experienceId)).size).toBe(10);
    expect(await list("experiences")).toHaveLength(10);
  });

  it("gets them with a long name that is taken", async () => {
    await fresh();
    const name = `${"🎟️".repeat(66)}xx`;
    await shop.queue({ name });
    const second = await shop.queue({ name });
    const own = (await list("experiences")).find(({ id }) => id === second.experienceId);
    expect(own?.name.length).toBeLessThanOrEqual(200);
    expect(own?.name.isWellFormed()).toBe(true);
  });

  it("takes them with it when it goes", async () => {
    await fresh();
    const queue = await shop.queue({ name: "Drop" });
    expect((await shop.call("DELETE", `/api/v1/queues/${queue.id}`)).status).toBe(204);
    for (const path of ["experiences", "sequences"]) expect(await list(path)).toEqual([]);
    const gone = await shop.call("GET", `/api/v1/experiences/${queue.experienceId}`);
    expect(errorOf(gone).details).toEqual({ deleted: true });
    expect((await shop.call("POST", "/api/v1/experiences", { body: { name: "Drop" } })).status).toBe(201);
  });

  it("leaves them where something else stands in them by then", async () => {
    await fresh();
    const first = await shop.queue();
    const second = await shop.queue({ sequenceId: first.sequenceId });
    await shop.call("DELETE", `/api/v1/queues/${first.id}`);
    expect(await list("sequences")).toHaveLength(1);
    const more = { body: { experienceId: first.experienceId, name: "More" } };
    await shop.call("POST", "/api/v1/sequences", more);
    await shop.call("DELETE", `/api/v1/queues/${second.id}`);
    expect(await list("sequences")).toMatchObject([{ name: "More" }]);
    expect(await list("experiences")).toHaveLength(1);
  });
});
