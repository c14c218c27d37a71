import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canonicalJson } from "../../platform/canonical-json.ts";
import {
  errorOf,
  startTestServer,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const quicknetHash = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
const hourMs = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString();
const hashOf = (value: unknown): string => createHash("sha256").update(canonicalJson(value)).digest("hex");
const issuesOf = (answer: TestAnswer) =>
  (errorOf(answer).issues ?? []).map(({ path, type }) => [path.map(({ key }) => key).join("."), type]);

describe("draws", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  const create = (settings: Record<string, unknown>, by: TestShop = shop) =>
    by.call("POST", "/api/v1/draws", {
      body: { name: "Draw", winnerCount: 2, closeAt: inHours(1), drawAt: inHours(2), ...settings },
    });
  const patch = (id: string, body: unknown) => shop.call("PATCH", `/api/v1/draws/${id}`, { body });
  const logOf = async (id: string): Promise<{ kind: string; data: Record<string, unknown> }[]> => {
    const rows = await server.db.query<{ body: string }>(
      "select body from fairness_log_entries where body like $1 order by index",
      [`%"distributionId":"${id}"%`],
    );
    return rows.map(({ body }) => JSON.parse(body));
  };

  it("are made with their rules, which everybody can hash again", async () => {
    const answer = await create({ capacity: 100, backfill: true });
    expect(answer.status).toBe(201);
    const { id, rules, rulesHash, commitment } = answer.body;
    expect(answer.headers.get("location")).toBe(`/api/v1/draws/${id}`);
    expect(answer.body).toMatchObject({
      status: "OPEN",
      entries: 0,
      beacon: { kind: "none" },
      admissionExpirationSeconds: 600,
      completionGraceSeconds: 120,
      entryLevel: "guest",
      cancelledAt: null,
      version: 1,
    });
    expect(rules).toEqual({
      admissionExpirationSeconds: 600,
      algorithm: "fair-draw-v1",
      backfill: true,
      beacon: { kind: "none" },
      capacity: 100,
      closeAt: answer.body.closeAt,
      commitment,
      completionGraceSeconds: 120,
      drawAt: answer.body.drawAt,
      drawId: id,
      entryLevel: "guest",
      mode: "test",
      openAt: null,
      organizationId: shop.organizationId,
      unit: "consumer",
      winnerCount: 2,
    });
    expect(hashOf(rules)).toBe(rulesHash);
    expect(commitment).toMatch(/^[0-9a-f]{64}$/);
    expect(await logOf(String(id))).toMatchObject([
      { kind: "rules.made", data: { rulesHash } },
      { kind: "rules.announced", data: { rules } },
    ]);
  });

  it("name the first round that does not come before the draw, of a chain by its name or its hash", async () => {
    const drawAt = "2030-01-01T00:00:00.000Z";
    for (const chain of ["quicknet", quicknetHash]) {
      const { body } = await create({
        closeAt: "2029-12-31T23:59:00Z",
        drawAt,
        beacon: { kind: "drand", chain },
      });
      expect(body.beacon).toEqual({ kind: "drand", chain });
      const { beacon } = body.rules as { beacon: { round: number; genesis: number; period: number } };
      expect(beacon).toMatchObject({ kind: "drand", beaconId: "quicknet", chainHash: quicknetHash });
      const secondsOfRound = (round: number) => beacon.genesis + (round - 1) * beacon.period;
      expect(secondsOfRound(beacon.round)).toBeGreaterThanOrEqual(Date.parse(drawAt) / 1_000);
      expect(secondsOfRound(beacon.round - 1)).toBeLessThan(Date.parse(drawAt) / 1_000);
    }
  });

  it.each([
    ["closed before it is made", { closeAt: inHours(-1) }, [["closeAt", "order"]]],
    ["opens after it closes", { openAt: inHours(2) }, [["closeAt", "order"]]],
    ["is drawn before it closes", { drawAt: inHours(0.5) }, [["drawAt", "order"]]],
    [
      "is drawn by a beacon less than a minute after the close",
      {
        drawAt: new Date(Date.now() + hourMs + 59_000).toISOString(),
        beacon: { kind: "drand", chain: "quicknet" },
      },
      [["drawAt", "order"]],
    ],
    [
      "names a chain that nobody knows",
      { beacon: { kind: "drand", chain: "mine" } },
      [["beacon.chain", "reference"]],
    ],
    ["names no chain", { beacon: { kind: "drand" } }, [["beacon.chain", "required"]]],
    [
      "names a chain and no beacon",
      { beacon: { kind: "none", chain: "quicknet" } },
      [["beacon.chain", "enum"]],
    ],
    [
      "has several faults at once",
      { openAt: inHours(3), drawAt: inHours(0.5), beacon: { kind: "drand" } },
      [
        ["closeAt", "order"],
        ["drawAt", "order"],
        ["beacon.chain", "required"],
      ],
    ],
  ])("are refused where one %s", async (_, settings, issues) => {
    const answer = await create(settings);
    expect([answer.status, issuesOf(answer)]).toEqual([422, issues]);
  });

  it("say which chains can be named, where one names another", async () => {
    const refused = await create({ beacon: { kind: "drand", chain: "mine" } });
    expect(errorOf(refused).issues).toMatchObject([
      {
        expected: "drand chain: quicknet",
        message: "beacon.chain must name an existing drand chain: quicknet.",
      },
    ]);
  });

  it("must say by what they are drawn where they are live", async () => {
    const live = await server.shop({ isLive: true });
    const answer = await create({}, live);
    expect([answer.status, issuesOf(answer)]).toEqual([422, [["beacon", "required"]]]);
    expect((await create({ beacon: { kind: "none" } }, live)).body.beacon).toEqual({ kind: "none" });
  });

  it("show to a publishable key what is public, the rules among it", async () => {
    const { body } = await create({ requireFingerprint: true, checkoutUrl: "https://shop.example/secret" });
    const seen = await server.call("GET", `/api/v1/draws/${body.id}`, {
      publishableKey: shop.publishableKey,
    });
    expect(seen.body).toMatchObject({
      id: body.id,
      rules: body.rules,
      rulesHash: body.rulesHash,
      entries: 0,
    });
    expect(seen.body).not.toHaveProperty("version");
    expect(seen.text).not.toMatch(/requireFingerprint|checkoutUrl|secret/);
  });

  it("change their rules in public until the first entry, and their name ever after", async () => {
    const draw = await shop.draw({ drawAt: inHours(2) });
    const changed = await patch(draw.id, { winnerCount: 5, backfill: true });
    expect(changed.body).toMatchObject({ winnerCount: 5, backfill: true, version: 2 });
    expect(changed.body.rulesHash).not.toBe(draw.rulesHash);
    expect(changed.body.commitment).toBe(draw.commitment);
    expect(hashOf(changed.body.rules)).toBe(changed.body.rulesHash);
    const renamed = await patch(draw.id, { name: "Another" });
    expect(renamed.body.rulesHash).toBe(changed.body.rulesHash);
    expect(
      (await logOf(draw.id)).map(({ kind, data }) => [
        kind,
        data.rulesHash ?? hashOf(data.rules),
        data.before,
      ]),
    ).toEqual([
      ["rules.made", draw.rulesHash, undefined],
      ["rules.announced", draw.rulesHash, undefined],
      ["rules.changed", changed.body.rulesHash, draw.rulesHash],
      ["rules.announced", changed.body.rulesHash, undefined],
    ]);
    await (await shop.fan()).enterDraw(draw.id);
    for (const body of [
      { winnerCount: 4 },
      { closeAt: inHours(0.5) },
      { drawAt: inHours(3) },
      { openAt: inHours(0.1) },
      { capacity: 10 },
      { backfill: false },
      { entryLevel: "confirmed" },
      { admissionExpirationSeconds: 60 },
      { completionGraceSeconds: 0 },
      { beacon: { kind: "drand", chain: "quicknet" } },
    ]) {
      const answer = await patch(draw.id, body);
      const { code, details } = errorOf(answer);
      expect([body, answer.status, code, details]).toEqual([
        body,
        409,
        "INVALID_STATE",
        { state: "OPEN", fields: Object.keys(body), lastNumber: 1, hint: expect.any(String) },
      ]);
    }
    expect((await patch(draw.id, { name: "A third", requireFingerprint: true, winnerCount: 5 })).status).toBe(
      200,
    );
  });

  it("say where winners are led, which is no rule and changes at any time, on the record", async () => {
    const checkoutUrl = "https://shop.example/checkout";
    const { body: draw } = await create({ checkoutUrl });
    expect(draw.checkoutUrl).toBe(checkoutUrl);
    expect((await shop.draw()).checkoutUrl).toBeNull();
    await (await shop.fan()).enterDraw(String(draw.id));
    const moved = await patch(String(draw.id), { checkoutUrl: `${checkoutUrl}?vip` });
    expect(moved.body).toMatchObject({ checkoutUrl: `${checkoutUrl}?vip`, rulesHash: draw.rulesHash });
    expect((await patch(String(draw.id), { name: "Another" })).body.checkoutUrl).toBe(`${checkoutUrl}?vip`);
    expect((await patch(String(draw.id), { checkoutUrl: null })).body.checkoutUrl).toBeNull();
    const { body: log } = await shop.call("GET", `/api/v1/audit-log?target=${draw.id}&first=1`);
    expect(log).toMatchObject({
      data: [
        {
          action: "draw.updated",
          before: { checkoutUrl: `${checkoutUrl}?vip` },
          after: { checkoutUrl: null },
        },
      ],
    });
  });

  it.each([
    ["ftp://shop.example", "format"],
    ["https://user:pass@shop.example", "format"],
    [`https://shop.example/${"x".repeat(2_000)}`, "max_length"],
  ])("refuse to lead winners to %s", async (checkoutUrl, type) => {
    const draw = await shop.draw();
    for (const answer of [await create({ checkoutUrl }), await patch(draw.id, { checkoutUrl })])
      expect([answer.status, issuesOf(answer)]).toEqual([422, [["checkoutUrl", type]]]);
  });

  it("keep their rules once they have closed, though nobody entered", async () => {
    const draw = await shop.draw({ closeAt: inHours(0.5), drawAt: inHours(1) });
    expect((await patch(draw.id, { closeAt: inHours(-1) })).body.status).toBe("CLOSED");
    expect(errorOf(await patch(draw.id, { closeAt: inHours(0.5) })).details).toMatchObject({
      state: "CLOSED",
      hint: expect.stringMatching("Cancel it and make another"),
    });
  });

  it("are cancelled once, in the log, and take nobody afterwards", async () => {
    const draw = await shop.draw();
    const [fan, late] = await shop.fans(2);
    await fan?.enterDraw(draw.id);
    const cancel = () => shop.call("POST", `/api/v1/draws/${draw.id}/cancel`);
    const first = await cancel();
    expect(first.body).toMatchObject({ status: "CANCELLED", version: 2 });
    expect((await cancel()).body).toEqual(first.body);
    expect((await logOf(draw.id)).slice(2)).toMatchObject([
      { kind: "cancelled", data: { count: 1, lastNumber: 1, rulesHash: draw.rulesHash } },
    ]);
    const refused = await late?.enterDraw(draw.id);
    expect(refused && errorOf(refused)).toMatchObject({
      code: "DRAW_CLOSED",
      details: { state: "CANCELLED" },
    });
  });

  it("are cancelled after the close too, and not any more once a result is published", async () => {
    const [closed, drawn] = [await shop.draw(), await shop.draw()];
    await patch(closed.id, { closeAt: inHours(-1) });
    expect((await shop.call("POST", `/api/v1/draws/${closed.id}/cancel`)).body.status).toBe("CANCELLED");
    await server.db.query(
      "update draw_outcomes o set published_at = now() from draws d where d.id = o.draw_id and d.rules like $1",
      [`%${drawn.id}%`],
    );
    const answer = await shop.call("POST", `/api/v1/draws/${drawn.id}/cancel`);
    expect([answer.status, errorOf(answer).code]).toEqual([409, "INVALID_STATE"]);
  });

  it("say of one that is cancelled what to do instead of changing its rules, and that all is done", async () => {
    const draw = await shop.draw();
    await (await shop.fan()).enterDraw(draw.id);
    await shop.call("POST", `/api/v1/draws/${draw.id}/cancel`);
    const refused = errorOf(await patch(draw.id, { winnerCount: 4 })).details;
    expect(refused).toMatchObject({ state: "CANCELLED", hint: expect.stringMatching("Make another") });
    expect(refused.hint).not.toMatch("Cancel");
    const kept = errorOf(await shop.call("DELETE", `/api/v1/draws/${draw.id}`));
    expect(kept.details).toEqual({ entries: 1, hint: expect.stringMatching("nothing needs to be done") });
  });

  it("are deleted with what was made for them, unless somebody is in", async () => {
    const draw = await shop.draw();
    const fan = await shop.fan();
    await fan.enterDraw(draw.id);
    const remove = () => shop.call("DELETE", `/api/v1/draws/${draw.id}`);
    expect(errorOf(await remove())).toMatchObject({
      code: "RESOURCE_IN_USE",
      message: expect.stringMatching("Cancel it instead"),
      details: { entries: 1, hint: expect.stringMatching("Cancel it instead") },
    });
    await fan.leaveDraw(draw.id);
    expect((await remove()).status).toBe(204);
    expect((await logOf(draw.id)).at(-1)).toMatchObject({
      kind: "deleted",
      data: { count: 0, lastNumber: 1, rulesHash: draw.rulesHash },
    });
    const gone = await shop.call("GET", `/api/v1/draws/${draw.id}`);
    expect(errorOf(gone)).toMatchObject({ code: "DRAW_NOT_FOUND", details: { deleted: true } });
    expect((await shop.call("GET", `/api/v1/experiences/${draw.experienceId}`)).status).toBe(404);
    expect(errorOf(await fan.enterDraw(draw.id)).code).toBe("DRAW_NOT_FOUND");
  });

  it("keep the sequence that they stand in", async () => {
    const draw = await shop.draw();
    const answer = await shop.call("DELETE", `/api/v1/sequences/${draw.sequenceId}`);
    expect(errorOf(answer).code).toBe("RESOURCE_IN_USE");
  });

  it("close for entries with their experience", async () => {
    const draw = await shop.draw();
    await shop.call("PATCH", `/api/v1/experiences/${draw.experienceId}`, { body: { closeAt: inHours(-1) } });
    expect((await shop.call("GET", `/api/v1/draws/${draw.id}`)).body.status).toBe("CLOSED");
    expect(errorOf(await (await shop.fan()).enterDraw(draw.id)).code).toBe("DRAW_CLOSED");
  });

  it("are listed newest first, and found by their state and place", async () => {
    const own = await server.shop();
    const [open, later] = [await own.draw(), await own.draw({ openAt: inHours(0.5) })];
    const list = async (query: string) => {
      const { body } = await own.call("GET", `/api/v1/draws${query}`);
      return (body.data as { id: string }[]).map(({ id }) => id);
    };
    expect(await list("")).toEqual([later.id, open.id]);
    expect(await list("?status=OPEN")).toEqual([open.id]);
    expect(await list("?status=SCHEDULED")).toEqual([later.id]);
    expect(await list(`?sequenceId=${open.sequenceId}`)).toEqual([open.id]);
    expect(await list(`?experienceId=${later.experienceId}`)).toEqual([later.id]);
    expect(await list(`?search=${encodeURIComponent(String(open.name))}`)).toEqual([open.id]);
    const first = await own.call("GET", "/api/v1/draws?first=1");
    const { endCursor } = first.body.pageInfo as { endCursor: string };
    expect(await list(`?after=${endCursor}`)).toEqual([open.id]);
  });
});
