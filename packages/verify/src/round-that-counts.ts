import { type DrandBeacon, findDrandRound, timeOfDrandRound } from "./drand.ts";

const freezeToLaterRoundMsMin = 60_000;

/** How long before its round a list has to be fixed, in milliseconds, so that the round of the rules counts. */
export const freezeToRoundMsMin = { draw: 30_000, line: 1 } as const;

/** What is checked, which decides how late a list may be fixed. */
export type Distribution = keyof typeof freezeToRoundMsMin;

/** The round of the rules, or, where the freeze came too late for it, the first that leaves a minute. */
export function findRoundThatCounts(kind: Distribution, chain: DrandBeacon, frozenAtMs: number): number {
  const isTooLate = frozenAtMs > timeOfDrandRound(chain, chain.round) - freezeToRoundMsMin[kind];
  return isTooLate ? findDrandRound(chain, frozenAtMs + freezeToLaterRoundMsMin) : chain.round;
}

/** When that round comes, in milliseconds since 1970. */
export function timeOfRoundThatCounts(kind: Distribution, chain: DrandBeacon, frozenAtMs: number): number {
  return timeOfDrandRound(chain, findRoundThatCounts(kind, chain, frozenAtMs));
}
