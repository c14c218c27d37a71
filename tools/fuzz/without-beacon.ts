import type { ReceivedAnswer } from "../conformance/exchange.ts";

/** The one refusal of 500 and more that is right where nothing is broken: no test reaches a randomness beacon. */
export function isWithoutBeacon(answer: ReceivedAnswer): boolean {
  return answer.status === 502 && answer.text.includes('"code":"BEACON_FAILED"');
}
