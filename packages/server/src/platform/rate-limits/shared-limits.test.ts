import { connect, createServer, type Server, type Socket } from "node:net";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  createTestDatabase,
  limitStoreUrl,
  startTestServer,
  type TestAnswer,
  type TestDatabase,
  type TestServer,
  type TestShop,
  whyNoLimitStore,
} from "../../testing/index.ts";
import { newUuid } from "../randomness.ts";

const storeUrl = limitStoreUrl;
const experiences = "/api/v1/experiences";
const whyNot = await whyNoLimitStore();

const statusesOf = (answers: readonly TestAnswer[]): Record<number, number> => {
  const found: Record<number, number> = {};
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1;
  return found;
};
const times = <T>(count: number, ask: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(index)));

describe.skipIf(whyNot !== null)(
  `rate limits that processes share${whyNot === null ? "" : ` (${whyNot})`}`,
  () => {
    let db: TestDatabase;
    let store: Redis;
    let proxy: StoreProxy;
    let servers: TestServer[];
    /** Asks the store through the proxy. */
    let behind: TestServer;
    let shop: TestShop;
    const lines: string[] = [];
    // A secret of this run: its keys are its own, whoever else uses the store.
    const secret = `a secret of this run of the tests ${newUuid(Date.now())}`;
    const start = (url: string) =>
      startTestServer({
        isWorker: false,
        database: db,
        onLog: (line) => void lines.push(line),
        env: { RATE_LIMITS: "", STANCHION_SECRET: secret, VALKEY_URL: url },
      });

    beforeAll(async () => {
      db = await createTestDatabase();
      store = new Redis(storeUrl);
      proxy = await startStoreProxy(storeUrl);
      const [first, second, third] = await Promise.all([
        start(storeUrl),
        start(storeUrl.replace("redis:", "valkey:")),
        start(storeUrl),
      ]);
      servers = [first, second, third];
      behind = await start(proxy.url);
      shop = await first.shop();
    });
    afterAll(async () => {
      for (const server of [...servers, behind]) await server.stop();
      await proxy.stop();
      store.disconnect();
      await db.drop();
    });

    /** As the secret key of a shop, on the server with this number. */
    const callOn = (index: number, of: TestShop = shop, path = experiences) => {
      const server = servers[index % servers.length];
      if (server === undefined) throw new Error("no such server");
      return server.call("GET", path, { bearer: of.secretKey });
    };
    const shopWith = async (limit: number, windowSeconds = 60): Promise<TestShop> => {
      const made = await servers[0]?.shop({ rateLimits: { general: { limit, windowSeconds } } });
      if (made === undefined) throw new Error("no server");
      return made;
    };
    const linesWith = (text: string) => lines.filter((line) => line.includes(text));

    it("let exactly the limit of simultaneous calls pass, spread over three processes", async () => {
      const answers = await times(400, (index) => callOn(index));
      expect(statusesOf(answers)).toEqual({ 200: 100, 429: 300 });
      const passed = answers.filter(({ status }) => status === 200);
      expect(
        passed.map(({ headers }) => Number(headers.get("x-ratelimit-remaining"))).sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 100 }, (_, index) => index));
      // One window, whichever process tells of it.
      const resets = new Set(answers.map(({ headers }) => headers.get("x-ratelimit-reset")));
      expect(resets.size).toBe(1);
    });

    it("give an organization its own numbers everywhere", async () => {
      const own = await shopWith(37);
      expect(statusesOf(await times(90, (index) => callOn(index, own)))).toEqual({ 200: 37, 429: 53 });
    });

    it("count consumers, addresses and organizations across processes", async () => {
      const own = await servers[0]?.shop({ rateLimits: { guest: { limit: 4, windowSeconds: 3_000 } } });
      const queue = await shop.queue().catch(() => null);
      const { publishableKey = "" } = own ?? {};
      const guests = await times(9, (index) =>
        (servers[index % 3] as TestServer).call("POST", "/api/v1/auth/guest", {
          publishableKey,
          headers: { "X-Forwarded-For": "2001:db8:77::1" },
        }),
      );
      expect(statusesOf(guests)).toEqual({ 201: 4, 429: 5 });
      const [guest] = guests.filter(({ status }) => status === 201);
      const entries = await times(12, (index) =>
        (servers[index % 3] as TestServer).call("POST", `/api/v1/queues/${queue?.id ?? "x"}/enter`, {
          publishableKey,
          bearer: String(guest?.body.accessToken),
        }),
      );
      expect(statusesOf(entries)[429]).toBe(7);
    });

    it("count failed credentials of an address across processes, exactly a hundred", async () => {
      const headers = { "X-Forwarded-For": "203.0.113.50" };
      const answers = await times(150, (index) =>
        (servers[index % 3] as TestServer).call("GET", experiences, { bearer: "sk_test_wrong", headers }),
      );
      expect(statusesOf(answers)).toEqual({ 401: 100, 429: 50 });
    });

    it("begin a new window when the store's clock says so", async () => {
      const own = await shopWith(2, 1);
      const [server] = servers;
      await times(6, (index) => callOn(index, own));
      const first = await callOn(1, own);
      expect([200, 429]).toContain(first.status);
      await server?.until(
        () => callOn(0, own),
        ({ status }) => status === 200,
      );
      expect(statusesOf(await times(8, (index) => callOn(index, own)))[429]).toBeGreaterThanOrEqual(5);
    });

    it("do not ask the store about a key that is over its limit", async () => {
      const own = await shopWith(1);
      await callOn(0, own);
      await callOn(0, own);
      const commands = async () =>
        Number(/cmdstat_evalsha:calls=(\d+)/.exec(await store.info("commandstats"))?.[1]);
      const before = await commands();
      const answers = await times(200, () => callOn(0, own));
      expect(statusesOf(answers)).toEqual({ 429: 200 });
      // Others may use the store meanwhile; two hundred questions would show.
      expect((await commands()) - before).toBeLessThan(100);
    });

    it("tell the store neither addresses nor ids", async () => {
      const names = await store.keys("stanchion:*");
      expect(names.length).toBeGreaterThan(0);
      for (const name of names)
        expect(name).toMatch(/^stanchion:[\w-]{11}:[a-z]+:[0-9a-z]{1,7}\.[0-9a-z]{1,7}$/);
      for (const name of names.slice(0, 20)) expect(await store.pttl(name)).not.toBe(-1);
    });

    describe("when the store fails", () => {
      const lost = "the store of VALKEY_URL does not answer";
      const found = "rate limits are counted in the store";
      const callBehind = (of: TestShop) => behind.call("GET", experiences, { bearer: of.secretKey });
      const timed = async (ask: () => Promise<TestAnswer>) => {
        const beganAt = performance.now();
        const answer = await ask();
        return { answer, tookMs: performance.now() - beganAt };
      };
      const backAgain = async () => {
        const told = linesWith(found).length;
        proxy.behave("pass");
        await behind.until(
          async () => linesWith(found).length,
          (count) => count > told,
        );
      };

      it.each(["hang", "cut", "refuse"] as const)(
        "goes on by counting for itself, says so once and comes back by itself: %s",
        async (fault) => {
          const own = await shopWith(30);
          expect((await callBehind(own)).status).toBe(200);
          const before = linesWith(lost).length;
          proxy.behave(fault);
          const { answer, tookMs } = await timed(() => callBehind(own));
          expect(answer.status).toBe(200);
          // It knew one call of the window, and counts on from there.
          expect(answer.headers.get("x-ratelimit-remaining")).toBe("28");
          expect(tookMs).toBeLessThan(1_500);
          const answers = await times(60, () => callBehind(own));
          expect(statusesOf(answers)).toEqual({ 200: 28, 429: 32 });
          expect(linesWith(lost)).toHaveLength(before + 1);
          // The others have their store.
          expect((await callOn(0, own)).status).toBe(200);
          await backAgain();
          const fresh = await shopWith(10);
          const mixed = await times(30, (index) =>
            index % 2 === 0 ? callBehind(fresh) : callOn(index, fresh),
          );
          expect(statusesOf(mixed)).toEqual({ 200: 10, 429: 20 });
        },
      );

      it("stays exact while it is merely slow", async () => {
        proxy.behave("delay");
        const own = await shopWith(20);
        const answers = await times(40, (index) => (index % 2 === 0 ? callBehind(own) : callOn(index, own)));
        await backAgain();
        expect(statusesOf(answers)).toEqual({ 200: 20, 429: 20 });
      });

      it("starts without it, and finds it later", async () => {
        proxy.behave("refuse");
        const before = linesWith(lost).length;
        const alone = await start(proxy.url);
        expect(linesWith(lost).length).toBeGreaterThan(before);
        const own = await shopWith(3);
        const call = () => alone.call("GET", experiences, { bearer: own.secretKey });
        expect(statusesOf(await times(5, call))).toEqual({ 200: 3, 429: 2 });
        await backAgain();
        await alone.stop();
      });
    });
  },
);

/** `cut`: connections end, and new ones are taken and never answered. `refuse`: new ones end at once. */
type Behaviour = "pass" | "hang" | "cut" | "refuse" | "delay";
const delayMs = 40;

interface StoreProxy {
  readonly url: string;
  behave(behaviour: Behaviour): void;
  stop(): Promise<void>;
}

/** Stands before the store and can fail in the ways of networks. */
async function startStoreProxy(target: string): Promise<StoreProxy> {
  const { hostname, port, pathname } = new URL(target);
  let behaviour: Behaviour = "pass";
  const sockets = new Set<Socket>();
  const carry = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on("data", (chunk) => {
      if (behaviour === "pass") to.write(chunk);
      else if (behaviour === "delay") setTimeout(() => to.writable && to.write(chunk), delayMs);
    });
    from.on("error", () => {});
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server: Server = createServer((socket) => {
    if (behaviour === "refuse") {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(port || 6379), hostname);
    carry(socket, upstream);
    carry(upstream, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `redis://127.0.0.1:${address.port}${pathname}`,
    behave(next) {
      behaviour = next;
      // What hung for a while has lost bytes: such a connection is of no use any more.
      if (next === "cut" || next === "refuse" || next === "pass")
        for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
