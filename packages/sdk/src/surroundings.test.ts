import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { waitFor } from "./surroundings.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("waitFor", () => {
  it("waits longer than a timer can hold", async () => {
    const done = vi.fn();
    const days40 = 40 * 86_400_000;
    void waitFor(days40).then(done);
    await vi.advanceTimersByTimeAsync(days40 - 1);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveBeenCalled();
  });

  it("ends in time though the timers stood still while the machine slept", async () => {
    const done = vi.fn();
    void waitFor(600_000).then(done);
    await vi.advanceTimersByTimeAsync(10_000);
    vi.setSystemTime(Date.now() + 700_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(done).toHaveBeenCalled();
  });

  it("does not wait longer when the clock is set back", async () => {
    const done = vi.fn();
    void waitFor(60_000).then(done);
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(done).toHaveBeenCalled();
  });

  it("leaves no timer when its signal fires", async () => {
    const controller = new AbortController();
    const waiting = waitFor(60_000, controller.signal);
    controller.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rejects at once when the signal fired before", async () => {
    await expect(waitFor(1, AbortSignal.abort(new Error("before")))).rejects.toThrow("before");
  });
});
