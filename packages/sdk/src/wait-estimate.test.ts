import { describe, expect, it } from "vitest";
import { boardWith, entryWith } from "./testing/fake-server.ts";
import { estimateWaitSeconds, noMovement, observeMovement } from "./wait-estimate.ts";

function observe(samples: readonly (readonly [seconds: number, passed: number])[]) {
  return samples.reduce(
    (movement, [seconds, passed]) => observeMovement(movement, seconds * 1_000, passed),
    noMovement,
  );
}

describe("observeMovement", () => {
  it("knows no rate before 15 s or before anything moved", () => {
    expect(
      observe([
        [0, 0],
        [14, 10],
      ]).ratePerMinute,
    ).toBeNull();
    expect(
      observe([
        [0, 5],
        [40, 5],
      ]).ratePerMinute,
    ).toBeNull();
  });

  it("counts people per minute over what was observed", () => {
    expect(
      observe([
        [0, 0],
        [20, 10],
      ]).ratePerMinute,
    ).toBe(30);
  });

  it("forgets what is older than a minute", () => {
    const movement = observe([
      [0, 0],
      [100, 1_000],
      [130, 1_000],
      [161, 1_010],
    ]);
    expect(movement.ratePerMinute).toBe(10);
  });

  it("keeps the last rate while nothing moves", () => {
    const movement = observe([
      [0, 0],
      [20, 10],
      [200, 10],
      [300, 10],
    ]);
    expect(movement.ratePerMinute).toBe(30);
  });

  it("holds few samples however many boards come", () => {
    let movement = noMovement;
    for (let ms = 0; ms < 300_000; ms += 100) movement = observeMovement(movement, ms, ms);
    expect(movement.samples.length).toBeLessThanOrEqual(62);
  });
});

describe("estimateWaitSeconds", () => {
  const entry = entryWith({ position: 100, estimatedWaitSeconds: 600 });
  const board = boardWith({ admitRate: 60 });

  it("starts from the server's own estimate, which shrinks with the position", () => {
    expect(estimateWaitSeconds(board, entry, 100, null)).toBe(600);
    expect(estimateWaitSeconds(board, entry, 50, noMovement)).toBe(300);
  });

  it("takes the lower of the observed and the set rate", () => {
    expect(estimateWaitSeconds(board, entry, 50, { samples: [], ratePerMinute: 30 })).toBe(100);
    expect(estimateWaitSeconds(board, entry, 50, { samples: [], ratePerMinute: 600 })).toBe(50);
  });

  it("takes the set rate when the server said nothing", () => {
    const silent = entryWith({ estimatedWaitSeconds: null });
    expect(estimateWaitSeconds(board, silent, 30, noMovement)).toBe(30);
  });

  it("is unknown while paused", () => {
    expect(estimateWaitSeconds(boardWith({ status: "PAUSED" }), entry, 50, noMovement)).toBeNull();
  });
});
