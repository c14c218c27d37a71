import { rootCertificates } from "node:tls";
import {
  findLogGap,
  findReceiptFault,
  findReceiptMixUp,
  findSeenSizes,
  type GatherLogOptions,
  gatherLog,
  type Jwks,
  type LogPage,
  type Receipt,
  readAuthorities,
  type TrustedAuthority,
} from "@stanchion/verify";
import { findProofMixUp } from "./find-proof-mix-up.ts";
import { plain } from "./plain.ts";
import { EvidenceError, isOfWeb, type Place, readJson, readText } from "./read-evidence.ts";
import { type Progress, showProgress } from "./show-progress.ts";

const missingStatus = 404;

/** The exit codes of everything that verifies. */
export const exitCodes = { proven: 0, broken: 1, usage: 2, undecided: 3 } as const;

/** Says of a proof what its steps do not: that it was for trying out, and that no log was looked at. */
export function tellAsides(proof: unknown, isLogRead: boolean): void {
  const { mode } = Object(Object(proof).rules);
  if (mode === "test") console.log("\nThis was for trying out: the rules say that it is a test.");
  if (!isLogRead) console.log(`\n${tellNoLog(proof)}`);
}

/** What is said where no log was looked at, since none was found or the proof does not say whose it is. */
function tellNoLog(proof: unknown): string {
  return isOfNobody(proof)
    ? "The organization's log was not looked at: the proof does not say whose it is."
    : "The organization's log was not looked at: it is missing. Next: save it as log.json beside the proof, or check by the address.";
}

function isOfNobody(proof: unknown): boolean {
  return typeof Object(Object(proof).rules).organizationId !== "string";
}

/**
 * A proof, of whatever shape. `what` is a draw or a line. A saved file must be one of that: who gave another one has mixed them up. A
 * server that was asked for a proof is judged by what it answers.
 */
export async function readProof(place: Place, what: "draw" | "line"): Promise<unknown> {
  const proof = await readShownProof(place, what);
  const mixUp = isOfWeb(place) ? null : findProofMixUp(proof, what);
  if (mixUp === null) return proof;
  throw new EvidenceError(`${place} ${mixUp.says}`, { next: mixUp.next, isGivenWrong: true });
}

async function readShownProof(place: Place, what: "draw" | "line"): Promise<unknown> {
  try {
    return await readJson(place);
  } catch (error) {
    if (!(error instanceof EvidenceError) || error.status !== missingStatus) throw error;
    throw new EvidenceError(`There is no such ${what}; check its number.`, {
      cause: error,
      next: "try again with the number that the shop or the receipt names",
      isGivenWrong: true,
    });
  }
}

/** The organization's whole log, or its saved pages beside the proof; null where there is none. */
export async function readLog(
  findPlace: (organizationId: string) => Place | undefined,
  { proof, jwks, receipt }: { proof: unknown; jwks: Jwks; receipt?: Receipt | null | undefined },
): Promise<readonly LogPage[] | null> {
  const { organizationId, mode, drawId, queueId } = Object(Object(proof).rules);
  const place = isOfNobody(proof) ? undefined : findPlace(organizationId);
  if (place === undefined) return null;
  if (isOfWeb(place)) {
    const question = { sizes: findSeenSizes({ jwks, receipt }), distributionId: drawId ?? queueId };
    // A server that answers anything but a log keeps it back: nothing of it is there to hold the proof against.
    return (await gatherShown((query) => readJson(`${place}?${query}`), String(mode), question)) ?? [];
  }
  const pages = [await readJson(place)].flat();
  const gap = findLogGap(pages, Object(proof).rules);
  if (gap === null) return pages.map(shaped<LogPage>);
  throw new EvidenceError(gap, {
    next: "save that as log.json beside the proof, or take log.json away to check without the log",
    isGivenWrong: true,
  });
}

/** A log to its end, with a line on the terminal that counts along. */
export async function gatherShown(
  ask: (query: string) => Promise<unknown>,
  mode: string | null,
  question: GatherLogOptions,
): Promise<readonly LogPage[] | null> {
  const shown: Progress[] = [];
  const onProgress = (read: number, size: number): void => {
    if (shown.length === 0) shown.push(showProgress("entries of the log read", size));
    shown[0]?.show(read);
  };
  try {
    return await gatherLog(ask, mode, { ...question, onProgress });
  } finally {
    shown[0]?.end();
  }
}

/** The roots that Node ships with, as the server takes them, and those of files in PEM. */
export async function readTrusted(files: readonly string[]): Promise<TrustedAuthority[]> {
  const given = await Promise.all(files.map(readText));
  return [...rootCertificates, ...given].flatMap((pem, index) => {
    const authorities = readAuthorities(pem);
    if (authorities.length === 0)
      throw new EvidenceError(`${files[index - rootCertificates.length]} has no certificate in PEM.`, {
        next: "give the authority's certificate as PEM",
        isGivenWrong: true,
      });
    return authorities;
  });
}

/**
 * A receipt of the proof's draw or line by itself, or inside the entry that the status answers.
 * @param askedId what was asked for by its id, where anything was
 */
export async function readReceipt(
  place: Place,
  { proof, askedId, what }: { proof: unknown; askedId: string | undefined; what: "draw" | "line" },
): Promise<Receipt> {
  const next = `take the receipt of this ${what}, or check it without`;
  const receipt = await readAnyReceipt(place, next);
  const { drawId, queueId } = Object(Object(proof).rules);
  // A proof that does not say whose it is, or is another's than that which was asked for, is the operator's doing.
  const isAsked = receipt.body.distributionId.toLowerCase() === askedId?.toLowerCase();
  const isJudged = (drawId ?? queueId) === undefined || isAsked;
  const mixUp = isJudged ? null : findReceiptMixUp(Object(proof), receipt);
  if (mixUp === null) return receipt;
  throw new EvidenceError(mixUp, { next, isGivenWrong: true });
}

/**
 * The same of any draw or line.
 * @throws {EvidenceError} for what is no receipt, with what to do `next`
 */
export async function readAnyReceipt(place: Place, next: string): Promise<Receipt> {
  const document = Object(await readJson(place));
  const receipt = document.receipt ?? document;
  const fault = findReceiptFault(receipt);
  if (fault !== null) throw new EvidenceError(fault, { next, isGivenWrong: true });
  return shaped(receipt);
}

/** What is read is evidence, true or not: the checks take nothing of its shape for granted. */
export function shaped<Shape>(document: unknown): Shape {
  return document as Shape;
}

/** @throws {EvidenceError} where there is no such place, with the option that would name it */
export function found(place: Place | undefined, name: string, option: string | null): Place {
  if (place !== undefined) return place;
  const otherwise = option === null ? "" : `; name it with ${option}`;
  throw new EvidenceError(`There is no ${name} beside the proof${otherwise}.`, {
    next: "save it there; docs/guides/fairness.md says where each file comes from",
    isGivenWrong: true,
  });
}

/**
 * Says why nothing was judged, and what to do.
 * @returns the exit code
 */
export function tellUnjudged(error: unknown): number {
  if (!(error instanceof EvidenceError)) throw error;
  console.error(`${plain(error.message)}\nNothing was judged. Next: ${plain(error.next)}.`);
  return error.isGivenWrong ? exitCodes.usage : exitCodes.undecided;
}
