import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestServer, type TestServer, type TestShop } from "../../packages/server/src/testing/index.ts";

const conformance = fileURLToPath(new URL("../conformance.ts", import.meta.url));
const launch = fileURLToPath(new URL("../launch.mjs", import.meta.url));
/** The first fan comes in after dozens of refusals. */
const patienceMs = 60_000;
const lists = ["queues", "sequences", "experiences", "products", "consumers"];

describe("a run against a server that is not its own", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });
  afterAll(() => server.stop());

  const start = (shop: TestShop, starter: readonly string[] = []) => {
    const { secretKey, publishableKey } = shop;
    const keys = ["--secret-key", secretKey, "--publishable-key", publishableKey];
    const child = spawn(process.execPath, [...starter, conformance, "--url", server.url, ...keys], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.push(child);
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    return { child, said: () => said };
  };
  const countIn = async (shop: TestShop, list: string): Promise<number> =>
    ((await shop.call("GET", `/api/v1/${list}?first=100`)).body.data as unknown[]).length;
  const countAll = async (shop: TestShop): Promise<number> => {
    const counts = await Promise.all(lists.map((list) => countIn(shop, list)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const whenSomeoneIsThere = (shop: TestShop) =>
    vi.waitFor(async () => expect(await countIn(shop, "consumers")).toBeGreaterThan(0), {
      timeout: patienceMs,
      interval: 50,
    });
  const endOf = async (child: ChildProcess): Promise<[code: number | null, signal: string | null]> =>
    (await once(child, "exit")) as [number | null, string | null];

  it(
    "takes away what it made when it is interrupted, and ends as by the signal",
    async () => {
      const shop = await server.shop();
      const { child, said } = start(shop);
      await whenSomeoneIsThere(shop);
      const ended = endOf(child);
      child.kill("SIGTERM");
      expect(await ended).toEqual([null, "SIGTERM"]);
      expect(said()).toContain("were made and taken away again");
      expect(await countAll(shop)).toBe(0);
    },
    2 * patienceMs,
  );

  it(
    "ends with the signal's exit code where it was started as npm starts it",
    async () => {
      const shop = await server.shop();
      const { child } = start(shop, [launch]);
      await whenSomeoneIsThere(shop);
      const ended = endOf(child);
      child.kill("SIGINT");
      expect(await ended).toEqual([130, null]);
      expect(await countAll(shop)).toBe(0);
    },
    2 * patienceMs,
  );
});
