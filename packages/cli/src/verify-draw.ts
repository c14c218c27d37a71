import { parseArgs } from "node:util";
import {
  type CheckedDraw,
  checkDraw,
  checkDrawEntry,
  type DrawEntryProof,
  type DrawEvidence,
  describeLevel,
  describeRemoval,
  findDrawAddresses,
  needsEntryProof,
  neverProven,
  type Receipt,
  splitLines,
} from "@stanchion/verify";
import { findEntryMixUp } from "./find-entry-mix-up.ts";
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

/** `stanchion verify-draw <file | url>`: recomputes a draw from what is published of it. */
export async function verifyDraw(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      receipt: { type: "string" },
      leaves: { type: "string" },
      jwks: { type: "string" },
      authority: { type: "string", multiple: true, default: [] },
      chain: { type: "string", multiple: true, default: [] },
      "entry-only": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const [subject, ...more] = positionals;
  if (subject === undefined || more.length > 0) {
    console.error("verify-draw needs one proof: its file, or the address of the draw.");
    return exitCodes.usage;
  }
  if (values["entry-only"] && values.receipt === undefined) {
    console.error("--entry-only needs the entrant's receipt: --receipt FILE.");
    return exitCodes.usage;
  }
  try {
    const places = findPlaces(subject, values);
    const proof = await readProof(places.proof, "draw");
    const checked = await check(proof, places, values);
    const entries = countEntries(proof);
    console.log(
      values.json
        ? JSON.stringify({ ...checked, entries })
        : told(plain(checked), plain(entries), values["entry-only"]),
    );
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
  readonly entry: (entryId: string) => Place | undefined;
  readonly log: (organizationId: string) => Place | undefined;
}

const noAddress = {
  next: "give the address of the draw's page, such as https://shop.example/d/draw_01…, of its proof, or a saved file",
  isGivenWrong: true,
};

function findPlaces(subject: string, given: { leaves?: string; jwks?: string }): Places {
  refuseId(subject, "draw");
  if (!isOfWeb(subject)) {
    return {
      proof: subject,
      jwks: given.jwks ?? findBeside(subject, "jwks.json"),
      leaves: given.leaves ?? findBeside(subject, "leaves.ndjson", "leaves.ndjson.gz"),
      entry: () => findBeside(subject, "entry.json"),
      log: () => findBeside(subject, "log.json"),
    };
  }
  const addresses = findDrawAddresses(subject);
  if (addresses === null) throw new EvidenceError(`${subject} is no address of a draw.`, noAddress);
  return { ...addresses, jwks: given.jwks ?? addresses.jwks, leaves: given.leaves ?? addresses.leaves };
}

async function check(
  shown: unknown,
  places: Places,
  values: { receipt?: string; "entry-only": boolean; authority: string[]; chain: string[] },
): Promise<CheckedDraw> {
  const proof = shaped<DrawEvidence["proof"]>(shown);
  const jwks = shaped<DrawEvidence["jwks"]>(await readJson(found(places.jwks, "jwks.json", "--jwks")));
  const receipt =
    values.receipt === undefined
      ? undefined
      : await readReceipt(values.receipt, { proof, askedId: places.id, what: "draw" });
  const trust = { authorities: await readTrusted(values.authority), chains: values.chain };
  const log = await readLog(places.log, { proof, jwks, receipt });
  const evidence = {
    ...{ proof, jwks, trust, askedId: places.id },
    ...(receipt === undefined ? {} : { receipt }),
    ...(log === null ? {} : { log }),
  };
  if (values["entry-only"]) {
    const isNeeded = receipt !== undefined && needsEntryProof(proof, receipt);
    return checkDrawEntry({ ...evidence, entry: isNeeded ? await readEntry(places, receipt) : undefined });
  }
  const { count, root } = Object(proof);
  const isFixed = root !== undefined && root !== null;
  const leaves = isFixed ? splitLines(readBytes(found(places.leaves, "leaves.ndjson", "--leaves"))) : [];
  const progress = showProgress("leaves read", Number(count));
  try {
    return await checkDraw({ ...evidence, leaves }, { onProgress: progress.show });
  } finally {
    progress.end();
  }
}

/**
 * The proof of a receipt's entry. A server that was asked for it is judged by what it answers; in a file it may be another entrant's.
 * @throws {EvidenceError} that says which one to save
 */
async function readEntry(places: Places, { body }: Receipt): Promise<DrawEntryProof> {
  const place = found(places.entry(body.entryId), "entry.json", null);
  const entry = await readJson(place);
  const mixUp = isOfWeb(place) ? null : findEntryMixUp(entry, body);
  if (mixUp === null) return shaped(entry);
  const path = `/api/v1/draws/${body.distributionId}/proof/entries/${body.entryId}`;
  throw new EvidenceError(`${place} ${mixUp}`, {
    next: `save what ${path} answers as entry.json beside the proof; where that is what you have, check by the draw's address, which judges the answer`,
    isGivenWrong: true,
  });
}

function exitCodeOf({ steps, level }: CheckedDraw): number {
  if (steps.some(({ holds }) => !holds)) return exitCodes.broken;
  return level === null ? exitCodes.undecided : exitCodes.proven;
}

function hasStep({ steps }: CheckedDraw, name: string): boolean {
  return steps.some(({ step }) => step === name);
}

function told(checked: CheckedDraw, entries: EntryCounts | null, isEntryOnly: boolean): string {
  const holds = checked.steps.every((step) => step.holds);
  const list = entries !== null && holds ? tellEntries(entries, hasStep(checked, "leaves")) : "";
  return [tellSteps(checked.steps), tellStanding(checked), list, tellVerdict(checked, isEntryOnly)]
    .filter((part) => part !== "")
    .join("\n\n");
}

function tellStanding({ standing, removal, cancelledAt, stage }: CheckedDraw): string {
  if (removal !== null) return describeRemoval(removal);
  const calledOff =
    cancelledAt !== null && stage === "drawn"
      ? `This draw was cancelled at ${cancelledAt}; nobody got a place.`
      : null;
  if (standing === null) return calledOff ?? "";
  if (calledOff !== null)
    return `${calledOff} The entry would have stood at place ${standing.place} of ${standing.count}.`;
  const outcome = standing.hasWon ? "it won" : "it did not win at the draw";
  const since = standing.awards.map(({ at, outcome }) => `\n  ${at}  ${outcome}`).join("");
  return `The entry stood at place ${standing.place} of ${standing.count}: ${outcome}.${since}`;
}

function tellVerdict(
  { steps, level, stage, isBehindLog, cancelledAt, voidedAt }: CheckedDraw,
  isEntryOnly: boolean,
): string {
  const broken = steps.find(({ holds }) => !holds);
  if (broken !== undefined) {
    return `NOT PROVEN: ${broken.step}. ${broken.says}\nNext: keep what you were shown, and ask the operator; docs/guides/fairness.md says what a broken step means.`;
  }
  if (level === null && cancelledAt !== null)
    return `This draw was called off at ${cancelledAt}; there is nothing to come back for. What is published of it holds.`;
  if (level === null && voidedAt !== null)
    return `This draw came to nothing at ${voidedAt}, since the beacon that it waited for never came, as the operator says; there is nothing to come back for. What is published of it holds.`;
  if (level === null && isBehindLog)
    return "The log has more of this draw than the proof shows; what the proof shows holds. Next: ask for the proof again.";
  if (level === null) {
    const missing = stage === "announced" ? "The list is not fixed yet" : "Nothing is drawn yet";
    return `${missing}; what is published so far holds. Next: come back after the draw.`;
  }
  const scope = isEntryOnly ? "\nOnly this entry was looked at; without --entry-only the whole list is." : "";
  return `Level: ${level}\n${describeLevel(level)}\n${neverProven}${scope}`;
}
