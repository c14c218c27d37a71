import { describe, expect, it } from "vitest";
import { createSecrets } from "../platform/secrets.ts";
import { RecentTokens } from "./recent-tokens.ts";
import { issueAccessToken } from "./session-tokens.ts";

const secrets = createSecrets("a secret of the tests, long enough to be one");
const nowMs = Date.parse("2026-03-01T12:00:00Z");
const hourMs = 3_600_000;
const tokenOf = (digit: number, issuedMs = nowMs, deviceKey: Buffer | null = null): string => {
  const id = `00000000-0000-7000-8000-00000000000${digit}`;
  return issueAccessToken(
    secrets,
    {
      organizationId: id,
      consumerId: id,
      familyId: id,
      isLive: false,
      isConfirmed: digit > 4,
      isExternal: false,
      deviceKey,
    },
    issuedMs,
  );
};

/** Counts how often a MAC is checked. */
function counted(): { tokens: RecentTokens; checked: () => number } {
  let checked = 0;
  const isMacAt: typeof secrets.isMacAt = (...given) => {
    checked += 1;
    return secrets.isMacAt(...given);
  };
  return { tokens: new RecentTokens({ ...secrets, isMacAt }, 2), checked: () => checked };
}

describe("RecentTokens", () => {
  it("says of a token the same, however often it comes, and checks its MAC once", () => {
    const { tokens, checked } = counted();
    const first = tokens.read(tokenOf(1), nowMs);
    expect(first).toMatchObject({ isLive: false, isConfirmed: false });
    expect(tokens.read(tokenOf(1), nowMs + 1_000)).toEqual(first);
    expect(checked()).toBe(1);
    expect(tokens.read(tokenOf(5), nowMs).isConfirmed).toBe(true);
  });

  it("refuses a token that it knows from the moment it ends", () => {
    const tokens = new RecentTokens(secrets);
    tokens.read(tokenOf(1), nowMs);
    expect(() => tokens.read(tokenOf(1), nowMs + hourMs - 1)).not.toThrow();
    expect(() => tokens.read(tokenOf(1), nowMs + hourMs)).toThrow("TOKEN_EXPIRED");
  });

  it("remembers no token that was refused, and takes no other spelling of one that it knows", () => {
    const tokens = new RecentTokens(secrets);
    const good = tokenOf(1);
    tokens.read(good, nowMs);
    const end = good.at(-1) === "A" ? "B" : "A";
    for (const bad of [good.slice(0, -1) + end, `${good} `, good.toLowerCase(), "", "x".repeat(100)])
      for (let time = 0; time < 2; time += 1)
        expect(() => tokens.read(bad, nowMs), bad).toThrow("INVALID_TOKEN");
  });

  it("takes no part of a bound token for one that is not bound, wherever it stands", () => {
    for (let issuedMs = nowMs; issuedMs < nowMs + 64_000; issuedMs += 1_000) {
      const tokens = new RecentTokens(secrets, 1);
      const bound = tokenOf(1, issuedMs, Buffer.alloc(32, 7));
      expect(tokens.read(bound, issuedMs).deviceKey).toEqual(Buffer.alloc(32, 7));
      expect(() => tokens.read(bound.slice(0, 100), issuedMs)).toThrow("INVALID_TOKEN");
      expect(() => tokens.read("A".repeat(100), issuedMs)).toThrow("INVALID_TOKEN");
    }
  });

  it("reads each of many that take the places of one another", () => {
    const { tokens } = counted();
    for (let round = 0; round < 3; round += 1)
      for (let digit = 0; digit < 10; digit += 1) {
        const claims = tokens.read(tokenOf(digit), nowMs);
        expect(claims.consumerBytes.at(-1)).toBe(digit);
        const bound = tokens.read(tokenOf(digit, nowMs, Buffer.alloc(32, digit)), nowMs);
        expect(bound.deviceKey).toEqual(Buffer.alloc(32, digit));
      }
  });
});
