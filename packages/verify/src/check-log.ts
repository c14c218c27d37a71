import { bytesFromHex } from "./bytes.ts";
import { checkDrawLog } from "./check-draw-log.ts";
import { checkLineLog } from "./check-line-log.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { logDelayMsMax } from "./check-unshown.ts";
import { checkConsistency } from "./consistency-proof.ts";
import { type PublishedDrawProof, readTime } from "./draw-proof.ts";
import { findReceiptMixUp } from "./find-receipt-mix-up.ts";
import { checkInclusion } from "./inclusion-proof.ts";
import { type CheckedStatement, checkStatement, type Jwks } from "./jws.ts";
import { isOfLine, type PublishedLineProof } from "./line-proof.ts";
import { hashLogEntry, type LogPage, type ReadLog, readLog } from "./read-log.ts";
import type { Receipt } from "./receipt.ts";
import { areSame } from "./same-json.ts";

export interface LogEvidence {
  /** The log from its first entry to its last, as the public address answers it page by page; asked for after the proof. */
  readonly pages: readonly LogPage[];
  readonly jwks: Jwks;
  /** A draw or a line, to see that all that became of it is in the log, once. */
  readonly proof?: PublishedDrawProof | PublishedLineProof;
  /** What an entrant was given, to see that the log is still the one that the receipt saw. */
  readonly receipt?: Receipt;
  /** Heads that were signed earlier, compact JWS, to see that the log still begins with them. */
  readonly earlierHeads?: readonly string[];
  /** The same of heads that somebody wrote down. */
  readonly noted?: readonly SeenLog[];
}

/** How long a log was and the root of its tree in hex, as somebody saw it. */
export interface SeenLog {
  readonly size: number;
  readonly root: string;
}

/**
 * Checks a whole log, in this order: `log's head`, that the operator signed it; `log`, that the entries make it, none left out;
 * `receipt's log`, `earlier head` and `noted head`, that it begins with what was seen earlier; and of a draw `logged rules`, `logged freeze`,
 * `logged cancellation`, `logged result` and `logged awards`, of a line `logged rules`, `logged freeze`, `logged opening` and
 * `logged progress`, as far as it has come. Never throws.
 *
 * @example
 * const isKept = checkLog({ pages, jwks, proof, receipt }).every(({ holds }) => holds);
 */
export function checkLog(evidence: LogEvidence): CheckStep[] {
  const { pages, jwks, proof, receipt, earlierHeads = [], noted = [] } = evidence;
  const [page] = pages;
  const signed = checkStatement(page?.head ?? "", "log+jws", jwks);
  const receiptSigned = receipt ? checkStatement(receipt.signature, "receipt+jws", jwks) : null;
  const earlier = earlierHeads.map((head) => checkStatement(head, "log+jws", jwks));
  const seen = receiptSigned && seenBy(receiptSigned, "logHead", "logSize");
  const log = readPages(evidence, [seen, ...earlier.map((one) => seenBy(one, "root", "size")), ...noted]);
  return [
    checkHead(page, signed, proof),
    takeStep("log", "The entries make the signed head, none left out.", () =>
      typeof log === "string" ? log : findLogFault(log, signed),
    ),
    ...(receiptSigned ? [checkBeginning("receipt's log", "the receipt saw", log, receiptSigned, seen)] : []),
    ...earlier.map((one) =>
      checkBeginning("earlier head", "was signed earlier", log, one, seenBy(one, "root", "size")),
    ),
    ...noted.map((one) => checkNoted(log, one)),
    ...(proof ? checkOwnLog(evidence, proof, typeof log === "string" ? null : log, signed, seen) : []),
  ];
}

function checkOwnLog(
  { jwks, receipt }: LogEvidence,
  proof: PublishedDrawProof | PublishedLineProof,
  log: ReadLog | null,
  signed: CheckedStatement,
  seen: SeenLog | null,
): CheckStep[] {
  // A receipt of something else saw the same log, at a time that says nothing of this draw or line.
  const isOfProof = receipt !== undefined && findReceiptMixUp(proof, receipt) === null;
  const around = {
    jwks,
    sizeAtReceipt: isOfProof ? (seen?.size ?? null) : null,
    readAt: signed.holds ? signed.statement.at : null,
  };
  return isOfLine(proof) ? checkLineLog(proof, log, around) : checkDrawLog(proof, log, around);
}

/** The log as it was read, or why it cannot be. */
function readPages({ pages, proof }: LogEvidence, seen: readonly (SeenLog | null)[]): ReadLog | string {
  const sizes = new Set(seen.flatMap((one) => (one ? [one.size] : [])));
  try {
    const { drawId, queueId } = Object(proof?.rules);
    return readLog(pages, sizes, isOfLine(proof) ? queueId : drawId);
  } catch {
    return "The entries cannot be read.";
  }
}

/** `log's head`: whether the operator signed the head that the page shows, of the organization and mode that are meant. */
function checkHead(
  page: LogPage | undefined,
  signed: CheckedStatement,
  proof?: LogEvidence["proof"],
): CheckStep {
  return takeStep("log's head", "The operator signed the head of the log.", () => {
    if (!page) return "There is no log.";
    if (!signed.holds) return signed.says;
    const { organizationId, mode, size, root } = page;
    const { at, ...said } = signed.statement;
    if (typeof at !== "string" || !areSame(said, { mode, organizationId, root, size }))
      return "The signed head is of another log.";
    const { rules } = proof ?? {};
    const what = isOfLine(proof) ? "line" : "draw";
    const isOfProof = !rules || areSame([rules.organizationId, rules.mode], [organizationId, mode]);
    return isOfProof ? null : `The log is another organization's than the ${what}, or of the other mode.`;
  });
}

function findLogFault({ fault, size, root, lastAt }: ReadLog, signed: CheckedStatement): string | null {
  if (fault !== null) return fault;
  if (!signed.holds) return "No head is signed that the entries could make.";
  if (signed.statement.size !== size)
    return `The head is of ${signed.statement.size} entries, and ${size} are shown.`;
  if (signed.statement.root !== root) return "The entries make another root than the signed one.";
  const { at } = signed.statement;
  const isOlder = lastAt !== null && readTime(at) < readTime(lastAt) - logDelayMsMax;
  return isOlder ? `The head says that it is of ${at}, and the last entry is of ${lastAt}.` : null;
}

/** How long the log was when somebody saw it, to be told to {@link gatherLog}. */
export function findSeenSizes({
  receipt,
  jwks,
  noted = [],
}: Pick<LogEvidence, "jwks" | "noted"> & { readonly receipt?: Receipt | null | undefined }): Set<number> {
  const signed = checkStatement(receipt?.signature ?? "", "receipt+jws", jwks);
  const seen = [seenBy(signed, "logHead", "logSize"), ...noted];
  return new Set(seen.flatMap((one) => (one ? [one.size] : [])));
}

function seenBy(signed: CheckedStatement, rootName: string, sizeName: string): SeenLog | null {
  if (!signed.holds) return null;
  const { [rootName]: root, [sizeName]: size } = signed.statement;
  return typeof root === "string" && typeof size === "number" ? { root, size } : null;
}

/** Whether the log begins with what somebody saw of it. */
function checkBeginning(
  step: string,
  who: string,
  log: ReadLog | string,
  signed: CheckedStatement,
  seen: SeenLog | null,
): CheckStep {
  return takeStep(step, `The log begins with the one that ${who}.`, () => {
    return signed.holds ? findBeginningFault(who, log, seen) : signed.says;
  });
}

function checkNoted(log: ReadLog | string, seen: SeenLog): CheckStep {
  return takeStep("noted head", "The log begins with the one that was noted.", () => {
    return findBeginningFault("was noted", log, seen);
  });
}

function findBeginningFault(who: string, log: ReadLog | string, seen: SeenLog | null): string | null {
  if (seen === null || typeof log === "string") return "What was seen of the log cannot be compared.";
  if (seen.size > log.size)
    return `The log has ${log.size} entries, and the one that ${who} had ${seen.size} already.`;
  return log.roots.get(seen.size) === seen.root
    ? null
    : `The log was rewritten: its first ${seen.size} entries are not those of the one that ${who}.`;
}

export interface LogPartEvidence {
  readonly page: LogPage;
  readonly jwks: Jwks;
  /** What was seen of the log earlier, of the size that the page's `consistency` begins with. */
  readonly seen?: SeenLog;
}

/**
 * Checks one page of a log without reading the rest: `log's head`; `logged entry`, that the entry whose `inclusion` the page proves is
 * in it; `earlier log`, that by its `consistency` it begins with what was seen. What there is in the log besides does not show. Never
 * throws.
 */
export function checkLogPart({ page, jwks, seen }: LogPartEvidence): CheckStep[] {
  const head = checkHead(page, checkStatement(page?.head ?? "", "log+jws", jwks));
  const entry = takeStep("logged entry", "The entry is in the log, at its place.", () => {
    return findInclusionFault(page);
  });
  const earlier = takeStep("earlier log", "The log begins with the one that was seen.", () => {
    return findConsistencyFault(page, seen);
  });
  return [head, ...(page?.inclusion ? [entry] : []), ...(seen ? [earlier] : [])];
}

function findInclusionFault({ data, inclusion, size, root }: LogPage): string | null {
  const entry = data.find(({ index }) => index === inclusion?.index)?.entry;
  if (!entry || inclusion?.size !== size) return "The page does not show the entry that it proves.";
  const isIn = checkInclusion({
    leafHash: hashLogEntry(entry),
    index: inclusion.index,
    size,
    path: inclusion.path.map((node) => bytesFromHex(node, 32)),
    root: bytesFromHex(root, 32),
  });
  return isIn ? null : "The entry's path does not lead to the root of the log.";
}

function findConsistencyFault({ consistency, size, root }: LogPage, seen?: SeenLog): string | null {
  if (!seen || consistency?.from !== seen.size || consistency.to !== size)
    return "The page does not say whether it begins with what was seen.";
  const isSame = checkConsistency({
    firstSize: seen.size,
    firstRoot: bytesFromHex(seen.root, 32),
    secondSize: size,
    secondRoot: bytesFromHex(root, 32),
    path: consistency.path.map((node) => bytesFromHex(node, 32)),
  });
  return isSame ? null : "The log was rewritten: it does not begin with the one that was seen.";
}
