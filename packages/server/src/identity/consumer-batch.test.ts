import { encodeId, limits } from "@stanchion/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../testing/index.ts";

const consumers = "/api/v1/consumers";

interface Result {
  readonly status: string;
  readonly consumer: { readonly id: string } | null;
  readonly refusal: { readonly code: string; readonly issues: unknown[]; readonly details: unknown } | null;
}

describe("a batch of consumers", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });
  const send = (items: readonly unknown[], headers: Record<string, string> = {}) =>
    shop.call("POST", `${consumers}/batch`, { body: { consumers: items }, headers });
  const results = async (...items: unknown[]): Promise<Result[]> => {
    const answer = await send(items);
    expect(answer.status, answer.text).toBe(200);
    return answer.body.results as Result[];
  };
  const statuses = async (...items: unknown[]) => (await results(...items)).map(({ status }) => status);
  const create = async (body: object) => (await shop.call("POST", consumers, { body })).body;

  it("answers in its order what came of each, whole as a single create gives it", async () => {
    const known = await create({ email: "known@example.com", name: "Known" });
    const answer = await send([
      { email: "Ada@Example.com", name: "Ada", metadata: { size: "37" } },
      { email: "known@example.com", name: "Another name" },
      { email: "not-an-email" },
      {},
    ]);
    expect(answer.body).toMatchObject({
      created: 2,
      existing: 1,
      refused: 1,
      results: [
        {
          status: "created",
          consumer: { email: "ada@example.com", name: "Ada", metadata: { size: "37" }, version: 1 },
          refusal: null,
        },
        { status: "existing", consumer: known, refusal: null },
        {
          status: "refused",
          consumer: null,
          refusal: { error: "validation_error", code: "VALIDATION_ERROR", issues: [{ type: "email" }] },
        },
        { status: "created", consumer: { email: null } },
      ],
    });
    const [ada] = answer.body.results as Result[];
    expect((await shop.call("GET", `${consumers}/${ada?.consumer?.id}`)).body).toEqual({
      ...ada?.consumer,
      active: [],
    });
  });

  it("refuses each fault in the words of a single create, and nothing else", async () => {
    const email = "taken@example.com";
    await create({ email });
    const faults: unknown[] = [
      { email: "not-an-email", name: "" },
      { email: 7 },
      { name: "x", unheardOf: 1 },
      { id: "cons_0" },
      { id: strangeId("consumer"), email },
      { metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, ""])) },
    ];
    const batch = await results(...faults, { name: "good" });
    expect(batch.at(-1)?.status).toBe("created");
    for (const [place, body] of faults.entries()) {
      const single = errorOf(await shop.call("POST", consumers, { body }));
      const { error, code, message, details, issues = [] } = single;
      expect(batch[place]?.refusal).toEqual({ error, code, message, details, issues });
    }
    for (const item of [7, null, "text", []])
      expect((await results(item))[0]?.refusal).toMatchObject({
        code: "INVALID_FIELD_TYPE",
        issues: [{ type: "type", expected: "object", path: [] }],
      });
  });

  it("finds who is there by the caller's id, and refuses ids that are others' or were deleted", async () => {
    const id = strangeId("consumer");
    expect(await statuses({ id, name: "First" })).toEqual(["created"]);
    expect(await statuses({ id, name: "Second" })).toEqual(["existing"]);
    expect((await shop.call("GET", `${consumers}/${id}`)).body.name).toBe("First");
    const other = await server.shop();
    const foreign = strangeId("consumer");
    await other.call("POST", consumers, { body: { id: foreign, name: "Secret" } });
    await shop.call("DELETE", `${consumers}/${id}`);
    for (const taken of [foreign, id])
      expect((await results({ id: taken }))[0]).toMatchObject({
        status: "refused",
        consumer: null,
        refusal: { code: "ALREADY_EXISTS", details: { id: taken } },
      });
  });

  it("makes whoever stands in it twice once", async () => {
    const id = strangeId("consumer");
    const twice = await results(
      { email: "twice@example.com" },
      { email: "Twice@example.com" },
      { id, email: "own@example.com" },
      { id },
      { email: "own@example.com" },
      { id: strangeId("consumer"), email: "own@example.com" },
    );
    expect(twice.map(({ status }) => status)).toEqual([
      "created",
      "existing",
      "created",
      "existing",
      "existing",
      "refused",
    ]);
    expect(twice[1]?.consumer?.id).toBe(twice[0]?.consumer?.id);
    expect(twice.slice(2, 5).map(({ consumer }) => consumer?.id)).toEqual([id, id, id]);
    expect((await shop.call("GET", consumers)).body.data).toHaveLength(2);
  });

  it("sent several times at once makes each person once", async () => {
    const items = Array.from({ length: 50 }, (_, n) => ({ email: `fan${n}@example.com` }));
    const answers = await Promise.all(Array.from({ length: 4 }, () => send(items)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const created = answers.map(({ body }) => Number(body.created));
    expect(created.reduce((sum, count) => sum + count)).toBe(50);
    const ids = answers.map(({ body }) => (body.results as Result[]).map(({ consumer }) => consumer?.id));
    expect(new Set(ids.flat()).size).toBe(50);
  });

  it("takes five hundred, and not one more", async () => {
    const items = Array.from({ length: limits.consumersPerBatchMax }, (_, n) => ({
      email: `fan${n}@example.com`,
      name: `Fan ${n}`,
      metadata: { customerNumber: `${n}`.padStart(1_500, "0").slice(0, 500) },
    }));
    expect((await send(items)).body).toMatchObject({ created: 500, existing: 0, refused: 0 });
    expect((await send(items)).body).toMatchObject({ created: 0, existing: 500 });
    expect(errorOf(await send([...items, {}]))).toMatchObject({
      code: "VALIDATION_ERROR",
      issues: [{ type: "max_length", expected: "500 items", received: "501 items" }],
    });
    expect(errorOf(await send([])).code).toBe("VALIDATION_ERROR");
  });

  it("has one Idempotency-Key for all", async () => {
    const headers = { "Idempotency-Key": "import-1" };
    const first = await send([{ email: "once@example.com" }, { name: "Twin" }], headers);
    const again = await send([{ email: "once@example.com" }, { name: "Twin" }], headers);
    expect(again.text).toBe(first.text);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await shop.call("GET", consumers)).body.data).toHaveLength(2);
    expect(errorOf(await send([{ name: "Other" }], headers)).code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("never mixes test and live", async () => {
    const live = await server.shop({ isLive: true });
    const id = encodeId("consumer", "0190fd2e-7c4a-7bbb-8abc-0123456789ab");
    await live.call("POST", consumers, { body: { id, email: "both@example.com" } });
    expect(await statuses({ email: "both@example.com" })).toEqual(["created"]);
    expect((await results({ id }))[0]?.refusal?.code).toBe("ALREADY_EXISTS");
  });
});
