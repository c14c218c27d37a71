import { describe, expect, it } from "vitest";
import { type PendingRequest, PendingRequests } from "./pending-requests.ts";

const bounds = {
  pendingMax: 20,
  pendingPerOwnerMax: 10,
  burst: 5,
  perSecond: 2,
  replaceEveryMs: 50,
  kindsMax: 8,
};

function setUp() {
  const pending = new PendingRequests(bounds);
  let place = 0;
  const note = (owner: string, kind: string, nowMs: number): void =>
    pending.note(
      { owner, name: `${owner} ${kind}` },
      nowMs,
      () => ({ place: place++, requestId: `${owner} ${kind} ${nowMs}` }) as PendingRequest,
    );
  const take = (nowMs: number): string[] => pending.take(nowMs).map(({ requestId }) => requestId);
  return { pending, note, take };
}

describe("PendingRequests", () => {
  it("gives back what was noted, oldest first, and once", () => {
    const { note, take } = setUp();
    note("a", "X", 1);
    note("b", "Y", 2);
    note("a", "X", 3);
    expect(take(4)).toEqual(["a X 1", "b Y 2", "a X 3"]);
    expect(take(5)).toEqual([]);
  });

  it("keeps the newest of a flood, and a trickle of it afterwards", () => {
    const { pending, note, take } = setUp();
    for (let ms = 0; ms < 1_000; ms += 1) note("a", "X", ms);
    const first = take(1_000);
    // A burst of 5 and what 1 s adds to it; the last of them is at most 50 ms old.
    expect(first).toHaveLength(6);
    expect(first.some((id) => Number(id.split(" ")[2]) >= 950)).toBe(true);
    for (let ms = 1_000; ms < 11_000; ms += 1) note("a", "X", ms);
    expect(pending.count).toBeLessThanOrEqual(bounds.pendingPerOwnerMax);
    expect(pending.dropped + pending.count + 6).toBe(11_000);
  });

  it("takes of an owner no more than its share, whatever the kinds", () => {
    const { pending, note } = setUp();
    for (const kind of ["X", "Y", "Z"]) for (let count = 0; count < 5; count += 1) note("noisy", kind, 0);
    expect(pending.count).toBe(10);
    note("quiet", "X", 0);
    expect(pending.count).toBe(11);
  });

  it("holds no more kinds than its bound, and forgets those that are quiet", () => {
    const { pending, note, take } = setUp();
    for (let kind = 0; kind < 20; kind += 1) note(`owner ${kind}`, "X", 0);
    expect(take(0)).toHaveLength(8);
    expect(pending.dropped).toBe(12);
    take(10_000);
    note("another", "X", 10_000);
    expect(take(10_000)).toHaveLength(1);
  });

  it("takes from a kind again after a quiet time, however long nobody took", () => {
    const { note, take } = setUp();
    for (let count = 0; count < 6; count += 1) note("a", "X", 0);
    expect(take(0)).toHaveLength(5);
    note("a", "X", 60_000);
    expect(take(60_000)).toEqual(["a X 60000"]);
  });
});
