import { hexFromBytes } from "./bytes.ts";
import { hashOfJson } from "./canonical-json.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { checkStatement, type Jwks } from "./jws.ts";
import type { OwnLogEntry } from "./read-log.ts";
import type { Distribution } from "./round-that-counts.ts";

/** What the log has of a draw or a line, and how much of it the entrant's receipt saw already; null: nothing is known of that. */
export interface OwnLog {
  readonly kind: Distribution;
  readonly entries: readonly OwnLogEntry[];
  readonly sizeAtReceipt: number | null;
}

/** `logged rules`: whether the log had these rules before the first entry, and no others since. */
export function checkLoggedRules(rulesHash: string, log: OwnLog): CheckStep {
  const good = `The log has the ${log.kind}'s rules from before the first entry on.`;
  return takeStep("logged rules", good, () => findRulesFault(rulesHash, log));
}

function findRulesFault(rulesHash: string, { kind: what, entries, sizeAtReceipt }: OwnLog): string | null {
  const ofRules = entries.filter(({ entry }) => entry.kind.startsWith("rules."));
  const [made, ...changes] = ofRules.filter(({ entry }) => entry.kind !== "rules.announced");
  if (made?.entry.kind !== "rules.made") return `The log does not say when the ${what}'s rules were made.`;
  let hash = made.entry.data.rulesHash;
  for (const { entry } of changes) {
    if (entry.kind !== "rules.changed" || entry.data.before !== hash)
      return "The log has a change of other rules than those before it.";
    hash = entry.data.rulesHash;
  }
  if (hash !== rulesHash) return "The rules of the log are others than those of the proof.";
  const announced = ofRules.findLast(({ entry }) => entry.kind === "rules.announced")?.entry.data.rules;
  if (announced === undefined || hexFromBytes(hashOfJson(announced)) !== rulesHash)
    return "The log does not announce the rules of the proof.";
  const last = ofRules.at(-1)?.index ?? 0;
  if (last > placeOf("freeze", entries)) return "The log has rules from after the freeze.";
  return last >= (sizeAtReceipt ?? Number.POSITIVE_INFINITY)
    ? "The log has rules from after the receipt's entry."
    : null;
}

/** `logged freeze`: whether the log has the proof's freeze and no other, at the place that it names itself. */
export function checkLoggedFreeze(freeze: unknown, jwks: Jwks, log: OwnLog): CheckStep {
  return takeStep("logged freeze", `The log has the ${log.kind}'s one freeze, at its place.`, () =>
    findFreezeFault(freeze, jwks, log),
  );
}

function findFreezeFault(shown: unknown, jwks: Jwks, { kind: what, entries }: OwnLog): string | null {
  const [freeze, ...others] = entries.filter(({ entry }) => entry.kind === "freeze");
  if (!freeze) return `The log has no freeze of this ${what}.`;
  if (others.length > 0) return `The log has ${others.length + 1} freezes of this ${what}.`;
  const { statement } = freeze.entry.data;
  if (statement !== shown) return "The log has another freeze than the proof.";
  const signed = checkStatement(String(statement), "freeze+jws", jwks);
  if (!signed.holds) return signed.says;
  return signed.statement.logHead === freeze.rootBefore
    ? null
    : "The freeze names another log than the one that it stands in.";
}

/** Where the first entry of a kind stands in the log; behind everything where there is none. */
export function placeOf(kind: string, entries: readonly OwnLogEntry[]): number {
  return entries.find(({ entry }) => entry.kind === kind)?.index ?? Number.POSITIVE_INFINITY;
}
