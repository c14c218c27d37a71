import { describe, expect, it } from "vitest";
import { settingsChange } from "./settings-change.ts";

describe("what the log keeps of a change", () => {
  it("is what differs, in the order of the settings, and the versions without being called changed", () => {
    const before = { id: "a", name: "One", rate: 60, list: [1, 2], version: 1, updatedAt: "then" };
    const after = { id: "a", name: "One", rate: 90, list: [2, 1], version: 2, updatedAt: "now" };
    expect(settingsChange(before, after)).toEqual({
      changed: ["rate", "list"],
      before: { rate: 60, list: [1, 2], version: 1 },
      after: { rate: 90, list: [2, 1], version: 2 },
    });
  });

  it("is everything of what is new, or gone", () => {
    const state = { id: "a", name: "One", createdAt: "then" };
    expect(settingsChange(null, state)).toEqual({ changed: [], before: null, after: { name: "One" } });
    expect(settingsChange(state, null)).toEqual({ changed: [], before: { name: "One" }, after: null });
  });

  it("never is a secret, at any depth, but shows that it changed", () => {
    const before = { accessCode: "spring", nested: [{ clientSecret: "s1", name: "n" }], apiToken: null };
    const after = { accessCode: "summer", nested: [{ clientSecret: "s2", name: "n" }], apiToken: "t" };
    const kept = settingsChange(before, after);
    expect(kept).toEqual({
      changed: ["accessCode", "nested", "apiToken"],
      before: { accessCode: "***", nested: [{ clientSecret: "***", name: "n" }], apiToken: null },
      after: { accessCode: "***", nested: [{ clientSecret: "***", name: "n" }], apiToken: "***" },
    });
  });
});
