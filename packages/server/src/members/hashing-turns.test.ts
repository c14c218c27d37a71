import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createHashingTurns, type HashingTurns } from "./hashing-turns.ts";

const runMs = 30;

describe("the turns of hashing", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const work = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, runMs));
  /** Keeps a few strangers waiting all the time; answers how many have had their turn after so long. */
  const keepAsking = async (takeTurn: HashingTurns["take"], ms: number): Promise<number> => {
    let done = 0;
    let isOver = false;
    const ask = async (): Promise<void> => {
      while (!isOver) {
        await takeTurn(false, work);
        done += 1;
      }
    };
    for (let count = 0; count < 10; count += 1) void ask();
    await vi.advanceTimersByTimeAsync(ms);
    isOver = true;
    return done;
  };

  it("let strangers take a tenth of one core in the long run, after a burst", async () => {
    const { take: takeTurn } = createHashingTurns(() => Date.now());
    const burst = await keepAsking(takeTurn, 1_500);
    expect(burst).toBeGreaterThan(95);
    const done = burst + (await keepAsking(takeTurn, 58_500));
    const allowedMs = 3_000 + 0.1 * 60_000;
    expect(done * runMs).toBeGreaterThan(0.9 * allowedMs);
    expect(done * runMs).toBeLessThan(1.02 * allowedMs);
  });

  it("are there at once for those who go first, however many strangers have used theirs up", async () => {
    const { take: takeTurn } = createHashingTurns(() => Date.now());
    const asking = keepAsking(takeTurn, 20_000);
    await vi.advanceTimersByTimeAsync(10_000);
    const beganAt = Date.now();
    let tookMs = -1;
    void takeTurn(true, work).then(() => {
      tookMs = Date.now() - beganAt;
    });
    await vi.advanceTimersByTimeAsync(10_000);
    await asking;
    expect(tookMs).toBeGreaterThanOrEqual(runMs);
    expect(tookMs).toBeLessThanOrEqual(2 * runMs);
  });

  it("come to those who go first before strangers who wait", async () => {
    const { take: takeTurn } = createHashingTurns(() => Date.now());
    const order: string[] = [];
    for (let count = 0; count < 6; count += 1) void takeTurn(false, work).then(() => order.push("stranger"));
    void takeTurn(true, work).then(() => order.push("known"));
    await vi.advanceTimersByTimeAsync(7 * runMs);
    expect(order).toHaveLength(7);
    expect(order.indexOf("known")).toBe(2);
  });

  it("fill up again while nobody asks", async () => {
    const { take: takeTurn } = createHashingTurns(() => Date.now());
    await keepAsking(takeTurn, 20_000);
    await vi.advanceTimersByTimeAsync(40_000);
    expect(await keepAsking(takeTurn, 1_500)).toBeGreaterThan(95);
  });

  it("are not counted dearer where other work makes them long", async () => {
    const { take: takeTurn } = createHashingTurns(() => Date.now());
    const alone = takeTurn(true, work);
    await vi.advanceTimersByTimeAsync(runMs);
    await alone;
    const failing = takeTurn(true, () => Promise.reject(new Error("no memory")));
    await expect(failing).rejects.toThrow("no memory");
    const slow = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10 * runMs));
    let done = 0;
    for (let count = 0; count < 20; count += 1)
      void takeTurn(false, slow).then(() => {
        done += 1;
      });
    await vi.advanceTimersByTimeAsync(10 * 10 * runMs + 100);
    expect(done).toBe(20);
  });

  it("refuse strangers where twenty wait, and nobody who goes first", async () => {
    const { take: takeTurn, requireRoom } = createHashingTurns(() => Date.now());
    const all = Array.from({ length: 30 }, () => takeTurn(false, work));
    expect(() => requireRoom(false)).toThrow("OVERLOADED");
    expect(() => requireRoom(true)).not.toThrow();
    const settled = Promise.allSettled([...all, ...Array.from({ length: 40 }, () => takeTurn(true, work))]);
    await vi.advanceTimersByTimeAsync(10_000);
    const refused = (await settled).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ code: "OVERLOADED" });
  });
});
