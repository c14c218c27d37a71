import { hash } from "node:crypto";
import { canonicalJson } from "../platform/canonical-json.ts";

/** The text that is kept and hashed, and its hash of 32 bytes. */
export function writeRules(rules: object): { text: string; hash: Buffer } {
  const text = canonicalJson(rules);
  return { text, hash: hash("sha256", text, "buffer") };
}

/** The members in which two sets of rules differ. */
export function changedRules<Rules extends object>(before: Rules, after: Rules): string[] {
  return Object.entries(after)
    .filter(
      ([name, value]) =>
        canonicalJson(value) !==
        canonicalJson(Object.entries(before).find(([own]) => own === name)?.[1] ?? null),
    )
    .map(([name]) => name);
}
