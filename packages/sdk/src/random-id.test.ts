import { afterEach, expect, it, vi } from "vitest";
import { randomId } from "./random-id.ts";

afterEach(() => vi.unstubAllGlobals());

it("makes 32 characters, never the same", () => {
  const ids = Array.from({ length: 100 }, randomId);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(ids).size).toBe(100);
});

it("needs nothing that pages without https lack", () => {
  const getRandomValues = (bytes: Uint8Array): Uint8Array => bytes.fill(7);
  vi.stubGlobal("crypto", { getRandomValues });
  expect(randomId()).toBe("07".repeat(16));
});
