import { operations } from "@stanchion/contract";
import type { Clock } from "../../platform/clock.ts";
import { apiError } from "../../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationHost,
  parameterError,
  registerOperation,
} from "../../platform/http/index.ts";
import type { FairnessSettings } from "../fairness-settings.ts";
import { roundAt, timeOfRound } from "./drand-chain.ts";
import { fetchRound } from "./fetch-round.ts";
import { chainNamed, chainNames, isKnownChain } from "./known-chains.ts";

const usualChain = "quicknet";
/** For all addresses together. */
const answerMsMax = 5_000;
/** The nodes have a round some moments after its time. */
const lateRounds = 2;

/** Lets the shop try a beacon before a draw or an opening rests on it: nobody else asks one while a caller waits. */
export function registerBeaconRoutes(
  host: OperationHost,
  { fairness, clock }: { fairness: FairnessSettings; clock: Clock },
): void {
  registerOperation(host, "readBeacon", async (call) => {
    const { chain: name = usualChain } = call.readQuery(operations.readBeacon.query);
    const chain = chainNamed(name, fairness.drandChains);
    if (chain === undefined) {
      const names = chainNames(fairness.drandChains).join(", ");
      throw parameterError("chain", `the name or hash of a drand chain that is known here: ${names}`, name);
    }
    const round = Math.max(1, roundAt(chain, clock.now()) - lateRounds);
    const timeLimitMs = Math.ceil(answerMsMax / fairness.drandUrls.length);
    const fetched = await fetchRound(fairness.drandUrls, chain, round, { timeLimitMs });
    if (fetched.kind === "timeout")
      throw apiError("BEACON_TIMEOUT", { cause: new Error(fetched.reasons.join("; ")) });
    if (fetched.kind !== "signed") {
      const reasons = fetched.kind === "failed" ? fetched.reasons : [`nobody has round ${round}`];
      throw apiError("BEACON_FAILED", { cause: new Error(reasons.join("; ")) });
    }
    return jsonAnswer(200, {
      chain: chain.beaconId,
      chainHash: chain.chainHash,
      isKnown: isKnownChain(chain.chainHash),
      round,
      cameAt: new Date(timeOfRound(chain, round)).toISOString(),
      signature: fetched.signature.toString("hex"),
    });
  });
}
