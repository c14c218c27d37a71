/** The worker's part: a million entries take some time, and the page must go on answering. */
import { checkDraw, checkDrawEntry, findReceiptMixUp, needsEntryProof, splitLines } from "@stanchion/verify";
import type { CheckNews, CheckTask, DrawFacts } from "./check-task.ts";
import { EvidenceError, readEvidence } from "./read-evidence.ts";

/** Answers each task by its news, the last of which is `done` or `failed`. */
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
  const { proof, jwks, log } = reader;
  const receipt = task.receipt ?? reader.receipt;
  const mixUp = receipt === null ? null : findReceiptMixUp(Object(proof), receipt);
  if (mixUp !== null) throw new EvidenceError(mixUp);
  const evidence = {
    proof,
    jwks,
    ...(receipt === null ? {} : { receipt }),
    ...(log === null ? {} : { log }),
  };
  const facts = { ...readFacts(proof), isLogRead: log !== null };
  if (!task.isWhole) {
    if (receipt === null) throw new EvidenceError("To check your entry, the page needs its receipt.");
    const isNeeded = needsEntryProof(proof, receipt);
    const entry = isNeeded ? await reader.entry(receipt.body.entryId) : undefined;
    return { kind: "done", checked: await checkDrawEntry({ ...evidence, entry }), facts };
  }
  const total = facts.count ?? 0;
  const onProgress = (read: number): void => tell({ kind: "progress", read, total });
  const leaves = facts.count === null ? [] : splitLines(await reader.leaves());
  return { kind: "done", checked: await checkDraw({ ...evidence, leaves }, { onProgress }), facts };
}

function readFacts(proof: unknown): Omit<DrawFacts, "isLogRead"> {
  const { count, levels, rules } = Object(proof);
  return {
    count: typeof count === "number" ? count : null,
    winnerCount: typeof rules?.winnerCount === "number" ? rules.winnerCount : null,
    levels: Object(levels),
    isTest: rules?.mode === "test",
  };
}
