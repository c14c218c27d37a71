/** The worker's part: a million entries take some time, and the page must go on answering. */
import {
  checkDraw,
  checkDrawEntry,
  checkLine,
  findReceiptMixUp,
  findSeenSizes,
  isLineDrawn,
  isOfLine,
  needsEntryProof,
  type PublishedDrawProof,
  splitLines,
} from "@stanchion/verify";
import type { CheckNews, CheckTask, ProofFacts } from "./check-task.ts";
import { EvidenceError, readEvidence } from "./read-evidence.ts";

/** Answers each task by its news, the last of which is a result or `failed`. */
export function serveChecks(scope: WorkerScope): void {
  scope.addEventListener("message", ({ data }) => {
    void runCheck(data, (news) => scope.postMessage(news));
  });
}

/** What of a worker's global scope is used: the compiler knows a window's only. */
export interface WorkerScope {
  addEventListener(type: "message", listener: (event: { readonly data: CheckTask }) => void): void;
  postMessage(news: CheckNews): void;
}

async function runCheck(task: CheckTask, tell: (news: CheckNews) => void): Promise<void> {
  try {
    tell(await check(task, tell));
  } catch (error) {
    const says =
      error instanceof EvidenceError ? error.message : `The evidence cannot be read to its end: ${error}`;
    tell({ kind: "failed", says });
  }
}

async function check(task: CheckTask, tell: (news: CheckNews) => void): Promise<CheckNews> {
  const reader = await readEvidence(task.source);
  const { proof, jwks, askedId } = reader;
  const receipt = task.receipt ?? reader.receipt;
  // What was asked for and answered with another's proof is the operator's doing.
  const isOfAsked = askedId !== undefined && receipt?.body?.distributionId === askedId;
  const mixUp = receipt === null || isOfAsked ? null : findReceiptMixUp(Object(proof), receipt);
  if (mixUp !== null) throw new EvidenceError(mixUp);
  const log = await reader.log({
    sizes: findSeenSizes({ jwks, receipt }),
    onProgress: (read, total) => tell({ kind: "progress", what: "log", read, total }),
  });
  const evidence = {
    jwks,
    askedId,
    ...(receipt === null ? {} : { receipt }),
    ...(log === null ? {} : { log }),
  };
  const facts = { ...readFacts(proof), isLogRead: log !== null };
  const total = facts.count ?? 0;
  const onProgress = (read: number): void => tell({ kind: "progress", what: "list", read, total });
  const readLeaves = async () => (facts.count === null ? [] : splitLines(await reader.leaves()));
  if (isOfLine(proof)) {
    // The list is shown when the order is drawn.
    const shown = isLineDrawn(proof) ? { leaves: await readLeaves() } : {};
    const checked = await checkLine({ ...evidence, proof, ...shown }, { onProgress });
    return { kind: "line", checked, facts };
  }
  const draw = { ...evidence, proof: shaped<PublishedDrawProof>(proof) };
  if (!task.isWhole) {
    if (receipt === null) throw new EvidenceError("To check your entry, the page needs its receipt.");
    const isNeeded = needsEntryProof(draw.proof, receipt);
    const entry = isNeeded ? await reader.entry(receipt.body.entryId) : undefined;
    return { kind: "draw", checked: await checkDrawEntry({ ...draw, entry }), facts };
  }
  return {
    kind: "draw",
    checked: await checkDraw({ ...draw, leaves: await readLeaves() }, { onProgress }),
    facts,
  };
}

function readFacts(proof: unknown): Omit<ProofFacts, "isLogRead"> {
  const { count, n, levels, rules } = Object(proof);
  const size = isOfLine(proof) ? n : count;
  return {
    count: typeof size === "number" ? size : null,
    winnerCount: typeof rules?.winnerCount === "number" ? rules.winnerCount : null,
    levels: Object(levels),
    isTest: rules?.mode === "test",
  };
}

/** What is read is evidence, true or not: the checks take nothing of its shape for granted. */
function shaped<Shape>(document: unknown): Shape {
  return document as Shape;
}
