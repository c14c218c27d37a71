import { hash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDrawProof, drawProofOf } from "../../testing/check-draw-proof.ts";
import { startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";
import { hasOpenssl, startTestAuthority, type TestAuthority } from "../../testing/test-authority.ts";
import { startTestBeacon, type TestBeacon } from "../../testing/test-beacon.ts";

const openMs = 60_000;
const closeToDrawMs = 120_000;
const dayMs = 86_400_000;

describe.skipIf(!hasOpenssl)("a draw that a beacon decides", () => {
  let beacon: TestBeacon;
  let authority: TestAuthority;
  let server: TestServer;
  let shop: TestShop;
  const logged: string[] = [];
  beforeAll(async () => {
    [beacon, authority] = await Promise.all([startTestBeacon(), startTestAuthority()]);
    server = await startTestServer({
      env: {
        DRAND_URLS: beacon.url,
        DRAND_CHAINS: JSON.stringify([beacon.info]),
        TIMESTAMP_URL: authority.url,
        TIMESTAMP_CERTIFICATES: authority.rootFile,
      },
      onLog: (line) => logged.push(line),
    });
    shop = await server.shop({ isLive: true });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all([beacon.stop(), authority.stop()]);
  });

  const frozenDraw = async (settings: object = {}): Promise<string> => {
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const closeMs = (row?.now.getTime() ?? 0) + openMs;
    const { id } = await shop.draw({
      beacon: { kind: "drand", chain: beacon.chain.beaconId },
      closeAt: new Date(closeMs).toISOString(),
      drawAt: new Date(closeMs + closeToDrawMs).toISOString(),
      ...settings,
    });
    for (const fan of await shop.fans(3)) await fan.enterDraw(id);
    return id;
  };
  const untilHas = (drawId: string, member: string) =>
    server.until(
      () => drawProofOf(server, drawId),
      (proof) => (proof[member] ?? null) !== null,
    );

  it("shows the seed and a witness at the freeze, and the round's signature at the draw", async () => {
    [beacon.manner, authority.manner] = ["signed", "signed"];
    const drawId = await frozenDraw();
    await server.advance(openMs);
    const frozen = await untilHas(drawId, "witness");
    expect(frozen).toMatchObject({ level: "beacon run by an unknown party" });
    expect(frozen.serverSeed).toMatch(/^[0-9a-f]{64}$/);
    expect(frozen.witness).toMatchObject({ kind: "rfc3161", digest: hash("sha256", String(frozen.freeze)) });
    expect(frozen).not.toHaveProperty("seed");
    await server.advance(closeToDrawMs + 3_000);
    const drawn = await untilHas(drawId, "drawnAt");
    const { round } = (drawn.rules as { beacon: { round: number } }).beacon;
    expect(drawn.beacon).toBe(beacon.sign(round));
    const checked = await checkDrawProof(server, drawId);
    expect(checked.steps.filter(({ holds }) => !holds)).toEqual([]);
    expect(checked.level).toBe("beacon run by an unknown party");
  });

  it("waits for a late beacon, takes no other round, and goes on without a witness", async () => {
    [beacon.manner, authority.manner] = ["missing", "broken"];
    const drawId = await frozenDraw();
    await server.advance(openMs);
    await untilHas(drawId, "freeze");
    await server.advance(closeToDrawMs + 3_000);
    const asked = beacon.asked();
    await server.until(
      async () => beacon.asked(),
      (now) => now > asked,
    );
    beacon.manner = "forged";
    await server.advance(600_000);
    await server.until(
      async () => logged.some((line) => line.includes("did not sign as round")),
      (isLogged) => isLogged,
    );
    expect(await drawProofOf(server, drawId)).not.toHaveProperty("seed");
    beacon.manner = "signed";
    await server.advance(600_000);
    expect(await untilHas(drawId, "drawnAt")).toMatchObject({ witness: null });
    expect((await checkDrawProof(server, drawId)).level).toBe("beacon run by an unknown party");
  });

  it("takes the first round that leaves a minute where the freeze comes too late for its round", async () => {
    [beacon.manner, authority.manner] = ["signed", "broken"];
    const drawId = await frozenDraw();
    // Nothing worked meanwhile: the list is frozen an hour after its round.
    await server.advance(3_600_000);
    await untilHas(drawId, "freeze");
    await server.advance(120_000);
    const proof = await untilHas(drawId, "drawnAt");
    const { round } = (proof.rules as { beacon: { round: number } }).beacon;
    expect(proof.beacon).not.toBe(beacon.sign(round));
    const checked = await checkDrawProof(server, drawId);
    expect(checked.steps.filter(({ holds }) => !holds)).toEqual([]);
  });

  it("keeps its chain through changes that do not touch it, on a server that knows the chain no more", async () => {
    const closeMs = Date.now() + 30 * dayMs;
    const times = {
      closeAt: new Date(closeMs).toISOString(),
      drawAt: new Date(closeMs + dayMs).toISOString(),
    };
    const choice = { kind: "drand", chain: beacon.chain.beaconId };
    const made = await shop.draw({ beacon: choice, ...times });
    const other = await startTestServer({ isWorker: false, database: server.db });
    const patch = (body: object) =>
      other.call("PATCH", `/api/v1/draws/${made.id}`, { bearer: shop.secretKey, body });
    try {
      const renamed = await patch({ name: "Another" });
      expect([renamed.status, renamed.body.rulesHash]).toEqual([200, made.rulesHash]);
      const ruleOf = ({ rules }: Record<string, unknown>) => (rules as { beacon: { round: number } }).beacon;
      const later = await patch({ drawAt: new Date(closeMs + 2 * dayMs).toISOString(), beacon: choice });
      expect(later.status).toBe(200);
      expect(ruleOf(later.body)).toEqual({ ...ruleOf(made), round: expect.any(Number) });
      expect(ruleOf(later.body).round).toBeGreaterThan(ruleOf(made).round);
      expect((await patch({ beacon: { kind: "none" } })).status).toBe(200);
      expect((await patch({ beacon: choice })).status).toBe(422);
    } finally {
      await other.stop();
    }
  });

  it("is void, in public and for good, when its round has not come for seven days", async () => {
    [beacon.manner, authority.manner] = ["missing", "signed"];
    const drawId = await frozenDraw();
    const late = await shop.fan();
    await late.enterDraw(drawId);
    await server.advance(openMs);
    await untilHas(drawId, "freeze");
    expect((await late.drawStatus(drawId)).body).toMatchObject({ status: "ENTERED", drawStatus: "CLOSED" });
    await server.advance(8 * dayMs);
    const read = () => shop.call("GET", `/api/v1/draws/${drawId}`);
    await server.until(read, ({ body }) => body.status === "VOID");
    beacon.manner = "signed";
    const path = `/api/v1/organizations/${shop.organizationId}/fairness-log?mode=live&first=100`;
    const log = await server.call("GET", path);
    expect(log.text).toContain('"kind":"void"');
    const cancelled = await shop.call("POST", `/api/v1/draws/${drawId}/cancel`);
    expect(cancelled.body.code).toBe("INVALID_STATE");
    const checked = await checkDrawProof(server, drawId);
    expect(checked.steps.filter(({ holds }) => !holds)).toEqual([]);
    expect(checked.voidedAt).toEqual(expect.any(String));
  });
});
