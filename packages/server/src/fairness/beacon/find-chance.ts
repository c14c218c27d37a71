import type { RuledBeacon } from "@stanchion/contract";
import type { Log } from "../../platform/log.ts";
import type { FairnessSettings } from "../fairness-settings.ts";
import { timeOfRound } from "./drand-chain.ts";
import { fetchRound } from "./fetch-round.ts";

/** What the chance of a draw or of an opening is: nothing without a beacon, else the signature of the round that counts. */
export type Chance =
  | { readonly kind: "come"; readonly round: number | null; readonly signature: Buffer | null }
  /** Asked for in vain: it is to be asked for again then. */
  | { readonly kind: "awaited"; readonly retryAt: Date }
  /** It has not come for so long that it will not be waited for. */
  | { readonly kind: "given up"; readonly round: number };

const givenUpAfterMs = 7 * 86_400_000;
const retryMsMin = 1_000;
const retryMsMax = 60_000;

/**
 * Looks for the one round that can decide a draw or an opening. No other is ever taken, nor another source.
 * @param asked `id`: of what waits for it, as on the wire; `now`: by the database's clock
 */
export async function findChance(
  deps: { readonly fairness: FairnessSettings; readonly log: Log },
  asked: { readonly id: string; readonly beacon: RuledBeacon; readonly round: number; readonly now: Date },
): Promise<Chance> {
  const { id, beacon, round, now } = asked;
  if (beacon.kind === "none") return { kind: "come", round: null, signature: null };
  const fetched = await fetchRound(deps.fairness.drandUrls, beacon, round);
  if (fetched.kind === "signed") return { kind: "come", round, signature: fetched.signature };
  const lateMs = now.getTime() - timeOfRound(beacon, round);
  if (lateMs > givenUpAfterMs) return { kind: "given up", round };
  if (fetched.kind !== "missing" || lateMs > retryMsMax)
    deps.log.warn({ id, round, lateMs, ...fetched }, "the beacon's round has not come; it is waited for");
  // The later it is, the less often it is asked for.
  const waitMs = Math.min(retryMsMax, Math.max(retryMsMin, lateMs / 10));
  return { kind: "awaited", retryAt: new Date(now.getTime() + waitMs) };
}
