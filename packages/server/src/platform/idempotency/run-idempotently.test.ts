import { decodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashApiKey } from "../../identity/api-key-format.ts";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";
import { idempotencyScope } from "./run-idempotently.ts";

const experiences = "/api/v1/experiences";
const queues = "/api/v1/queues";

describe("an idempotency key", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const create = (key: string, body: unknown, more: Record<string, string> = {}, by: TestShop = shop) =>
    by.call("POST", experiences, { body, headers: { "Idempotency-Key": key, ...more } });
  const expectReplay = (first: TestAnswer, again: TestAnswer): void => {
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    expect(again.status).toBe(first.status);
    expect(again.text).toBe(first.text);
    for (const name of ["x-request-id", "content-type", "etag", "location", "cache-control"])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
  };
  const countOf = async (name: string): Promise<number> => {
    const { body } = await shop.call("GET", `${experiences}?search=${encodeURIComponent(name)}`);
    return (body.data as unknown[]).length;
  };
  const scopeOf = async (operation: string, key: string): Promise<Buffer> => {
    const [row] = await server.db.query<{ id: string }>(
      "select api_key_id as id from api_key_secrets where key_hash = $1",
      [hashApiKey(shop.secretKey)],
    );
    const organizationId = decodeId("organization", shop.organizationId) ?? "";
    return idempotencyScope([organizationId, "false", operation, row?.id ?? "", key]);
  };

  it("brings the first answer back byte for byte, whatever the request id of the repeat", async () => {
    const first = await create("replay", { name: "Replay" }, { "X-Request-Id": "the-first" });
    const again = await create("replay", { name: "Replay" }, { "X-Request-Id": "the-second" });
    expect(first.status).toBe(201);
    expectReplay(first, again);
    expect(again.headers.get("x-request-id")).toBe("the-first");
    expect(again.headers.get("location")).toBe(`${experiences}/${first.body.id}`);
    expect(await countOf("Replay")).toBe(1);
  });

  it("counts the repeat against the rate limit, with the headers of now", async () => {
    const [first, again] = [
      await create("counted", { name: "Counted" }),
      await create("counted", { name: "Counted" }),
    ];
    const left = [first, again].map(({ headers }) => Number(headers.get("x-ratelimit-remaining")));
    expect(left[1]).toBe((left[0] ?? 0) - 1);
  });

  it("is the same key bare and in quotes", async () => {
    expectReplay(await create("quoted", { name: "Quoted" }), await create('"quoted"', { name: "Quoted" }));
  });

  it("brings the first answer back although the thing has changed since", async () => {
    const first = await create("changed", { name: "Changed" });
    await shop.call("DELETE", `${experiences}/${first.body.id}`);
    expectReplay(first, await create("changed", { name: "Changed" }));
  });

  it("is refused for another body, and for another address of the same operation", async () => {
    await create("once", { name: "Once" });
    const other = await create("once", { name: "Other" });
    expect(errorOf(other)).toMatchObject({
      error: "validation_error",
      code: "IDEMPOTENCY_KEY_REUSED",
      issues: [],
    });
    const [one, two] = [await shop.queue(), await shop.queue()];
    const headers = { "Idempotency-Key": "pause" };
    await shop.call("POST", `${queues}/${one.id}/pause`, { headers });
    const elsewhere = await shop.call("POST", `${queues}/${two.id}/pause`, { headers });
    expect(errorOf(elsewhere).code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("is its own for each operation and for each caller", async () => {
    await create("scoped", { name: "Scoped" });
    const headers = { "Idempotency-Key": "scoped" };
    const queue = await shop.call("POST", queues, { body: { name: "Scoped", admitRate: 1 }, headers });
    expect(queue.status).toBe(201);
    const elsewhere = await create("scoped", { name: "Scoped by another" }, {}, await server.shop());
    expect(elsewhere.status).toBe(201);
    expect(elsewhere.headers.get("idempotent-replayed")).toBeNull();
  });

  it("is busy while the first request is under way", async () => {
    const client = await server.db.database.pool.connect();
    const scope = await scopeOf("createExperience", "busy");
    await client.query("select pg_advisory_lock($1::bigint)", [scope.readBigInt64BE(0).toString()]);
    const answer = await create("busy", { name: "Busy" });
    expect(errorOf(answer)).toMatchObject({
      error: "conflict",
      code: "IDEMPOTENCY_IN_PROGRESS",
      retryable: true,
    });
    await client.query("select pg_advisory_unlock_all()");
    client.release();
    const after = await create("busy", { name: "Busy" });
    expect(after.status).toBe(201);
    expect(after.headers.get("idempotent-replayed")).toBeNull();
  });

  it("makes one thing of many simultaneous requests", async () => {
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => create("at-once", { name: "At once" })),
    );
    const made = answers.filter((answer) => answer.status === 201);
    const busy = answers.filter((answer) => errorOf(answer).code === "IDEMPOTENCY_IN_PROGRESS");
    expect(made.length + busy.length).toBe(30);
    expect(new Set(made.map((answer) => answer.text)).size).toBe(1);
    expect(made.filter((answer) => answer.headers.get("idempotent-replayed") === null)).toHaveLength(1);
    expect(await countOf("At once")).toBe(1);
  });

  describe("keeps a refusal that the operation itself decided", () => {
    it("404", async () => {
      const headers = { "Idempotency-Key": "kept-404" };
      const path = `${queues}/${strangeId("queue")}/pause`;
      const first = await shop.call("POST", path, { headers });
      expect(errorOf(first).code).toBe("QUEUE_NOT_FOUND");
      expectReplay(first, await shop.call("POST", path, { headers }));
    });

    it("409, although it would succeed by now", async () => {
      const id = strangeId("experience");
      const { body } = await shop.call("POST", experiences, { body: { id, name: "Kept" } });
      const first = await create("kept-409", { id, name: "Kept too" });
      expect(errorOf(first).code).toBe("ALREADY_EXISTS");
      await shop.call("DELETE", `${experiences}/${body.id}`);
      expectReplay(first, await create("kept-409", { id, name: "Kept too" }));
    });

    it("422, although it would succeed by now", async () => {
      const taken = await shop.call("POST", experiences, { body: { name: "Taken" } });
      const first = await create("kept-422", { name: "Taken" });
      expect(first.status).toBe(422);
      await shop.call("DELETE", `${experiences}/${taken.body.id}`);
      expectReplay(first, await create("kept-422", { name: "Taken" }));
    });

    it("as problem+json where that was asked for", async () => {
      const accept = { Accept: "application/problem+json" };
      const first = await create("kept-problem", { name: "" }, accept);
      expect(first.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      expect(first.body).toMatchObject({ status: 422, code: "VALIDATION_ERROR" });
      expectReplay(first, await create("kept-problem", { name: "" }, accept));
    });

    it("and nothing of what the refused one had begun", async () => {
      const id = strangeId("sequence");
      const body = { id, experienceId: strangeId("experience"), name: "S" };
      const headers = { "Idempotency-Key": "kept-nothing" };
      expect((await shop.call("POST", "/api/v1/sequences", { body, headers })).status).toBe(422);
      expect(
        await server.db.query("select id from owners where id = $1", [decodeId("sequence", id)]),
      ).toEqual([]);
    });
  });

  describe("keeps nothing of what came before the operation", () => {
    it("401", async () => {
      const headers = { "Idempotency-Key": "not-401" };
      const body = { name: "Not 401" };
      expect((await server.call("POST", experiences, { bearer: "sk_test_x", body, headers })).status).toBe(
        401,
      );
      expect((await create("not-401", body)).status).toBe(201);
    });

    it("429", async () => {
      const tight = await server.shop({ rateLimits: { general: { limit: 1, windowSeconds: 1 } } });
      await tight.call("GET", experiences);
      expect((await create("not-429", { name: "A" }, {}, tight)).status).toBe(429);
      await server.advance(1_000);
      expect((await create("not-429", { name: "A" }, {}, tight)).status).toBe(201);
    });

    it("400", async () => {
      expect((await create("not-400", { name: 5 })).status).toBe(400);
      expect((await create("not-400", { name: "Not 400" })).status).toBe(201);
    });
  });

  it("is forgotten after 24 hours", async () => {
    const queue = await shop.queue();
    const pause = () =>
      shop.call("POST", `${queues}/${queue.id}/pause`, { headers: { "Idempotency-Key": "a-day" } });
    const first = await pause();
    await server.advance(24 * 3_600_000 - 60_000);
    expectReplay(first, await pause());
    await server.advance(60_000);
    const after = await pause();
    expect(after.headers.get("idempotent-replayed")).toBeNull();
    expectReplay(after, await pause());
  });

  it.each(["", " ", "two words", "tab\there", "é", "x".repeat(256), '""'])("is none: %s", async (key) => {
    const answer = await create(key, { name: "None" });
    expect(errorOf(answer).code).toBe("INVALID_IDEMPOTENCY_KEY");
  });

  it("may be of 255 characters, each of visible ASCII", async () => {
    const all = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join("");
    for (const key of ["x".repeat(255), `"${"y".repeat(255)}"`, all]) {
      const first = await create(key, { name: `Key ${key.length} ${key[1]}` });
      expect(first.status).toBe(201);
      expectReplay(first, await create(key, { name: `Key ${key.length} ${key[1]}` }));
    }
  });

  it("is not read where the operation takes none", async () => {
    const { publishableKey } = shop;
    const headers = { "Idempotency-Key": "two words" };
    expect((await server.call("POST", "/api/v1/auth/guest", { publishableKey, headers })).status).toBe(201);
  });
});
