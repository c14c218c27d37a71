import { describe, expect, it } from "vitest";
import { DatabaseTime } from "./database-time.ts";

describe("the database's time", () => {
  it("is first taken for the middle of what an answer leaves open", () => {
    expect(new DatabaseTime().note({ sentAtMs: 1_000, answeredAtMs: 1_010, databaseMs: 5_000 })).toBe(1_005);
  });

  it("is not moved by an answer that took long", () => {
    const time = new DatabaseTime();
    time.note({ sentAtMs: 1_000, answeredAtMs: 1_000, databaseMs: 1_500 });
    expect(time.note({ sentAtMs: 2_000, answeredAtMs: 9_000, databaseMs: 2_600 })).toBe(2_100);
  });

  it("is not put back by a clock of this process that is set forward while an answer is on its way", () => {
    const time = new DatabaseTime();
    time.note({ sentAtMs: 1_000, answeredAtMs: 1_000, databaseMs: 1_000 });
    expect(time.note({ sentAtMs: 2_000, answeredAtMs: 64_000, databaseMs: 2_001 })).toBe(2_001);
  });

  it("follows a clock that was set, as far as the answer shows it", () => {
    const time = new DatabaseTime();
    time.note({ sentAtMs: 1_000, answeredAtMs: 1_000, databaseMs: 1_000 });
    const readAtMs = time.note({ sentAtMs: 2_000, answeredAtMs: 2_004, databaseMs: 62_000 });
    expect(readAtMs).toBe(2_004);
  });
});
