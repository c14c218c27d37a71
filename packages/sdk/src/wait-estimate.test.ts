import { describe, expect, it } from "vitest";
import { boardWith, entryWith } from "./testing/fake-server.ts";
import { estimateWaitSeconds, type Movement, observeMovement } from "./wait-estimate.ts";

const rank = 4_000;

function observe(boards: readonly (readonly [seconds: number, nowServing: number, admitRate?: number])[]) {
  return boards.reduce<Movement | null>(
    (movement, [seconds, nowServing, admitRate = 600]) =>
      observeMovement(movement, seconds * 1_000, boardWith({ nowServing, admitRate, departed: [0] }), rank),
    null,
  );
}

describe("observeMovement", () => {
  it("counts those who have been served or have departed, since it was watched", () => {
    const boards = [
      boardWith({ nowServing: 4_000, departed: [3, 4] }),
      boardWith({ nowServing: 4_010, departed: [5, 7] }),
    ];
    // Only those of earlier segments have departed before the entry for sure.
    const seen = boards.reduce<Movement | null>(
      (movement, board, index) => observeMovement(movement, index * 20_000, board, 5_000),
      null,
    );
    expect(seen).toMatchObject({ passed: 12, ms: 20_000 });
  });

  it("counts nothing before 15 s: a checkout that fills at once is no pace", () => {
    const seconds = (last: number) =>
      observe([
        [0, 0],
        [1, 40],
        [last, 41],
      ]);
    expect(seconds(14)).toMatchObject({ passed: 0, ms: 0, factor: 2 });
    expect(seconds(15)).toMatchObject({ passed: 41, ms: 15_000 });
  });

  it("reaches back a minute, and further until 50 have passed, but no further than ten minutes", () => {
    const fast = [0, 30, 60, 90, 120].map((seconds) => [seconds, seconds * 10] as const);
    expect(observe(fast)).toMatchObject({ passed: 600, ms: 60_000 });
    const slow = Array.from({ length: 61 }, (_, minute) => [minute * 20, minute * 4] as const);
    expect(observe(slow)).toMatchObject({ passed: 52, ms: 260_000 });
    const still = Array.from({ length: 61 }, (_, minute) => [minute * 20, minute] as const);
    expect(observe(still)).toMatchObject({ passed: 30, ms: 600_000 });
  });

  it("begins anew where the rate was changed", () => {
    const seen = observe([
      [0, 0],
      [60, 100],
      [61, 110, 60],
      [81, 120, 60],
    ]);
    expect(seen).toMatchObject({ passed: 10, ms: 20_000 });
  });

  it("is the surer the more have passed", () => {
    const factors = [0, 15, 40, 495].map(
      (passed) =>
        observe([
          [0, 0],
          [30, passed],
        ])?.factor,
    );
    expect(factors.map((factor) => factor?.toFixed(2))).toEqual(["2.00", "1.50", "1.33", "1.10"]);
  });

  it("holds few samples however many boards come", () => {
    let movement: Movement | null = null;
    for (let ms = 0; ms < 1_200_000; ms += 1_000)
      movement = observeMovement(movement, ms, boardWith({ nowServing: 1, departed: [0] }), rank);
    expect(movement?.samples.length).toBeLessThanOrEqual(122);
  });
});

describe("estimateWaitSeconds", () => {
  const entry = entryWith({ position: 100, estimatedWaitSeconds: 600 });
  const board = boardWith({ admitRate: 60 });
  const seen = (passed: number, seconds: number): Movement => {
    return { samples: [], admitRate: 60, passed, ms: seconds * 1_000, factor: 2 };
  };

  it("starts from the server's own estimate, which shrinks with the position", () => {
    expect(estimateWaitSeconds(board, entry, 100, null)).toBe(600);
    expect(estimateWaitSeconds(board, entry, 50, seen(0, 0))).toBe(300);
  });

  it("goes by what was seen the more, the more have passed", () => {
    // 6 s each were told, and 12 s each are seen.
    const waits = [0, 5, 50, 5_000].map((passed) =>
      estimateWaitSeconds(board, entry, 50, seen(passed, passed * 12)),
    );
    expect(waits).toEqual([300, 328, 450, 598]);
  });

  it("grows while nobody passes, and is never shorter than the rate allows", () => {
    expect(estimateWaitSeconds(board, entry, 50, seen(0, 600))).toBe(900);
    expect(estimateWaitSeconds(board, entry, 50, seen(1_000, 10))).toBe(50);
  });

  it.each([
    [
      "a checkout of ten that fills and empties at once",
      (second: number) => 10 * (1 + Math.floor(second / 300)),
    ],
    ["a checkout of ten that people leave one by one", (second: number) => 10 + Math.floor(second / 30)],
    ["a line that a third of the people give up", (second: number) => 10 + Math.floor(second / 20)],
  ])("holds within a factor of 1.7, give or take one time in the checkout, for %s", (_, servedAt) => {
    const last = 130;
    const endsAt =
      Array.from({ length: 3_700 }, (_, second) => second).find((second) => servedAt(second) >= last) ?? 0;
    let movement: Movement | null = null;
    let told = entry;
    expect(endsAt).toBeGreaterThan(2_000);
    for (let second = 0; second < endsAt; second += 5) {
      const nowServing = second === 0 ? 0 : servedAt(second);
      const position = last - nowServing;
      const now = boardWith({ nowServing, admitRate: 600, departed: [0] });
      movement = observeMovement(movement, second * 1_000, now, last);
      // The server knows of ten places and five minutes, and is asked every minute.
      if (second % 60 === 0) told = entryWith({ position, estimatedWaitSeconds: position * 30 });
      const estimate = estimateWaitSeconds(now, told, position, movement) ?? 0;
      const left = endsAt - second;
      if (estimate > left * 1.7 + 300 || estimate < left / 1.7 - 300)
        expect.fail(`${estimate} s were told after ${second} s, and ${left} s it took`);
    }
  });

  it("is unknown where the server does not know it, until a minute and 50 people were seen", () => {
    const silent = entryWith({ estimatedWaitSeconds: null });
    const waits = [null, seen(49, 60), seen(50, 59), seen(50, 100)].map((movement) =>
      estimateWaitSeconds(board, silent, 30, movement),
    );
    expect(waits).toEqual([null, null, null, 60]);
  });

  it("is unknown while nobody is admitted, and behind all that is free of a stock", () => {
    for (const status of ["PAUSED", "SCHEDULED"] as const)
      expect(estimateWaitSeconds(boardWith({ status }), entry, 50, null)).toBeNull();
    const stock = { total: 100, left: 60, free: 50, allHeld: false, soldOut: false, returnedPercent: null };
    const waits = [50, 51].map((position) =>
      estimateWaitSeconds(boardWith({ admitRate: 60, stock }), entry, position, null),
    );
    expect(waits).toEqual([300, null]);
  });
});
