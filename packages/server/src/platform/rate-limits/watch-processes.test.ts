import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, startTestServer, type TestDatabase } from "../../testing/index.ts";
import { createLog } from "../log.ts";
import { watchProcesses } from "./watch-processes.ts";

const beatMs = 20;

describe("API processes on one database", () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await createTestDatabase();
  });
  afterAll(() => db.drop());

  const watch = (sharesLimits: boolean) => {
    const lines: string[] = [];
    const log = createLog("warn", (line) => void lines.push(line));
    return { lines, ...watchProcesses({ database: db.database, sharesLimits, log, beatMs }) };
  };
  const seenAt = async () => {
    const [row] = await db.query<{ at: string }>("select max(seen_at)::text as at from api_processes");
    return row?.at ?? "";
  };
  /** Waits until every process has left another mark, twice. */
  const afterBeats = async (): Promise<void> => {
    for (let beats = 0; beats < 6; beats += 1) {
      const before = await seenAt();
      for (let tries = 0; (await seenAt()) === before; tries += 1)
        if (tries > 2_000) throw new Error("no beat");
    }
  };
  const warned = async (lines: readonly string[]): Promise<void> => {
    for (let tries = 0; lines.length === 0; tries += 1) {
      if (tries > 2_000) throw new Error("no warning");
      await seenAt();
    }
  };

  it("warn, each once, when each counts limits for itself", async () => {
    const [first, second] = [watch(false), watch(false)];
    await Promise.all([warned(first.lines), warned(second.lines)]);
    await afterBeats();
    expect([first.lines.length, second.lines.length]).toEqual([1, 1]);
    expect(first.lines[0]).toContain("VALKEY_URL");
    await first.close();
    await second.close();
  });

  it("say nothing when they count together, and nothing when there is only one", async () => {
    const alone = watch(false);
    await afterBeats();
    await alone.close();
    const [first, second] = [watch(true), watch(true)];
    await afterBeats();
    expect([alone, first, second].flatMap(({ lines }) => lines)).toEqual([]);
    await first.close();
    await second.close();
  });

  it("warn when one of them does not count with the others", async () => {
    const [sharing, alone] = [watch(true), watch(false)];
    await Promise.all([warned(sharing.lines), warned(alone.lines)]);
    expect(sharing.lines[0]).toContain("the same VALKEY_URL");
    await sharing.close();
    await alone.close();
  });

  it("do not take the mark of one that was killed for a second process", async () => {
    await db.query("insert into api_processes values (gen_random_uuid(), false, clock_timestamp())");
    const next = watch(false);
    await afterBeats();
    expect(next.lines).toEqual([]);
    await next.close();
  });

  it("leave no mark behind when they stop", async () => {
    await db.query("delete from api_processes");
    const one = watch(false);
    await afterBeats();
    await one.close();
    expect(await db.query("select from api_processes")).toEqual([]);
  });

  it("are told so by the real server", async () => {
    const lines: string[] = [];
    const options = { isWorker: false, database: db, onLog: (line: string) => void lines.push(line) };
    const first = await startTestServer(options);
    const second = await startTestServer(options);
    await first.until(
      async () => lines.filter((line) => line.includes("another API process works on this database")).length,
      (count) => count === 2,
    );
    await first.stop();
    await second.stop();
  });
});
