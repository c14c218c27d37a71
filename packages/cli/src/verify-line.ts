import { parseArgs } from "node:util";
import {
  type CheckedLine,
  checkLine,
  describeLevel,
  findLineAddresses,
  isLineDrawn,
  type LineEvidence,
  type LineStanding,
  splitLines,
} from "@stanchion/verify";
import {
  exitCodes,
  found,
  readLog,
  readProof,
  readReceipt,
  readTrusted,
  shaped,
  tellAsides,
  tellUnjudged,
} from "./gather-evidence.ts";
import { plain } from "./plain.ts";
import { EvidenceError, findBeside, isOfWeb, type Place, readBytes, readJson } from "./read-evidence.ts";
import { refuseId } from "./refuse-id.ts";
import { showProgress } from "./show-progress.ts";
import { countEntries, type EntryCounts, tellEntries } from "./tell-entries.ts";
import { tellSteps } from "./tell-steps.ts";

/** `stanchion verify-line <file | url>`: recomputes the opening of a line whose order was drawn, from what is published of it. */
export async function verifyLine(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      receipt: { type: "string" },
      leaves: { type: "string" },
      jwks: { type: "string" },
      authority: { type: "string", multiple: true, default: [] },
      chain: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  const [subject, ...more] = positionals;
  if (subject === undefined || more.length > 0) {
    console.error("verify-line needs one proof of the opening of a line: its file, or the line's address.");
    return exitCodes.usage;
  }
  try {
    const places = findPlaces(subject, values);
    const proof = await readProof(places.proof, "line");
    const checked = await check(proof, places, values);
    const entries = countEntries(proof);
    console.log(values.json ? JSON.stringify({ ...checked, entries }) : told(plain(checked), plain(entries)));
    if (!values.json) tellAsides(proof, hasStep(checked, "log"));
    return exitCodeOf(checked);
  } catch (error) {
    return tellUnjudged(error);
  }
}

interface Places {
  /** Of an address. */
  readonly id?: string;
  readonly proof: Place;
  readonly jwks: Place | undefined;
  readonly leaves: Place | undefined;
  readonly log: (organizationId: string) => Place | undefined;
}

const noAddress = {
  next: "give the address of the line's page, such as https://shop.example/q/queue_01…, of its proof, or a saved file",
  isGivenWrong: true,
};

function findPlaces(subject: string, given: { leaves?: string; jwks?: string }): Places {
  refuseId(subject, "line");
  if (!isOfWeb(subject)) {
    return {
      proof: subject,
      jwks: given.jwks ?? findBeside(subject, "jwks.json"),
      leaves: given.leaves ?? findBeside(subject, "leaves.ndjson", "leaves.ndjson.gz"),
      log: () => findBeside(subject, "log.json"),
    };
  }
  const addresses = findLineAddresses(subject);
  if (addresses === null) throw new EvidenceError(`${subject} is no address of a line.`, noAddress);
  return { ...addresses, jwks: given.jwks ?? addresses.jwks, leaves: given.leaves ?? addresses.leaves };
}

async function check(
  shown: unknown,
  places: Places,
  values: { receipt?: string; authority: string[]; chain: string[] },
): Promise<CheckedLine> {
  const proof = shaped<LineEvidence["proof"]>(shown);
  const jwks = shaped<LineEvidence["jwks"]>(await readJson(found(places.jwks, "jwks.json", "--jwks")));
  const receipt =
    values.receipt === undefined
      ? null
      : await readReceipt(values.receipt, { proof, askedId: places.id, what: "line" });
  const trust = { authorities: await readTrusted(values.authority), chains: values.chain };
  const log = await readLog(places.log, { proof, jwks, receipt });
  const leaves = findLeaves(proof, places);
  const progress = showProgress("leaves read", Number(Object(proof).n));
  const evidence: LineEvidence = {
    ...{ proof, jwks, trust, askedId: places.id },
    ...(leaves === undefined ? {} : { leaves: splitLines(readBytes(leaves)) }),
    ...(receipt === null ? {} : { receipt }),
    ...(log === null ? {} : { log }),
  };
  try {
    return await checkLine(evidence, { onProgress: progress.show });
  } finally {
    progress.end();
  }
}

/** A server shows the list when the order is drawn; before that a saved one may be there all the same. */
function findLeaves(proof: LineEvidence["proof"], { leaves }: Places): Place | undefined {
  if (isLineDrawn(Object(proof))) return found(leaves, "leaves.ndjson", "--leaves");
  return leaves === undefined || isOfWeb(leaves) ? undefined : leaves;
}

function exitCodeOf({ steps, level }: CheckedLine): number {
  if (steps.some(({ holds }) => !holds)) return exitCodes.broken;
  return level === null ? exitCodes.undecided : exitCodes.proven;
}

function hasStep({ steps }: CheckedLine, name: string): boolean {
  return steps.some(({ step }) => step === name);
}

function told(checked: CheckedLine, entries: EntryCounts | null): string {
  const standing = checked.standing === null ? [] : [tellStanding(checked.standing, checked.stage)];
  const holds = checked.steps.every((step) => step.holds);
  const list = entries !== null && holds ? [tellEntries(entries, hasStep(checked, "leaves"))] : [];
  return [tellSteps(checked.steps), ...standing, ...list, tellVerdict(checked)].join("\n\n");
}

function tellStanding({ ticket, rank, count, fate }: LineStanding, stage: CheckedLine["stage"]): string {
  const own = stage === "plain" ? `Ticket ${ticket} has rank ${rank}.` : tellDrawn({ ticket, rank, count });
  return fate === null ? own : `${own}\n${tellFate(fate)}`;
}

function tellDrawn({ ticket, rank, count }: Omit<LineStanding, "fate">): string {
  return ticket > count
    ? `Ticket ${ticket} came after the opening and has rank ${rank}; the order of the ${count} before it was drawn.`
    : `Ticket ${ticket} has rank ${rank} of the ${count} whose order was drawn.`;
}

function tellFate(fate: NonNullable<LineStanding["fate"]>): string {
  switch (fate.kind) {
    case "waiting":
      return `By the log the line has come to rank ${fate.nowServing}: this one is still to come.`;
    case "served":
      return `By the log the line let it in by ${fate.at}, when it came to rank ${fate.nowServing}. Whoever waited on has the log against the operator: keep it.`;
    case "ended":
      return `By the log the operator ended the line at ${fate.at}, when it had come to rank ${fate.nowServing}; this rank was not served.`;
    case "exception": {
      const reason = fate.reason === null ? "" : ` (${fate.reason})`;
      return `By the log it was taken out of its turn by ${fate.at}: ${fate.outcome}${reason}.`;
    }
  }
}

function tellVerdict({ steps, level, stage, isBehindLog, ended }: CheckedLine): string {
  const broken = steps.find(({ holds }) => !holds);
  if (broken !== undefined)
    return `NOT PROVEN: ${broken.step}. ${broken.says}\nNext: keep what you were shown, and ask the operator; docs/guides/fairness.md says what a broken step means.`;
  if (level !== null) return `Level: ${level}\n${describeLevel(level)}`;
  if (stage === "plain") return nothingDrawn;
  if (isBehindLog)
    return "The log has more of this opening than the proof shows; what the proof shows holds. Next: ask for the proof again.";
  if (ended !== null)
    return `The operator ended the line at ${ended.at}, before its order was drawn; there is nothing to come back for. What is published of it holds.`;
  return stage === "announced"
    ? "The line has not opened yet; what is published so far holds. Next: come back after the opening."
    : "The list is fixed and signed, and the order is not drawn yet; what is published so far holds. The list itself is shown when it is drawn. Next: come back then.";
}

const nothingDrawn =
  "In this line nobody's order is drawn: first come, first served. So there is no list and no seed to check. A receipt can be checked, and what the log says became of its rank, which is the ticket: give it with --receipt.";
