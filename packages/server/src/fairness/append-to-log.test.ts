import { createHash } from "node:crypto";
import { encodeId } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inOrganization } from "../platform/database/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { createTestDatabase, type TestDatabase } from "../testing/index.ts";
import { appendToLog, type LogHead, lockLog } from "./append-to-log.ts";
import type { LogEntry } from "./log-entry.ts";
import { hashLeaf, treeOfLeaves } from "./merkle-tree.ts";

describe("the fairness log", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const newOwner = () => ({ organizationId: newUuid(Date.now()), isLive: true });
  type Owner = ReturnType<typeof newOwner>;
  const aQueue = { kind: "queue", id: newUuid(Date.now()) } as const;
  const made = (word: string): LogEntry => ({
    distribution: aQueue,
    kind: "rules.made",
    data: { rulesHash: createHash("sha256").update(word).digest("hex") },
  });
  const append = (owner: Owner, entry: LogEntry) =>
    inOrganization(db.database, owner, (own) => appendToLog(own, owner, entry));
  const headOf = async ({ organizationId, isLive }: Owner) => {
    const [row] = await db.query<LogHead & Record<string, unknown>>(
      "select size, root from fairness_logs where organization_id = $1 and is_live = $2",
      [organizationId, isLive],
    );
    return row;
  };
  const bodiesOf = async ({ organizationId, isLive }: Owner) => {
    const rows = await db.query<{ index: number; body: string }>(
      "select index, body from fairness_log_entries where organization_id = $1 and is_live = $2 order by index",
      [organizationId, isLive],
    );
    expect(rows.map(({ index }) => index)).toEqual(rows.map((_, index) => index));
    return rows.map(({ body }) => body);
  };
  const rootOf = (bodies: readonly string[]) =>
    treeOfLeaves(bodies.map((body) => hashLeaf(body))).root.toString("hex");

  it("has the hash of nothing as its root while it is empty", async () => {
    const owner = newOwner();
    const head = await inOrganization(db.database, owner, (own) => lockLog(own, owner));
    expect([head.size, head.root.toString("hex")]).toEqual([0, createHash("sha256").digest("hex")]);
  });

  it("answers after each entry the root over all that stand in it", async () => {
    const owner = newOwner();
    for (let size = 1; size <= 20; size++) {
      const head = await append(owner, made(String(size)));
      const bodies = await bodiesOf(owner);
      expect([head.size, head.root.toString("hex")]).toEqual([size, rootOf(bodies)]);
      expect(bodies).toHaveLength(size);
      expect(await headOf(owner)).toEqual(head);
    }
  });

  it("keeps of an entry the canonical JSON that is hashed", async () => {
    const owner = newOwner();
    await append(owner, { distribution: aQueue, kind: "cancelled", data: { version: 2, entries: null } });
    const [body = ""] = await bodiesOf(owner);
    const { at, ...rest } = JSON.parse(body);
    expect(new Date(at).toISOString()).toBe(at);
    const id = encodeId("queue", aQueue.id);
    expect(rest).toEqual({ data: { entries: null, version: 2 }, distributionId: id, kind: "cancelled" });
    expect(body).toBe(
      `{"at":"${at}","data":{"entries":null,"version":2},"distributionId":"${id}","kind":"cancelled"}`,
    );
  });

  it("has one order whoever appends at the same time, and keeps test and live apart", async () => {
    const owner = newOwner();
    const other = { ...owner, isLive: false };
    await Promise.all(
      Array.from({ length: 24 }, (_, n) => append(n % 4 === 0 ? other : owner, made(String(n)))),
    );
    const [live, test] = [await bodiesOf(owner), await bodiesOf(other)];
    expect([live.length, test.length]).toEqual([18, 6]);
    expect((await headOf(owner))?.root.toString("hex")).toBe(rootOf(live));
    expect((await headOf(other))?.root.toString("hex")).toBe(rootOf(test));
    const times = live.map((body) => JSON.parse(body).at);
    expect(times).toEqual(times.toSorted());
  });

  it("stays as it was when the transaction fails", async () => {
    const owner = newOwner();
    const before = await append(owner, made("kept"));
    const failing = inOrganization(db.database, owner, async (own) => {
      await appendToLog(own, owner, made("lost"));
      throw new Error("the verb fails");
    });
    await expect(failing).rejects.toThrow("the verb fails");
    expect(await headOf(owner)).toEqual(before);
    expect(await bodiesOf(owner)).toHaveLength(1);
  });

  it("tells under its lock the head that the next entry of this transaction follows", async () => {
    const owner = newOwner();
    await append(owner, made("before"));
    const [told, grown] = await inOrganization(db.database, owner, async (own) => {
      const head = await lockLog(own, owner);
      return [head, await appendToLog(own, owner, made(head.root.toString("hex")))];
    });
    expect(told?.size).toBe(1);
    expect(grown?.size).toBe(2);
    const bodies = await bodiesOf(owner);
    expect(told?.root.toString("hex")).toBe(rootOf(bodies.slice(0, 1)));
  });

  it.each([
    ["free text", { reason: "because I said so" }],
    ["a broken number", { share: 0.5 }],
    ["text that is deep down", { list: [{ name: "Ada Lovelace" }] }],
  ])("takes no %s", async (_, data) => {
    const owner = newOwner();
    await expect(append(owner, { distribution: aQueue, kind: "void", data })).rejects.toThrow(
      "the log takes",
    );
    expect(await headOf(owner)).toBeUndefined();
  });
});
