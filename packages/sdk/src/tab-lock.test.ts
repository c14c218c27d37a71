import { afterEach, expect, it, vi } from "vitest";
import { withTabLock } from "./tab-lock.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("runs where there are no locks", async () => {
  vi.stubGlobal("navigator", {});
  await expect(withTabLock("a", async () => 1)).resolves.toBe(1);
});

it("runs one after the other where there are", async () => {
  const order: string[] = [];
  const run = (name: string) => async (): Promise<void> => {
    order.push(`${name} begins`);
    await Promise.resolve();
    order.push(`${name} ends`);
  };
  let queue: Promise<unknown> = Promise.resolve();
  const request = (_name: string, _options: object, work: () => Promise<unknown>): Promise<unknown> => {
    queue = queue.then(work);
    return queue;
  };
  vi.stubGlobal("navigator", { locks: { request } });
  await Promise.all([withTabLock("a", run("one")), withTabLock("a", run("two"))]);
  expect(order).toEqual(["one begins", "one ends", "two begins", "two ends"]);
});

it("throws what the work throws, and does not run it twice", async () => {
  const work = vi.fn(async () => {
    throw new Error("broken");
  });
  vi.stubGlobal("navigator", { locks: { request: (_n: string, _o: object, run: () => unknown) => run() } });
  await expect(withTabLock("a", work)).rejects.toThrow("broken");
  expect(work).toHaveBeenCalledTimes(1);
});

it("goes on without the lock when another tab never gives it back", async () => {
  vi.useFakeTimers();
  const request = (_name: string, { signal }: { signal: AbortSignal }): Promise<never> =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  vi.stubGlobal("navigator", { locks: { request } });
  const done = withTabLock("a", async () => "alone");
  await vi.advanceTimersByTimeAsync(30_000);
  await expect(done).resolves.toBe("alone");
  expect(vi.getTimerCount()).toBe(0);
});
