import { parseArgs } from "node:util";
import {
  type CheckedLine,
  checkLine,
  describeLevel,
  findLineAddresses,
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
  withoutLog,
} from "./gather-evidence.ts";
import { EvidenceError, findBeside, isOfWeb, type Place, readBytes, readJson } from "./read-evidence.ts";
import { showProgress } from "./show-progress.ts";
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
    const checked = await check(findPlaces(subject, values), values);
    console.log(values.json ? JSON.stringify(checked) : told(checked));
    if (!values.json && !checked.steps.some(({ step }) => step === "log")) console.log(`\n${withoutLog}`);
    return exitCodeOf(checked);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    console.error(`${error.message}\nNothing was judged. Next: ${error.next}.`);
    return exitCodes.undecided;
  }
}

interface Places {
  readonly proof: Place;
  readonly jwks: Place | undefined;
  readonly leaves: Place | undefined;
  readonly log: (organizationId: string) => Place | undefined;
}

function findPlaces(subject: string, given: { leaves?: string; jwks?: string }): Places {
  if (!isOfWeb(subject)) {
    return {
      proof: subject,
      jwks: given.jwks ?? findBeside(subject, "jwks.json"),
      leaves: given.leaves ?? findBeside(subject, "leaves.ndjson", "leaves.ndjson.gz"),
      log: () => findBeside(subject, "log.json"),
    };
  }
  const addresses = findLineAddresses(subject);
  if (addresses === null) throw new EvidenceError(`${subject} is no address of a line.`);
  return { ...addresses, jwks: given.jwks ?? addresses.jwks, leaves: given.leaves ?? addresses.leaves };
}

async function check(
  places: Places,
  values: { receipt?: string; authority: string[]; chain: string[] },
): Promise<CheckedLine> {
  const proof = shaped<LineEvidence["proof"]>(await readProof(places.proof, "line"));
  const jwks = shaped<LineEvidence["jwks"]>(await readJson(found(places.jwks, "jwks.json", "--jwks")));
  const receipt = values.receipt === undefined ? null : await readReceipt(values.receipt, proof, "line");
  const trust = { authorities: await readTrusted(values.authority), chains: values.chain };
  const log = await readLog(places.log, { proof, jwks, receipt });
  const { n, root } = Object(proof);
  const isFixed = root !== undefined && root !== null;
  const leaves = isFixed ? splitLines(readBytes(found(places.leaves, "leaves.ndjson", "--leaves"))) : [];
  const progress = showProgress("leaves read", Number(n));
  const evidence: LineEvidence = {
    ...{ proof, jwks, leaves, trust },
    ...(receipt === null ? {} : { receipt }),
    ...(log === null ? {} : { log }),
  };
  try {
    return await checkLine(evidence, { onProgress: progress.show });
  } finally {
    progress.end();
  }
}

function exitCodeOf({ steps, level }: CheckedLine): number {
  if (steps.some(({ holds }) => !holds)) return exitCodes.broken;
  return level === null ? exitCodes.undecided : exitCodes.proven;
}

function told(checked: CheckedLine): string {
  const standing = checked.standing === null ? [] : [tellStanding(checked.standing)];
  return [tellSteps(checked.steps), ...standing, tellVerdict(checked)].join("\n\n");
}

function tellStanding({ ticket, rank, count, fate }: LineStanding): string {
  const drawn =
    ticket > count
      ? `Ticket ${ticket} came after the opening and has rank ${rank}; the order of the ${count} before it was drawn.`
      : `Ticket ${ticket} has rank ${rank} of the ${count} whose order was drawn.`;
  return fate === null ? drawn : `${drawn}\n${tellFate(fate)}`;
}

function tellFate(fate: NonNullable<LineStanding["fate"]>): string {
  switch (fate.kind) {
    case "waiting":
      return `By the log the line has come to rank ${fate.nowServing}: this one is still to come.`;
    case "served":
      return `By the log the line let it in by ${fate.at}, when it came to rank ${fate.nowServing}. Whoever waited on has the log against the operator: keep it.`;
    case "exception": {
      const reason = fate.reason === null ? "" : ` (${fate.reason})`;
      return `By the log it was taken out of its turn by ${fate.at}: ${fate.outcome}${reason}.`;
    }
  }
}

function tellVerdict({ steps, level, stage }: CheckedLine): string {
  const broken = steps.find(({ holds }) => !holds);
  if (broken !== undefined)
    return `NOT PROVEN: ${broken.step}. ${broken.says}\nNext: keep what you were shown, and ask the operator; docs/guides/fairness.md says what a broken step means.`;
  if (level !== null) return `Level: ${level}\n${describeLevel(level)}`;
  const missing = stage === "announced" ? "The line has not opened yet" : "The order is not drawn yet";
  return `${missing}; what is published so far holds. Next: come back after the opening.`;
}
