import { expect, test } from "vitest";
import { isTokenFresh } from "./admission-link.ts";

test("knows a token that is about to end", () => {
  expect(isTokenFresh(tokenUntil(100), 94_000, 5_000)).toBe(true);
  expect(isTokenFresh(tokenUntil(100), 95_001, 5_000)).toBe(false);
});

test("leaves a token that it cannot read to the shop", () => {
  for (const token of ["", "a.b.c", "a.bnVsbA.c", "a.e30.c"])
    expect(isTokenFresh(token, 0, 5_000)).toBe(true);
});

function tokenUntil(exp: number): string {
  return `e30.${Buffer.from(JSON.stringify({ exp, sub: "ÿ?>~" })).toString("base64url")}.c2ln`;
}
