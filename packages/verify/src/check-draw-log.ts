import { hexFromBytes } from "./bytes.ts";
import { hashOfJson } from "./canonical-json.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { type DrawProof, isDrawn, isFrozen, type PublishedDrawProof } from "./draw-proof.ts";
import { checkStatement, type Jwks } from "./jws.ts";
import type { DrawLogEntry, ReadLog } from "./read-log.ts";
import { areSame } from "./same-json.ts";

/** What the log has of a draw, and how much of it the entrant's receipt saw already; null: nothing is known of that. */
interface DrawLog {
  readonly entries: readonly DrawLogEntry[];
  readonly sizeAtReceipt: number | null;
}

/** The steps of a draw in its organization's log, as far as the draw has come. */
export function checkDrawLog(
  proof: PublishedDrawProof,
  jwks: Jwks,
  log: ReadLog | null,
  sizeAtReceipt: number | null,
): CheckStep[] {
  if (!proof.rules) return [{ step: "logged rules", holds: false, says: "There are no rules of a draw." }];
  const drawLog = { entries: log?.ofDraw ?? [], sizeAtReceipt };
  const rules = takeStep(
    "logged rules",
    "The log has the draw's rules from before the first entry on.",
    () => {
      return findRulesFault(proof, drawLog);
    },
  );
  const freeze = takeStep("logged freeze", "The log has the draw's one freeze, at its place.", () => {
    return findFreezeFault(proof, jwks, drawLog);
  });
  const result = takeStep("logged result", "The log has the draw's one result, behind the freeze.", () => {
    return isDrawn(proof) ? findResultFault(proof, drawLog) : null;
  });
  const awards = takeStep("logged awards", "The log has what became of the seats, in the same order.", () => {
    return isDrawn(proof) ? findAwardsFault(proof, drawLog) : null;
  });
  return [rules, ...(isFrozen(proof) ? [freeze] : []), ...(isDrawn(proof) ? [result, awards] : [])];
}

function findRulesFault(proof: PublishedDrawProof, { entries, sizeAtReceipt }: DrawLog): string | null {
  const ofRules = entries.filter(({ entry }) => entry.kind.startsWith("rules."));
  const [made, ...changes] = ofRules.filter(({ entry }) => entry.kind !== "rules.announced");
  if (made?.entry.kind !== "rules.made") return "The log does not say when the draw's rules were made.";
  let hash = made.entry.data.rulesHash;
  for (const { entry } of changes) {
    if (entry.kind !== "rules.changed" || entry.data.before !== hash)
      return "The log has a change of other rules than those before it.";
    hash = entry.data.rulesHash;
  }
  if (hash !== proof.rulesHash) return "The rules of the log are others than those of the proof.";
  const announced = ofRules.findLast(({ entry }) => entry.kind === "rules.announced")?.entry.data.rules;
  if (announced === undefined || hexFromBytes(hashOfJson(announced)) !== proof.rulesHash)
    return "The log does not announce the rules of the proof.";
  const last = ofRules.at(-1)?.index ?? 0;
  const freeze = entries.find(({ entry }) => entry.kind === "freeze")?.index ?? Number.POSITIVE_INFINITY;
  if (last > freeze) return "The log has rules from after the freeze.";
  return last >= (sizeAtReceipt ?? Number.POSITIVE_INFINITY)
    ? "The log has rules from after the receipt's entry."
    : null;
}

function findFreezeFault(proof: PublishedDrawProof, jwks: Jwks, { entries }: DrawLog): string | null {
  const [freeze, ...others] = entries.filter(({ entry }) => entry.kind === "freeze");
  if (!freeze) return "The log has no freeze of this draw.";
  if (others.length > 0) return `The log has ${others.length + 1} freezes of this draw.`;
  const { statement } = freeze.entry.data;
  if (statement !== Reflect.get(proof, "freeze")) return "The log has another freeze than the proof.";
  const signed = checkStatement(String(statement), "freeze+jws", jwks);
  if (!signed.holds) return signed.says;
  return signed.statement.logHead === freeze.rootBefore
    ? null
    : "The freeze names another log than the one that it stands in.";
}

function findResultFault(proof: DrawProof, { entries }: DrawLog): string | null {
  const [result, ...others] = entries.filter(({ entry }) => entry.kind === "result");
  if (!result) return "The log has no result of this draw.";
  if (others.length > 0) return `The log has ${others.length + 1} results of this draw.`;
  if (entries.some(({ entry }) => entry.kind === "void"))
    return "The log says that the draw came to nothing.";
  const freeze = entries.find(({ entry }) => entry.kind === "freeze")?.index ?? Number.POSITIVE_INFINITY;
  if (result.index < freeze) return "The log has the result before the freeze.";
  const { seed, resultHash } = result.entry.data;
  const isSame = areSame([seed, resultHash], [proof.seed, hexFromBytes(hashOfJson(proof.winners))]);
  return isSame ? null : "The log has another result than the proof.";
}

/** The seats that the draw itself gave are in its result; the log has every step after that. */
function findAwardsFault({ awards, winners }: DrawProof, { entries }: DrawLog): string | null {
  const logged = entries.flatMap(({ entry }) => (entry.kind === "awards" ? [entry.data.awards].flat() : []));
  const later = awards.slice(winners.length);
  // What was logged between the asking for the one and for the other is not in the proof yet.
  const differing = later.findIndex((award, at) => at >= logged.length || !areSame(award, logged[at]));
  return differing < 0
    ? null
    : `The log does not have award ${winners.length + differing + 1} as the proof has it.`;
}
