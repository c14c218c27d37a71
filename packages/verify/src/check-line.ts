import { bytesFromHex, hexFromBytes } from "./bytes.ts";
import type { DrawLevel, Trust } from "./check-draw.ts";
import { findChainFault } from "./check-draw-freeze.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { timeOfDrandRound } from "./drand.ts";
import { checkDrandSignature, knownDrandChains } from "./drand-signature.ts";
import { hashRemovals, hashRules } from "./draw.ts";
import { readTime } from "./draw-proof.ts";
import { inParts } from "./in-parts.ts";
import { checkStatement, type Jwks } from "./jws.ts";
import { commitToLineSeed, lineBeaconDelayMs, makeLineSeed, rankTicket } from "./line.ts";
import { type LineProof, lineRulesMembers } from "./line-proof.ts";
import { growTree, hashLeafText } from "./merkle-tree.ts";
import { checkReceipt, type Receipt } from "./receipt.ts";
import { areSame } from "./same-json.ts";

export interface LineEvidence {
  readonly proof: LineProof;
  /** The texts of the leaves in the order of their tickets: all of them, or some at a time as they come. */
  readonly leaves: Iterable<string> | AsyncIterable<readonly string[]>;
  readonly jwks: Jwks;
  readonly receipt?: Receipt;
  readonly trust?: Pick<Trust, "chains">;
}

export interface CheckedLine {
  /** In the order in which the opening's events follow from each other. */
  readonly steps: readonly CheckStep[];
  /** Null unless every step holds. Who witnessed the freeze of a line is not checked. */
  readonly level: Exclude<DrawLevel, "witnessed"> | null;
  /** Where the receipt's ticket stands, from 1; those who came after the opening stand behind all before it. */
  readonly standing: { readonly rank: number; readonly count: number } | null;
}

/**
 * Recomputes the opening of a line from its rules to a receipt's rank. Rejects only when reading the leaves does; whatever else it
 * is given, what cannot be read does not hold.
 *
 * @param options.onProgress told after each part of the leaves how many were read
 */
export async function checkLine(
  evidence: LineEvidence,
  options: { readonly onProgress?: (leavesRead: number) => void } = {},
): Promise<CheckedLine> {
  const { proof, leaves, jwks, receipt, trust = {} } = evidence;
  if (!proof?.rules?.beacon) {
    const rules = { step: "rules", holds: false, says: "There are no rules of a line." };
    return { steps: [rules], level: null, standing: null };
  }
  const cohort = readCohort(proof, receipt?.body?.ticket);
  for await (const some of inParts(leaves)) {
    for (const leaf of some) cohort.add(leaf);
    options.onProgress?.(cohort.count());
    if (cohort.count() > proof.n) break;
  }
  const freeze = checkFreeze(proof, jwks);
  const seed = makeSeed(proof, cohort.root(), cohort.count());
  const steps = [
    checkRules(proof),
    checkChain(proof),
    checkCommitment(proof),
    ...cohort.steps(),
    freeze.step,
    checkBeacon(proof, freeze.frozenAtMs),
    seed.step,
    ...(receipt ? checkTicket(proof, cohort.own(), receipt, jwks) : []),
  ];
  const holds = steps.every((step) => step.holds);
  return {
    steps,
    level: holds ? levelOf(proof, trust) : null,
    standing: findRank(proof, seed.bytes, receipt),
  };
}

function levelOf(
  { rules: { beacon } }: LineProof,
  { chains = [] }: Pick<Trust, "chains">,
): CheckedLine["level"] {
  if (beacon.kind === "none") return "consistent";
  const isKnown = Object.hasOwn(knownDrandChains, beacon.chainHash) || chains.includes(beacon.chainHash);
  return isKnown ? "beacon" : "beacon run by an unknown party";
}

function checkRules({ algorithm, rules, rulesHash }: LineProof): CheckStep {
  return takeStep("rules", "The rules are those of the hash.", () => {
    if (algorithm !== "fair-line-v1" || rules.algorithm !== algorithm)
      return "The algorithm is not fair-line-v1.";
    if (!areSame(Object.keys(rules).sort(), lineRulesMembers))
      return "The rules have other members than a line's.";
    return hexFromBytes(hashRules(rules)) === rulesHash ? null : "The rules have another hash.";
  });
}

function checkChain({ rules: { beacon, openAt } }: LineProof): CheckStep {
  const good =
    beacon.kind === "none" ? "The rules name no beacon." : "The rules name the beacon's chain and round.";
  return takeStep("chain", good, () => {
    return beacon.kind === "none" ? null : findChainFault(beacon, readTime(openAt) + lineBeaconDelayMs);
  });
}

function checkCommitment({ rules, commitment, serverSeed }: LineProof): CheckStep {
  return takeStep("commitment", "The server's seed is the one that the rules bound it to.", () => {
    const made = hexFromBytes(commitToLineSeed(bytesFromHex(serverSeed, 32)));
    return made === rules.commitment && made === commitment
      ? null
      : "The rules bound the server to another seed.";
  });
}

const leafForm =
  /^\{"level":"(guest|confirmed|external)","queueId":"([a-z0-9_]+)","subject":"([0-9a-f]{64})","ticket":([1-9]\d*)\}$/;

/** Those who came before the opening, read once in the order of their tickets. */
function readCohort(proof: LineProof, ownTicket: unknown) {
  const tree = growTree();
  const levels: Record<string, number> = { guest: 0, confirmed: 0, external: 0 };
  let firstBadLeaf: number | null = null;
  let own: { readonly level: string; readonly subject: string } | null = null;
  const findLeafFault = (): string | null => {
    if (firstBadLeaf !== null)
      return `Leaf ${firstBadLeaf} is not the ticket of this line that it should be.`;
    if (tree.size() !== proof.n) return `There are ${tree.size()} leaves or more, not ${proof.n}.`;
    const said = { guest: 0, confirmed: 0, external: 0, ...proof.levels };
    return areSame(said, levels) ? null : "The leaves are of other levels than the proof says.";
  };
  return {
    add(text: string): void {
      const index = tree.size();
      const [, level = "", queueId, subject = "", ticket] = leafForm.exec(text) ?? [];
      tree.add(hashLeafText(text));
      if (queueId !== proof.rules.queueId || Number(ticket) !== index + 1) firstBadLeaf ??= index;
      if (level !== "") levels[level] = (levels[level] ?? 0) + 1;
      if (index + 1 === ownTicket) own = { level, subject };
    },
    count: () => tree.size(),
    root: () => tree.root(),
    own: () => own,
    steps: () => [
      takeStep("leaves", "The leaves are the tickets of this line from 1 on, each once.", findLeafFault),
      takeStep("root", "The leaves make the tree's root.", () => {
        return hexFromBytes(tree.root()) === proof.root ? null : "The leaves make another root.";
      }),
    ],
  };
}

function checkFreeze(proof: LineProof, jwks: Jwks): { step: CheckStep; frozenAtMs: number | null } {
  const signed = checkStatement(proof.freeze, "freeze+jws", jwks);
  let frozenAtMs: number | null = null;
  const step = takeStep("freeze", "The operator signed the list after the opening.", () => {
    if (!signed.holds) return signed.says;
    const { frozenAt, logHead, ...said } = signed.statement;
    bytesFromHex(String(logHead), 32);
    const expected = {
      algorithm: "fair-line-v1",
      lastNumber: proof.n,
      n: proof.n,
      queueId: proof.rules.queueId,
      // Who left before the opening keeps the ticket, so that nobody is removed.
      removalsHash: hexFromBytes(hashRemovals([])),
      root: proof.root,
      rulesHash: proof.rulesHash,
      serverSeed: proof.rules.beacon.kind === "none" ? null : proof.serverSeed,
    };
    if (!areSame(said, expected))
      return "The signed statement is of another list, other rules or another seed.";
    const atMs = readTime(frozenAt);
    if (atMs < readTime(proof.rules.openAt)) return "The list was signed before the opening.";
    frozenAtMs = atMs;
    return null;
  });
  return { step, frozenAtMs };
}

function checkBeacon({ rules, beacon }: LineProof, frozenAtMs: number | null): CheckStep {
  const chain = rules.beacon;
  const good =
    chain.kind === "none"
      ? "No beacon is part of the seed, as the rules say."
      : "The chain's key signed the beacon of the round of the rules, which came after the freeze.";
  return takeStep("beacon", good, () => {
    if (chain.kind === "none")
      return beacon === null ? null : "A beacon is part of the seed, though the rules name none.";
    if (beacon === null) return "The beacon is missing.";
    if (frozenAtMs === null || frozenAtMs >= timeOfDrandRound(chain, chain.round))
      return "The list was not signed before the round came.";
    const isSigned = checkDrandSignature(chain, chain.round, bytesFromHex(beacon));
    return isSigned ? null : `The chain's key did not sign this as round ${chain.round}.`;
  });
}

function makeSeed(
  proof: LineProof,
  root: Uint8Array,
  count: number,
): { step: CheckStep; bytes: Uint8Array | null } {
  let bytes: Uint8Array | null = null;
  const step = takeStep("seed", "Rules, list and chance make the seed of the order.", () => {
    bytes = makeLineSeed({
      rulesHash: hashRules(proof.rules),
      root,
      count,
      serverSeed: bytesFromHex(proof.serverSeed, 32),
      beacon: bytesFromHex(proof.beacon ?? ""),
    });
    return hexFromBytes(bytes) === proof.seed ? null : "Rules, list and chance make another seed.";
  });
  return { step, bytes };
}

function checkTicket(
  proof: LineProof,
  own: { readonly level: string; readonly subject: string } | null,
  receipt: Receipt,
  jwks: Jwks,
): CheckStep[] {
  const steps = checkReceipt(receipt, jwks).map((one) => ({ ...one, step: `receipt's ${one.step}` }));
  const ticketStep = takeStep(
    "ticket",
    "The line has the receipt's ticket, just as the receipt says.",
    () => {
      const { distributionId, rulesHash, ticket, level, subject } = receipt.body;
      if (distributionId !== proof.rules.queueId) return "The receipt is of another line.";
      if (rulesHash !== proof.rulesHash) return "The receipt is of other rules.";
      if (!Number.isSafeInteger(ticket) || Number(ticket) < 1) return "The receipt has no ticket.";
      if (Number(ticket) > proof.n) return null;
      return areSame(own, { level, subject }) ? null : "The line has somebody else at this ticket.";
    },
  );
  return [...steps, ticketStep];
}

function findRank(
  { n }: LineProof,
  seed: Uint8Array | null,
  receipt: Receipt | undefined,
): CheckedLine["standing"] {
  const ticket = receipt?.body?.ticket;
  if (seed === null || typeof ticket !== "number" || !Number.isSafeInteger(ticket) || ticket < 1) return null;
  const isCount = Number.isInteger(n) && n >= 0 && n < 2 ** 32;
  return isCount ? { rank: rankTicket(ticket, n, seed), count: n } : null;
}
