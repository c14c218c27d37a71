import type { LogSurroundings } from "./check-draw-log.ts";
import { checkLoggedFreeze, checkLoggedRules, type OwnLog, placeOf } from "./check-logged-list.ts";
import { type CheckStep, takeStep } from "./check-step.ts";
import { checkUnshown, findLoggedAt, logDelayMsMax } from "./check-unshown.ts";
import { readTime } from "./draw-proof.ts";
import { findProgressFault, tellOutOfTurn } from "./line-progress.ts";
import {
  isLineDrawn,
  isLineFrozen,
  isLinePlain,
  type LineProof,
  type PublishedLineProof,
} from "./line-proof.ts";
import type { LogPage, ReadLog } from "./read-log.ts";
import { areSame } from "./same-json.ts";

/** The steps of a line in its organization's log, as far as the line has come. */
export function checkLineLog(
  proof: PublishedLineProof,
  log: ReadLog | null,
  { jwks, sizeAtReceipt, readAt }: LogSurroundings,
): CheckStep[] {
  if (!proof.rules) return [{ step: "logged rules", holds: false, says: "There are no rules of a line." }];
  const own: OwnLog = { kind: "line", entries: log?.own ?? [], sizeAtReceipt };
  const opening = takeStep("logged opening", "The log has the line's one order, behind the freeze.", () => {
    return isLineDrawn(proof) ? findOpeningFault(proof, own) : null;
  });
  const isPlain = isLinePlain(proof);
  const logged = (kind: string) => own.entries.find(({ entry }) => entry.kind === kind);
  const inOrder = `The log has the line move in the ${isPlain ? "order of the tickets" : "drawn order"} only.`;
  const ownEntries = own.entries.map(({ entry }) => entry);
  const outOfTurn = tellOutOfTurn(ownEntries);
  const progress = takeStep("logged progress", `${inOrder} ${outOfTurn}`.trim(), () => {
    return findProgressFault(ownEntries, proof.rules.queueId, isPlain);
  });
  const nothing = takeStep(
    "no drawing",
    "Nothing was drawn in this line, by its proof and by the log.",
    () => {
      const isDrawn = own.entries.some(
        ({ entry }) => entry.kind === "freeze" || entry.kind === "line.opened",
      );
      return isDrawn ? "The log has the drawing of an order, and the proof says that none is drawn." : null;
    },
  );
  if (isPlain) return [checkLoggedRules(proof.rulesHash, own), nothing, progress];
  return [
    checkLoggedRules(proof.rulesHash, own),
    ...(isLineFrozen(proof)
      ? [checkLoggedFreeze(proof, jwks, own)]
      : checkUnshown("logged freeze", "the closing of the list", logged("freeze"), readAt)),
    ...(isLineDrawn(proof)
      ? [opening, progress]
      : checkUnshown("logged opening", "the order", logged("line.opened"), readAt)),
  ];
}

/** Whether a log has more of a line's opening than its proof shows, which is to be asked for again then. */
export function isLineBehindLog(proof: PublishedLineProof, pages: readonly LogPage[] | undefined): boolean {
  if (isLinePlain(proof)) return false;
  const has = (kind: string): boolean => findLoggedAt(proof.rules.queueId, pages, kind) !== null;
  return (!isLineFrozen(proof) && has("freeze")) || (!isLineDrawn(proof) && has("line.opened"));
}

function findOpeningFault(proof: LineProof, { entries }: OwnLog): string | null {
  const [opened, ...others] = entries.filter(({ entry }) => entry.kind === "line.opened");
  if (!opened) return "The log has no order of this line.";
  if (others.length > 0) return `The log has ${others.length + 1} orders of this line.`;
  if (entries.some(({ entry }) => entry.kind === "void"))
    return "The log says that the line came to no order.";
  if (opened.index < placeOf("freeze", entries)) return "The log has the order before the freeze.";
  const { beacon, n, seed, serverSeed } = proof;
  if (!areSame(opened.entry.data, { beacon, n, seed, serverSeed }))
    return "The log has another order than the proof.";
  const drawnAt = proof.drawnAt ?? null;
  const isInTime =
    drawnAt === null || Math.abs(readTime(drawnAt) - readTime(opened.entry.at)) <= logDelayMsMax;
  return isInTime
    ? null
    : `The proof says that the order was drawn at ${drawnAt}, and the log at ${opened.entry.at}.`;
}
