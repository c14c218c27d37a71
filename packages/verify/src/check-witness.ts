import { bytesFromBase64, bytesFromText, hash, hexFromBytes } from "./bytes.ts";
import type { TrustedAuthority } from "./certificate.ts";
import { type CheckStep, tellUnreadable } from "./check-step.ts";
import { UnknownFormError } from "./der.ts";
import { type Beacon, timeOfDrandRound } from "./drand.ts";
import { type DrawWitness, readTime } from "./draw-proof.ts";
import { type Distribution, findRoundThatCounts } from "./round-that-counts.ts";
import { readTimeStamp } from "./time-stamp.ts";

/** A list that was fixed, and who may have seen that. */
export interface WitnessedProof {
  readonly rules: { readonly beacon: Beacon };
  /** The freeze statement, a compact JWS. */
  readonly freeze: string;
  readonly witness?: DrawWitness | null;
}

export interface CheckedWitness {
  readonly step: CheckStep;
  /** Whether somebody who is trusted saw the freeze before the round came. */
  readonly isWitnessed: boolean;
}

/**
 * `witness`: whether the stamp is of this very freeze, and holds. One that holds and proves nothing, because it came late or from
 * somebody unknown, is no fault: it counts for nothing, and the step says so. Null where there is no witness.
 *
 * @param frozenAtMs null: the freeze does not hold
 */
export async function checkWitness(
  kind: Distribution,
  proof: WitnessedProof,
  frozenAtMs: number | null,
  authorities: readonly TrustedAuthority[],
): Promise<CheckedWitness | null> {
  if ((proof.witness ?? null) === null) return null;
  try {
    return await judge(kind, proof, frozenAtMs, authorities);
  } catch (error) {
    if (error instanceof UnknownFormError)
      return countForNothing(`The time stamp cannot be judged here: ${error.message}`);
    return fault(`The time stamp ${tellUnreadable(error)}`);
  }
}

async function judge(
  kind: Distribution,
  { rules: { beacon }, freeze, witness }: WitnessedProof,
  frozenAtMs: number | null,
  authorities: readonly TrustedAuthority[],
): Promise<CheckedWitness> {
  if (witness?.kind !== "rfc3161") return countForNothing("The witness is of a kind that is not known here.");
  if (globalThis.crypto?.subtle === undefined)
    return countForNothing("Time stamps cannot be checked here: browsers do it on secure pages only.");
  const { atMs, latestMs, imprint, isTrusted } = await readTimeStamp(
    bytesFromBase64(witness.token),
    authorities,
  );
  const digest = hexFromBytes(hash(bytesFromText(freeze)));
  if (imprint !== digest || witness.digest !== digest) return fault("The witness saw another statement.");
  if (readTime(witness.at) !== atMs) return fault("The witness gave another time.");
  if (!isTrusted) return countForNothing("A time stamp holds, but nobody known here gave it.");
  if (beacon.kind === "none")
    return countForNothing(`A third party saw the signed list at ${witness.at}, and there is no beacon.`);
  // Who could freeze late could wait for a round, and freeze for the next where it does not suit.
  if (frozenAtMs === null || findRoundThatCounts(kind, beacon, frozenAtMs) !== beacon.round)
    return countForNothing("The list was fixed so late that another round counts than that of the rules.");
  const roundAtMs = timeOfDrandRound(beacon, beacon.round);
  if (atMs >= roundAtMs)
    return countForNothing("A third party saw the signed list only after the beacon's round.");
  if (latestMs >= roundAtMs)
    return countForNothing(
      "The third party's clock is not exact enough to say that it came before the round.",
    );
  const says = "A third party saw the signed list before the beacon's round came.";
  return { step: { step: "witness", holds: true, says }, isWitnessed: true };
}

function countForNothing(says: string): CheckedWitness {
  return {
    step: { step: "witness", holds: true, says: `${says} It counts for nothing.` },
    isWitnessed: false,
  };
}

function fault(says: string): CheckedWitness {
  return { step: { step: "witness", holds: false, says }, isWitnessed: false };
}
