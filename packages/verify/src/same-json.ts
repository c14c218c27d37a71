import { canonicalJson } from "./canonical-json.ts";

/** Whether two values of JSON say the same. */
export function areSame(one: unknown, other: unknown): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
