import { describe, expect, it } from "vitest";
import { chooseNews } from "./news-order.ts";
import { boardWith } from "./testing/fake-server.ts";

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

describe("chooseNews", () => {
  const current = boardWith({ version: 50, asOf: at(10) });

  it("takes the first and every newer board", () => {
    expect(chooseNews(null, current)).toBe(current);
    const newer = boardWith({ version: 51, asOf: at(9) });
    expect(chooseNews(current, newer)).toBe(newer);
  });

  it("takes the same version only when it was written later", () => {
    const later = boardWith({ version: 50, asOf: at(11) });
    expect(chooseNews(current, later)).toBe(later);
    expect(chooseNews(current, boardWith({ version: 50, asOf: at(9) }))).toBe(current);
    expect(chooseNews(current, boardWith({ version: 50, asOf: at(10) }))).toBe(current);
  });

  it("never goes back to an old copy, nor to one of another process", () => {
    for (const seconds of [5, 12, 20])
      expect(chooseNews(current, boardWith({ version: 40, asOf: at(seconds) }))).toBe(current);
  });

  it("believes a lower version that was written more than 10 s later: the server was restored", () => {
    const restored = boardWith({ version: 3, asOf: at(21) });
    expect(chooseNews(current, restored)).toBe(restored);
  });
});
