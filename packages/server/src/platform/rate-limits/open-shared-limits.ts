import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Secrets } from "../secrets.ts";
import type { SharedLimits } from "./rate-limiter.ts";
import { openSharedCounts } from "./shared-counts.ts";

/**
 * The counts in the store of VALKEY_URL. Processes with one STANCHION_SECRET count together; the store learns no address and
 * no id, since keys are hashed under that secret, and installations with other secrets stay apart.
 */
export async function openSharedLimits(deps: {
  url: string;
  secrets: Secrets;
  clock: Clock;
  log: Log;
}): Promise<SharedLimits> {
  const { url, secrets, clock, log } = deps;
  const macOf = (text: string): Buffer => secrets.mac("rate-limits", Buffer.from(text)).subarray(0, 8);
  const prefix = `stanchion:${macOf("prefix").toString("base64url")}:`;
  return { counts: await openSharedCounts({ url, prefix, clock, log }), seed: macOf("seed") };
}
