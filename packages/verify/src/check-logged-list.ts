import { hexFromBytes } from "./bytes.ts";
import { hashOfJson } from "./canonical-json.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import type { Beacon } from "./drand.ts";
import { readTime } from "./draw-proof.ts";
import { checkStatement, type Jwks } from "./jws.ts";
import type { OwnLogEntry } from "./read-log.ts";
import { type Distribution, timeOfRoundThatCounts } from "./round-that-counts.ts";

/** A draw or a line whose list is fixed. */
interface FrozenProof {
  readonly rules: { readonly beacon: Beacon };
  /** The freeze statement, a compact JWS. */
  readonly freeze: string;
}

/** What the log has of a draw or a line, and how much of it the entrant's receipt saw already; null: nothing is known of that. */
export interface OwnLog {
  readonly kind: Distribution;
  readonly entries: readonly OwnLogEntry[];
  readonly sizeAtReceipt: number | null;
}

/** `logged rules`: whether the log had these rules before the first entry, and no others since. */
export function checkLoggedRules(rulesHash: string, log: OwnLog): CheckStep {
  // Only who has a receipt knows what stood in the log when somebody had entered.
  const since = log.sizeAtReceipt === null ? "the list was fixed" : "the receipt's entry";
  const good = `The log has the ${log.kind}'s rules from before ${since} on.`;
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
export function checkLoggedFreeze(proof: FrozenProof, jwks: Jwks, log: OwnLog): CheckStep {
  return takeStep("logged freeze", `The log has the ${log.kind}'s one freeze, at its place.`, () =>
    findFreezeFault(proof, jwks, log),
  );
}

function findFreezeFault(
  { freeze: shown, rules: { beacon } }: FrozenProof,
  jwks: Jwks,
  { kind: what, entries }: OwnLog,
): string | null {
  const [freeze, ...others] = entries.filter(({ entry }) => entry.kind === "freeze");
  if (!freeze) return `The log has no freeze of this ${what}.`;
  if (others.length > 0) return `The log has ${others.length + 1} freezes of this ${what}.`;
  const { statement } = freeze.entry.data;
  if (statement !== shown) return "The log has another freeze than the proof.";
  const signed = checkStatement(String(statement), "freeze+jws", jwks);
  if (!signed.holds) return signed.says;
  if (signed.statement.logHead !== freeze.rootBefore)
    return "The freeze names another log than the one that it stands in.";
  if (beacon.kind === "none") return null;
  const { at } = freeze.entry;
  const frozenAtMs = readTime(signed.statement.frozenAt);
  // Who logs the freeze when the round has come may have waited for one that suits, and signed an earlier time.
  const loggedMsMax = Math.max(
    timeOfRoundThatCounts(what, beacon, frozenAtMs),
    frozenAtMs + freezeToLogMsMax,
  );
  return readTime(at) < loggedMsMax
    ? null
    : `The log has the freeze since ${at}, when the round that counts had come already.`;
}

/** A line's list may be fixed a moment before its round; both are written as one. */
const freezeToLogMsMax = 5_000;

/** Where the first entry of a kind stands in the log; behind everything where there is none. */
export function placeOf(kind: string, entries: readonly OwnLogEntry[]): number {
  return entries.find(({ entry }) => entry.kind === kind)?.index ?? Number.POSITIVE_INFINITY;
}
