import { hash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkLineProof,
  lineProofOf,
  startTestServer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";
import { hasOpenssl, startTestAuthority, type TestAuthority } from "../../testing/test-authority.ts";
import { startTestBeacon, type TestBeacon } from "../../testing/test-beacon.ts";

const earlyMs = 60_000;
/** From the opening to the round of the rules, and until the beacon has it. */
const roundMs = 19_000;
const dayMs = 86_400_000;

describe.skipIf(!hasOpenssl)("an opening that a beacon decides", () => {
  let beacon: TestBeacon;
  let authority: TestAuthority;
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    [beacon, authority] = await Promise.all([startTestBeacon(), startTestAuthority()]);
    server = await startTestServer({
      env: {
        DRAND_URLS: beacon.url,
        DRAND_CHAINS: JSON.stringify([beacon.info]),
        TIMESTAMP_URL: authority.url,
        TIMESTAMP_CERTIFICATES: authority.rootFile,
      },
    });
    shop = await server.shop({ isLive: true });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await Promise.all([beacon.stop(), authority.stop()]);
  });

  const earlyLine = async (): Promise<{ queueId: string; receipt: unknown }> => {
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const { id } = await shop.queue({
      shuffleBeforeOpen: true,
      openAt: new Date((row?.now.getTime() ?? 0) + earlyMs).toISOString(),
      beacon: { kind: "drand", chain: beacon.chain.beaconId },
    });
    const receipts: unknown[] = [];
    for (const fan of await shop.fans(3)) receipts.push((await fan.enter(id)).body.receipt);
    return { queueId: id, receipt: receipts[0] };
  };
  const untilHas = (queueId: string, member: string) =>
    server.until(
      () => lineProofOf(server, queueId),
      (proof) => (proof[member] ?? null) !== null,
    );
  const statusOf = async (queueId: string) =>
    (await server.call("GET", `/api/v1/queues/${queueId}/now-serving`)).body.status;
  const checkedWhole = (queueId: string, receipt: unknown) =>
    server.until(
      () => checkLineProof(server, queueId, receipt),
      ({ steps }) => steps.every(({ holds }) => holds),
    );

  it("shows the seed and a witness at the freeze, and the round's signature with the order", async () => {
    [beacon.manner, authority.manner] = ["signed", "signed"];
    const { queueId, receipt } = await earlyLine();
    await server.advance(earlyMs);
    const frozen = await untilHas(queueId, "witness");
    expect(frozen).toMatchObject({ n: 3, level: "beacon run by an unknown party" });
    expect(frozen.serverSeed).toMatch(/^[0-9a-f]{64}$/);
    expect(frozen.witness).toMatchObject({ digest: hash("sha256", String(frozen.freeze)) });
    expect(frozen).not.toHaveProperty("seed");
    await server.until(
      () => statusOf(queueId),
      (status) => status === "DRAWING",
    );
    await server.advance(roundMs);
    const drawn = await untilHas(queueId, "drawnAt");
    const { round } = (drawn.rules as { beacon: { round: number } }).beacon;
    expect(drawn.beacon).toBe(beacon.sign(round));
    const checked = await checkedWhole(queueId, receipt);
    expect(checked.level).toBe("beacon run by an unknown party");
  });

  it("waits for a late beacon, and admits nobody meanwhile", async () => {
    [beacon.manner, authority.manner] = ["missing", "broken"];
    const { queueId, receipt } = await earlyLine();
    await server.advance(earlyMs);
    await untilHas(queueId, "freeze");
    await server.advance(roundMs);
    const asked = beacon.asked();
    await server.until(
      async () => beacon.asked(),
      (now) => now > asked,
    );
    const late = await shop.fan();
    expect((await late.enter(queueId)).body).toMatchObject({ ticket: 4, rank: null, position: null });
    const board = await server.until(
      () => server.call("GET", `/api/v1/queues/${queueId}/now-serving`),
      ({ body }) => body.waiting === 4,
    );
    expect(board.body).toMatchObject({ status: "DRAWING", nowServing: 0 });
    beacon.manner = "signed";
    await server.advance(600_000);
    expect(await untilHas(queueId, "drawnAt")).toMatchObject({ witness: null, n: 3 });
    await checkedWhole(queueId, receipt);
  });

  it("takes the first round that leaves a minute where the freeze comes too late for its round", async () => {
    [beacon.manner, authority.manner] = ["signed", "broken"];
    const { queueId, receipt } = await earlyLine();
    // Nothing worked meanwhile: the list is frozen an hour after its round.
    await server.advance(earlyMs + 3_600_000);
    await untilHas(queueId, "freeze");
    await server.advance(120_000);
    const proof = await untilHas(queueId, "drawnAt");
    const { round } = (proof.rules as { beacon: { round: number } }).beacon;
    expect(proof.beacon).not.toBe(beacon.sign(round));
    await checkedWhole(queueId, receipt);
  });

  it("has no order, in public, when its round has not come for seven days", async () => {
    [beacon.manner, authority.manner] = ["missing", "signed"];
    const { queueId } = await earlyLine();
    await server.advance(earlyMs);
    await untilHas(queueId, "freeze");
    await server.advance(8 * dayMs);
    const path = `/api/v1/organizations/${shop.organizationId}/fairness-log?mode=live&distributionId=${queueId}&first=100`;
    await server.until(
      () => server.call("GET", path),
      ({ text }) => text.includes('"kind":"void"'),
    );
    expect(await statusOf(queueId)).toBe("DRAWING");
  });
});
