import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestDatabase,
  startTestServer,
  type TestDatabase,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const guest = "/api/v1/auth/guest";
const limit = 3;

/** What a client could write to seem somebody else. */
const spoofs: Record<string, string>[] = [
  { "X-Forwarded-For": "203.0.113.9" },
  { "X-Forwarded-For": "2001:db8::9" },
  { "X-Forwarded-For": "::ffff:203.0.113.9" },
  { "X-Forwarded-For": "[2001:db8::9]:443" },
  { "X-Forwarded-For": "203.0.113.9:8080" },
  { "X-Forwarded-For": "127.0.0.1" },
  { "X-Forwarded-For": "::1" },
  { "X-Forwarded-For": "203.0.113.9, 203.0.113.10, 203.0.113.11" },
  { "X-Forwarded-For": "garbage" },
  { "X-Forwarded-For": ",,," },
  { "X-Forwarded-For": "" },
  { "X-Forwarded-For": "unknown, 10.0.0.1" },
  { "X-Forwarded-For": `${"203.0.113.9, ".repeat(300)}203.0.113.9` },
  { Forwarded: 'for=203.0.113.9;proto=https, for="[2001:db8::9]"' },
  { "X-Real-IP": "203.0.113.9" },
  { "X-Client-IP": "203.0.113.9" },
  { "True-Client-IP": "203.0.113.9" },
  { "X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "https" },
  { Via: "1.1 elsewhere.example" },
];

describe("the client's address", () => {
  let db: TestDatabase;
  const lines: string[] = [];
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const startWith = (trustProxy: string | null) =>
    startTestServer({
      isWorker: false,
      database: db,
      onLog: (line) => void lines.push(line),
      env: { RATE_LIMITS: "", ...(trustProxy === null ? {} : { TRUST_PROXY: trustProxy }) },
    });
  /** An organization whose guests are counted in windows of a length of their own, so that no other test's calls count. */
  let windowSeconds = 10_000;
  const shopOn = (server: TestServer): Promise<TestShop> => {
    windowSeconds += 1;
    return server.shop({ rateLimits: { guest: { limit, windowSeconds } } });
  };
  const start = async (
    server: TestServer,
    shop: TestShop,
    headers: Record<string, string>,
  ): Promise<number> =>
    (await server.call("POST", guest, { publishableKey: shop.publishableKey, headers })).status;

  describe("from a connection that TRUST_PROXY does not name", () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startWith("10.0.0.0/8, 192.0.2.1");
    });
    afterAll(() => server.stop());

    it.each(spoofs)("stays the connection's own, whatever the client writes: %j", async (headers) => {
      const shop = await shopOn(server);
      for (let call = 0; call < limit; call += 1) expect(await start(server, shop, {})).toBe(201);
      expect(await start(server, shop, headers)).toBe(429);
    });

    it("is one for all the headers there are, each call with another", async () => {
      const shop = await shopOn(server);
      const statuses = [];
      for (const headers of spoofs) statuses.push(await start(server, shop, headers));
      expect(statuses.filter((status) => status === 201)).toHaveLength(limit);
    });
  });

  describe("from a trusted proxy", () => {
    // What the proxy at the connection appended stands on the right; what is left of it the client may have written.
    const chains: [trust: string | null, forwarded: string, same: string, other: string][] = [
      [null, "198.51.100.1", "203.0.113.66, 198.51.100.1", "198.51.100.2"],
      ["loopback", "198.51.100.1", "127.0.0.1, 198.51.100.1", "198.51.100.2"],
      ["127.0.0.0/8", "198.51.100.1", "garbage, 198.51.100.1", "198.51.100.2"],
      ["127.0.0.1", "2001:db8:0:5::1", "198.51.100.1, 2001:db8:0:5:ffff::9", "2001:db8:0:6::1"],
      ["loopback", "198.51.100.7:5000", "203.0.113.1, 198.51.100.7:6000", "198.51.100.8:5000"],
      ["loopback", "[2001:db8:0:9::1]:80", "[2001:db8:0:9::2]:443", "[2001:db8:0:a::1]:80"],
      ["loopback", "::ffff:198.51.100.3", "198.51.100.3", "::ffff:198.51.100.4"],
      [
        "loopback, 10.0.0.0/8",
        "198.51.100.1, 10.1.2.3",
        "203.0.113.66, 198.51.100.1, 10.9.9.9",
        "198.51.100.2, 10.1.2.3",
      ],
      [
        "loopback,10.0.0.0/8,fd00::/8",
        "198.51.100.1, fd00::1, 10.1.2.3",
        "10.0.0.1, 198.51.100.1, fd00::2",
        "198.51.100.2, fd00::1",
      ],
      [
        "loopback, uniquelocal",
        "198.51.100.1, 192.168.0.9",
        "1.2.3.4, 198.51.100.1, 172.16.0.1",
        "198.51.100.9, 192.168.0.9",
      ],
      // 10.1.2.3 is no proxy of ours here: it is the client, whatever stands to its left.
      ["loopback", "198.51.100.1, 10.1.2.3", "198.51.100.2, 10.1.2.3", "198.51.100.1, 10.1.2.4"],
      // What a proxy calls unknown is counted together.
      ["loopback", "unknown", "something else", "198.51.100.1"],
    ];
    it.each(chains)(
      "that TRUST_PROXY %s names, is in %j the same as in %j, and not as in %j",
      async (trust, one, same, other) => {
        const server = await startWith(trust);
        const shop = await shopOn(server);
        const from = (forwarded: string) => start(server, shop, { "X-Forwarded-For": forwarded });
        for (let call = 0; call < limit; call += 1) expect(await from(call % 2 === 0 ? one : same)).toBe(201);
        expect([await from(one), await from(same), await from(other)]).toEqual([429, 429, 201]);
        await server.stop();
      },
    );

    it("is in X-Forwarded-For alone: other headers are the client's word", async () => {
      const server = await startWith(null);
      const shop = await shopOn(server);
      const others = spoofs.filter((headers) => !("X-Forwarded-For" in headers));
      for (let call = 0; call < limit; call += 1) expect(await start(server, shop, {})).toBe(201);
      for (const headers of others) expect(await start(server, shop, headers)).toBe(429);
      await server.stop();
    });
  });

  it("opens nothing that is for this machine alone, with whichever header", async () => {
    const server = await startWith(null);
    expect((await server.call("GET", "/metrics")).status).toBe(200);
    for (const headers of spoofs)
      expect([headers, (await server.call("GET", "/metrics", { headers })).status]).toEqual([headers, 403]);
    await server.stop();
  });

  it("that a client made up stands in no line of the log", () => {
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => /203\.0\.113|2001:db8|elsewhere\.example/.test(line))).toEqual([]);
  });
});
