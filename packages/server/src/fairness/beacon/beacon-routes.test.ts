import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../../testing/index.ts";
import { startTestBeacon, type TestBeacon } from "../../testing/test-beacon.ts";

describe("trying a beacon", () => {
  let beacon: TestBeacon;
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    beacon = await startTestBeacon();
    server = await startTestServer({
      isWorker: false,
      env: { DRAND_URLS: beacon.url, DRAND_CHAINS: JSON.stringify([beacon.info]) },
    });
    shop = await server.shop();
  });
  afterAll(async () => {
    await server.stop();
    await beacon.stop();
  });
  const ask = (chain: string = beacon.chain.beaconId) => shop.call("GET", `/api/v1/beacon?chain=${chain}`);

  it("shows a round that came lately, as the chain's key signed it", async () => {
    beacon.manner = "signed";
    const { status, body } = await ask();
    expect(status).toBe(200);
    expect(body).toMatchObject({ chainHash: beacon.chain.chainHash, isKnown: false });
    expect(body.signature).toBe(beacon.sign(Number(body.round)));
    const [row] = await server.db.query<{ now: Date }>("select stanchion_now() as now");
    const ageMs = (row?.now.getTime() ?? 0) - Date.parse(String(body.cameAt));
    expect(ageMs).toBeGreaterThan(0);
    expect(ageMs).toBeLessThan(20_000);
  });

  it.each([
    ["forged", 502, "BEACON_FAILED"],
    ["missing", 502, "BEACON_FAILED"],
    ["broken", 502, "BEACON_FAILED"],
    ["silent", 504, "BEACON_TIMEOUT"],
  ] as const)("says where it is %s: %i %s", { timeout: 20_000 }, async (manner, status, code) => {
    beacon.manner = manner;
    const answer = await ask();
    expect([answer.status, errorOf(answer).code]).toEqual([status, code]);
  });

  it("refuses a chain that it does not know", async () => {
    const answer = await ask("nobodys");
    expect([answer.status, errorOf(answer).code]).toEqual([400, "INVALID_PARAMETER"]);
    expect(errorOf(answer).issues?.[0]?.expected).toContain(`known here: quicknet, ${beacon.chain.beaconId}`);
  });
});
