import { decodeId, type FairnessLog } from "@stanchion/contract";
import {
  bytesFromHex,
  bytesFromText,
  canonicalJson,
  checkConsistency,
  checkInclusion,
  checkStatement,
  hashLeaf,
  hexFromBytes,
  type Jwks,
  rootOfLeaves,
} from "@stanchion/verify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inOrganization } from "../platform/database/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { errorOf, startTestServer, type TestServer, type TestShop } from "../testing/index.ts";
import { appendToLog } from "./append-to-log.ts";
import type { LogEntry } from "./log-entry.ts";

describe("GET /organizations/{organizationId}/fairness-log", () => {
  let server: TestServer;
  let jwks: Jwks;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    jwks = (await server.call("GET", "/.well-known/jwks.json")).body as unknown as Jwks;
  });
  afterAll(() => server.stop());

  const aLine = { kind: "queue", id: newUuid(Date.now()) } as const;
  const entry = (n: number, distribution: LogEntry["distribution"] = aLine): LogEntry => ({
    distribution,
    kind: "line.progress",
    data: { version: n, nowServing: n * 10, exceptions: [] },
  });
  async function log(shop: TestShop, ...entries: readonly LogEntry[]): Promise<void> {
    const organizationId = decodeId("organization", shop.organizationId) ?? "";
    for (const one of entries)
      await inOrganization(server.db.database, { organizationId }, (db) =>
        appendToLog(db, { organizationId, isLive: false }, one),
      );
  }
  const ask = (shop: TestShop, query = "") =>
    server.call("GET", `/api/v1/organizations/${shop.organizationId}/fairness-log?mode=test${query}`);
  const read = async (shop: TestShop, query = ""): Promise<FairnessLog> => {
    const answer = await ask(shop, query);
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([200, expect.any(String)]);
    return answer.body as unknown as FairnessLog;
  };
  const leafOf = ({ entry }: FairnessLog["data"][number]) => bytesFromText(canonicalJson(entry));
  const pathOf = (path: readonly string[] = []) => path.map((hash) => bytesFromHex(hash, 32));

  async function shopWith(entries: number): Promise<TestShop> {
    const shop = await server.shop();
    await log(shop, ...Array.from({ length: entries }, (_, n) => entry(n)));
    return shop;
  }

  it("shows entries from the first on, of which anyone can work out the root that is signed", async () => {
    const shop = await shopWith(7);
    const seen = await read(shop);
    expect(seen.data.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(seen.data.map(({ entry }) => entry.data.version)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(seen.root).toBe(hexFromBytes(rootOfLeaves(seen.data.map(leafOf))));
    const signed = checkStatement(seen.head, "log+jws", jwks);
    expect(signed).toEqual({
      holds: true,
      statement: {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        mode: "test",
        organizationId: shop.organizationId,
        root: seen.root,
        size: 7,
      },
    });
  });

  it("goes on behind a page's end, as far as the size that was asked for", async () => {
    const shop = await shopWith(5);
    const page = await read(shop, "&first=2");
    expect(page.pageInfo).toEqual({ endCursor: "1", hasNextPage: true });
    const next = await read(shop, "&first=2&after=1&size=4");
    expect(next.data.map(({ index }) => index)).toEqual([2, 3]);
    expect(next.pageInfo).toEqual({ endCursor: "3", hasNextPage: false });
    const beyond = await read(shop, "&after=4");
    expect([beyond.data, beyond.pageInfo]).toEqual([[], { endCursor: null, hasNextPage: false }]);
  });

  it("breaks a page off before it grows too long, and says that there is more", async () => {
    const shop = await server.shop();
    const awards = Array.from({ length: 5_000 }, (_, seat) => ({ at: "2027-03-01T10:00:00.123Z", seat }));
    const long: LogEntry = { distribution: aLine, kind: "awards", data: { awards } };
    await log(shop, long, long, entry(3));
    const page = await read(shop);
    expect(page.data.map(({ index }) => index)).toEqual([0, 1]);
    expect(page.pageInfo).toEqual({ endCursor: "1", hasNextPage: true });
    expect((await read(shop, "&after=1")).data.map(({ index }) => index)).toEqual([2]);
  });

  it("proves of every entry that it is in the log of every size", async () => {
    const shop = await shopWith(11);
    const all = (await read(shop)).data;
    for (let size = 1; size <= 11; size++)
      for (const index of [0, Math.floor(size / 2), size - 1]) {
        const { inclusion, root } = await read(shop, `&first=1&size=${size}&inclusion=${index}`);
        expect([inclusion?.index, inclusion?.size]).toEqual([index, size]);
        const leafHash = hashLeaf(leafOf(all[index] as FairnessLog["data"][number]));
        const claim = { leafHash, index, size, path: pathOf(inclusion?.path), root: bytesFromHex(root, 32) };
        expect([index, size, checkInclusion(claim)]).toEqual([index, size, true]);
      }
  });

  it("proves of every older size that the log begins with it", async () => {
    const shop = await shopWith(9);
    const { root } = await read(shop, "&first=1");
    for (let from = 0; from <= 9; from++) {
      const older = await read(shop, `&first=1&size=${from}`);
      expect(checkStatement(older.head, "log+jws", jwks)).toMatchObject({
        holds: true,
        statement: { size: from, root: older.root },
      });
      const { consistency } = await read(shop, `&first=1&consistency=${from}`);
      expect([consistency?.from, consistency?.to]).toEqual([from, 9]);
      const claim = {
        firstSize: from,
        firstRoot: bytesFromHex(older.root, 32),
        secondSize: 9,
        secondRoot: bytesFromHex(root, 32),
        path: pathOf(consistency?.path),
      };
      expect([from, checkConsistency(claim)]).toEqual([from, true]);
    }
  });

  it("shows what is about one draw or line alone", async () => {
    const shop = await server.shop();
    const other = { kind: "queue", id: newUuid(Date.now()) } as const;
    await log(shop, entry(0), entry(1, other), entry(2), entry(3, other), entry(4, other));
    const { entry: one } = (await read(shop, "&first=1&after=0")).data[0] as FairnessLog["data"][number];
    const page = await read(shop, `&distributionId=${one.distributionId}&first=2`);
    expect(page.data.map(({ index }) => index)).toEqual([1, 3]);
    expect(page.pageInfo.hasNextPage).toBe(true);
    const rest = await read(shop, `&distributionId=${one.distributionId}&after=3`);
    expect([rest.data.map(({ index }) => index), rest.pageInfo.hasNextPage]).toEqual([[4], false]);
    expect(rest.size).toBe(5);
  });

  it("is empty where nothing was ever done, and proves that too", async () => {
    const shop = await server.shop();
    const seen = await read(shop, "&consistency=0");
    expect([seen.size, seen.data, seen.consistency]).toEqual([0, [], { from: 0, to: 0, path: [] }]);
    expect(seen.root).toBe(hexFromBytes(rootOfLeaves([])));
    expect(checkStatement(seen.head, "log+jws", jwks)).toMatchObject({ holds: true });
  });

  it("keeps organizations apart, and live from test, which is what it shows unless told otherwise", async () => {
    const [shop, other] = [await shopWith(2), await shopWith(1)];
    expect([(await read(shop)).size, (await read(other)).size]).toEqual([2, 1]);
    const path = `/api/v1/organizations/${shop.organizationId}/fairness-log`;
    expect((await server.call("GET", path)).body).toMatchObject({ mode: "live", size: 0, data: [] });
  });

  it("may be kept by caches: a second as it is, a day as it was", async () => {
    const shop = await shopWith(3);
    const newest = await ask(shop);
    expect(newest.headers.get("cache-control")).toBe("public, max-age=1");
    expect(newest.headers.get("access-control-allow-origin")).toBe("*");
    const etag = newest.headers.get("etag") ?? "";
    const path = `/api/v1/organizations/${shop.organizationId}/fairness-log?mode=test`;
    const again = await server.call("GET", path, { headers: { "If-None-Match": etag } });
    expect([again.status, again.text]).toEqual([304, ""]);
    await log(shop, entry(3));
    expect((await server.call("GET", path, { headers: { "If-None-Match": etag } })).status).toBe(200);
    const older = await ask(shop, "&size=2");
    expect(older.headers.get("cache-control")).toBe("public, max-age=86400");
    expect((await ask(shop, "&size=2")).text).toBe(older.text);
    expect((await ask(shop, "&size=5")).headers.get("cache-control")).toBe("no-store");
  });

  it.each([
    ["size", "&size=4"],
    ["inclusion", "&inclusion=3"],
    ["inclusion", "&size=2&inclusion=2"],
    ["consistency", "&consistency=4"],
    ["consistency", "&size=1&consistency=2"],
    ["size", "&size=-1"],
    ["size", "&size=one"],
    ["inclusion", "&inclusion=0.5"],
    ["after", "&after=last"],
    ["distributionId", "&distributionId=queue_nothing"],
    ["first", "&first=101"],
  ])("refuses a %s that cannot be: %s", async (parameter, query) => {
    const answer = await ask(await shopWith(3), query);
    expect([answer.status, errorOf(answer).code]).toEqual([400, "INVALID_PARAMETER"]);
    expect(errorOf(answer).details).toMatchObject({ parameter });
  });

  it("says that there is no such organization", async () => {
    for (const id of ["org_01j3yjwz2afexrnf0148t2c8xq", "org_nobody", "current"]) {
      const answer = await server.call("GET", `/api/v1/organizations/${id}/fairness-log`);
      expect([id, answer.status, errorOf(answer).code]).toEqual([id, 404, "ORGANIZATION_NOT_FOUND"]);
    }
  });
});
