import type { ReceivedAnswer, SentRequest } from "../conformance/exchange.ts";

/** The one refusal of 500 and more that is right where nothing is broken: no test reaches a randomness beacon. */
export function isWithoutBeacon({ method, path }: SentRequest, answer: ReceivedAnswer): boolean {
  if (answer.status !== 502 || !path.startsWith("/api/v1/beacon")) return false;
  return method === "HEAD" || answer.text.includes('"code":"BEACON_FAILED"');
}
