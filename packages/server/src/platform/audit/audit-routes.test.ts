import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";

interface Shown extends Record<string, unknown> {
  readonly number: number;
  readonly action: string;
  readonly recordedAt: string;
  readonly hash: string;
  readonly previousHash: string;
}

const log = "/api/v1/audit-log";

describe("the audit log", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    shop = await server.shop();
  });

  const read = async (query = "", by: TestShop = shop) => {
    const { body } = await by.call("GET", `${log}${query}`);
    return body as unknown as {
      data: Shown[];
      pageInfo: { endCursor: string | null; hasNextPage: boolean };
    };
  };
  const actions = async (query: string) => (await read(query)).data.map(({ action }) => action);
  const make = async (path: string, body: object) =>
    String((await shop.call("POST", `/api/v1/${path}`, { body })).body.id);

  it("shows who changed what, when, from where, before and after", async () => {
    const id = await make("queues", { name: "Drop", admitRate: 60 });
    const headers = { "X-Request-Id": "mine" };
    await shop.call("PATCH", `/api/v1/queues/${id}`, { body: { admitRate: 90 }, headers });
    const [newest] = (await read("?first=1")).data;
    expect(newest).toEqual({
      format: 1,
      organizationId: shop.organizationId,
      mode: "test",
      number: 3,
      id: expect.stringMatching(/^aud_[0-9a-z]{26}$/),
      recordedAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      action: "queue.updated",
      actor: { type: "key", id: expect.stringMatching(/^key_/), name: "Secret key" },
      target: { type: "queue", id },
      related: [expect.stringMatching(/^exp_/), expect.stringMatching(/^seq_/)],
      changed: ["admitRate"],
      before: { admitRate: 60, version: 1 },
      after: { admitRate: 90, version: 2 },
      requestId: "mine",
      networkDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      previousHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      network: "127.0.0.1",
      networkSalt: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("can be recomputed by a stranger from what the API shows", async () => {
    await make("products", { name: "Boot – 靴 \u0001", sku: "B", price: "1.50", currency: "EUR" });
    await make("queues", { name: 'A "quoted" line', admitRate: 60 });
    const sorted = (value: unknown): unknown =>
      value === null || typeof value !== "object" || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, member]) => [name, sorted(member)]),
          );
    let previous = "0".repeat(64);
    for (const { hash, network, networkSalt, ...hashed } of (await read()).data.reverse()) {
      const withLists = { ...hashed, after: deepSorted(hashed.after), before: deepSorted(hashed.before) };
      const text = JSON.stringify(sorted(withLists));
      expect(hashed.previousHash).toBe(previous);
      expect(createHash("sha256").update(text).digest("hex")).toBe(hash);
      if (networkSalt !== null)
        expect(hashed.networkDigest).toBe(
          createHash("sha256")
            .update(Buffer.from(String(networkSalt), "hex"))
            .update(String(network))
            .digest("hex"),
        );
      previous = hash;
    }
  });

  function deepSorted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(deepSorted);
    if (value === null || typeof value !== "object") return value;
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(members.map(([name, member]) => [name, deepSorted(member)]));
  }

  it("is read by pages, newest first, without a gap while more is written", async () => {
    for (let index = 0; index < 5; index += 1) await make("experiences", { name: `E${index}` });
    const first = await read("?first=2");
    expect(first.data.map(({ number }) => number)).toEqual([6, 5]);
    await make("experiences", { name: "Late" });
    const second = await read(`?first=2&after=${first.pageInfo.endCursor}`);
    expect([second.data.map(({ number }) => number), second.pageInfo.hasNextPage]).toEqual([[4, 3], true]);
    const third = await read(`?first=2&after=${second.pageInfo.endCursor}`);
    expect([third.data.map(({ number }) => number), third.pageInfo.hasNextPage]).toEqual([[2, 1], false]);
  });

  it("is filtered by action, actor, target and time", async () => {
    const experienceId = await make("experiences", { name: "Home" });
    const sequenceId = await make("sequences", { experienceId, name: "First" });
    await server.advance(60_000);
    const queueId = await make("queues", { name: "Drop", admitRate: 60, sequenceId });
    const all = (await read()).data;
    const queueMade = all.find(({ action }) => action === "queue.created");
    const time = encodeURIComponent(String(queueMade?.recordedAt));
    const key = String(Object(queueMade?.actor).id);
    expect(await actions("?action=sequence.created")).toEqual(["sequence.created"]);
    expect(await actions(`?actor=${key}`)).toEqual([
      "queue.created",
      "sequence.created",
      "experience.created",
    ]);
    expect(await actions("?actor=host")).toEqual(["organization.created"]);
    expect(await actions("?actor=system")).toEqual([]);
    expect(await actions(`?target=${queueId}`)).toEqual(["queue.created"]);
    expect(await actions(`?target=${experienceId}`)).toEqual([
      "queue.created",
      "sequence.created",
      "experience.created",
    ]);
    expect(await actions(`?from=${time}`)).toEqual(["queue.created"]);
    expect(await actions(`?to=${time}&action=experience.created`)).toEqual(["experience.created"]);
    expect(await actions(`?to=${time}`)).toHaveLength(3);
    expect(await actions(`?actor=${key}&target=${sequenceId}&from=${time}`)).toEqual(["queue.created"]);
  });

  it.each([
    ["action", "queue.exploded"],
    ["from", "yesterday"],
    ["to", "2026-02-30T00:00:00Z"],
    ["actor", ""],
    ["after", "bm9uc2Vuc2U"],
    ["first", "101"],
    ["search", "x"],
  ])("refuses a filter that it does not understand: %s=%s", async (parameter, value) => {
    const refused = errorOf(await shop.call("GET", `${log}?${parameter}=${encodeURIComponent(value)}`));
    expect(refused).toMatchObject({ code: "INVALID_PARAMETER", details: { parameter } });
  });

  it("is each organization's own, in each mode, and closed to publishable keys", async () => {
    const { data } = await read("", await server.shop());
    expect(data.map(({ organizationId }) => organizationId)).not.toContain(shop.organizationId);
    const live = await server.shop({ isLive: true });
    expect((await read("", live)).data).toMatchObject([{ action: "organization.created", mode: "live" }]);
    for (const path of [log, `${log}/export`]) {
      const refused = await server.call("GET", path, { publishableKey: shop.publishableKey });
      expect(errorOf(refused).code).toBe("SECRET_KEY_REQUIRED");
    }
  });

  describe("as CSV", () => {
    const exported = async (query = "") => (await shop.call("GET", `${log}/export${query}`)).text;

    it("has a line for each record, oldest first, with a head, and says what it is", async () => {
      await make("experiences", { name: 'Say "hello", world' });
      const answer = await shop.call("GET", `${log}/export`);
      expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
      expect(answer.headers.get("content-disposition")).toBe('attachment; filename="audit-log.csv"');
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("x-ratelimit-limit")).not.toBeNull();
      const lines = answer.text.split("\r\n");
      expect(lines).toHaveLength(4);
      expect(lines[0]).toMatch(/^number,recordedAt,action,actorType,actorId,actorName,targetType,targetId,/);
      expect(lines[1]).toMatch(/^1,.*,organization\.created,host,,,organization,org_/);
      expect(lines[2]).toContain('""name"":""Say \\""hello\\"", world""');
      expect(lines[2]).toMatch(new RegExp(`,${(await read("?first=1")).data[0]?.hash}$`));
    });

    it("is harmless in a spreadsheet, whatever a key is called", async () => {
      for (const start of ["=", "+", "-", "@", "\t", "\r", "\n", "＝"]) {
        await server.db.query(
          "update api_keys set name = $1 where kind = 'secret' and organization_id = (select organization_id from audit_chains c join audit_records r on r.chain_id = c.id where r.target_id = $2)",
          [`${start}cmd|' /C calc'!A0`, shop.organizationId],
        );
        await make("experiences", { name: `After ${start.charCodeAt(0)}` });
      }
      const cells = (await exported()).match(/,key,key_[0-9a-z]{26},("(?:[^"]|"")*"|[^,]*)/g) ?? [];
      expect(cells).toHaveLength(8);
      for (const cell of cells) expect(cell.slice(36)).toMatch(/^"?'/);
    });

    it("takes the filters of the list", async () => {
      await make("experiences", { name: "Home" });
      expect((await exported("?action=experience.created")).split("\r\n")).toHaveLength(3);
      expect((await exported("?actor=system")).split("\r\n")).toHaveLength(2);
      expect(errorOf(await shop.call("GET", `${log}/export?first=2`)).code).toBe("INVALID_PARAMETER");
    });

    it("holds everything, however much there is", async () => {
      await make("experiences", { name: "Home" });
      await server.db.query(
        `insert into audit_records select chain_id, number + n, record_id, recorded_at, action, actor_type, actor_id, actor_name,
           target_id, related, changed, before, after, request_id, network_digest, previous_hash, hash, network, network_salt
         from audit_records, generate_series(1, 2100) n where number = 2 and chain_id = (select chain_id from audit_records where target_id = $1 limit 1)`,
        [shop.organizationId],
      );
      await server.db.query(
        "update audit_chains set last_number = 2102 where id = (select chain_id from audit_records where target_id = $1 limit 1)",
        [shop.organizationId],
      );
      const numbers = (await exported())
        .split("\r\n")
        .slice(1, -1)
        .map((line) => Number(line.split(",")[0]));
      expect(numbers).toEqual(Array.from({ length: 2_102 }, (_, index) => index + 1));
    });

    it("is answered to HEAD without a body", async () => {
      const answer = await shop.call("HEAD", `${log}/export`);
      expect([answer.status, answer.text]).toEqual([200, ""]);
    });
  });
});
