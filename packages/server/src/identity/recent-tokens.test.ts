import { describe, expect, it } from "vitest";
import { createSecrets } from "../platform/secrets.ts";
import { RecentTokens } from "./recent-tokens.ts";
import { issueAccessToken } from "./session-tokens.ts";

const secrets = createSecrets("a secret of the tests, long enough to be one");
const nowMs = Date.parse("2026-03-01T12:00:00Z");
const hourMs = 3_600_000;
const tokenOf = (digit: number, issuedMs = nowMs): string => {
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
      deviceKey: null,
    },
    issuedMs,
  );
};

describe("RecentTokens", () => {
  it("says of a token the same, however often it comes", () => {
    const tokens = new RecentTokens(secrets);
    const first = tokens.read(tokenOf(1), nowMs);
    expect(first).toMatchObject({ isLive: false, isConfirmed: false });
    expect(tokens.read(tokenOf(1), nowMs + 1_000)).toBe(first);
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
    expect(tokens.held).toBe(1);
  });

  it("holds no more than twice its bound, and keeps what is in use", () => {
    const tokens = new RecentTokens(secrets, 2);
    const kept = tokens.read(tokenOf(1), nowMs);
    for (let digit = 2; digit < 10; digit += 1) {
      tokens.read(tokenOf(digit), nowMs);
      expect(tokens.held).toBeLessThanOrEqual(4);
      expect(tokens.read(tokenOf(1), nowMs)).toBe(kept);
    }
  });
});
