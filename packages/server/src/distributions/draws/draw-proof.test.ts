import { expect, test } from "vitest";
import { chainNamed, roundAt, timeOfRound } from "../../fairness/index.ts";
import { levelOfProof } from "./draw-proof.ts";
import type { ProofFacts } from "./draw-proof-store.ts";

const chain = chainNamed("quicknet");
if (chain === undefined) throw new Error("quicknet is not known");
const round = roundAt(chain, Date.parse("2027-03-01T12:00:00.000Z"));
const roundMs = timeOfRound(chain, round);

/** What is claimed of a draw by quicknet, frozen and witnessed so long before its round. */
function levelWhen(
  frozenMsBefore: number,
  witnessedMsBefore: number | null,
  chainHash = chain?.chainHash ?? "",
) {
  const at = (before: number): Date => new Date(roundMs - before);
  const beacon = { ...chain, chainHash, kind: "drand", round };
  const witness = witnessedMsBefore === null ? null : { at: at(witnessedMsBefore).toISOString() };
  // Only what the level depends on.
  return levelOfProof({ rules: { beacon }, frozenAt: at(frozenMsBefore), witness } as unknown as ProofFacts);
}

test("claims a witness only of a freeze that was in time, and of a stamp from before the round", () => {
  expect(levelWhen(60_000, 59_000)).toBe("witnessed");
  expect(levelWhen(60_000, null)).toBe("beacon");
  expect(levelWhen(60_000, 0)).toBe("beacon");
  expect(levelWhen(20_000, 19_000)).toBe("beacon");
  expect(levelWhen(60_000, 59_000, "00".repeat(32))).toBe("beacon run by an unknown party");
});
