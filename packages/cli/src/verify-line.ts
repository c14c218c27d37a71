import { parseArgs } from "node:util";
import { type CheckedLine, checkLine, describeLevel, type LineEvidence, splitLines } from "@stanchion/verify";
import { EvidenceError, findBeside, isOfWeb, readBytes, readJson } from "./read-evidence.ts";
import { showProgress } from "./show-progress.ts";
import { tellSteps } from "./tell-steps.ts";

const exitCodes = { proven: 0, broken: 1, usage: 2, undecided: 3 } as const;

/** `stanchion verify-line <file>`: recomputes the opening of a line whose order was drawn, from its saved proof. */
export async function verifyLine(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      receipt: { type: "string" },
      leaves: { type: "string" },
      jwks: { type: "string" },
      chain: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  const [subject, ...more] = positionals;
  if (subject === undefined || isOfWeb(subject) || more.length > 0) {
    console.error("verify-line needs one saved proof of the opening of a line.");
    return exitCodes.usage;
  }
  try {
    const checked = await check(subject, values);
    console.log(values.json ? JSON.stringify(checked) : told(checked));
    return checked.level === null ? exitCodes.broken : exitCodes.proven;
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    console.error(
      `${error.message}\nNothing was judged. Next: save what is missing beside the proof, and try again.`,
    );
    return exitCodes.undecided;
  }
}

async function check(
  file: string,
  given: { receipt?: string; leaves?: string; jwks?: string; chain: string[] },
): Promise<CheckedLine> {
  const leaves = given.leaves ?? findBeside(file, "leaves.ndjson", "leaves.ndjson.gz");
  const jwks = given.jwks ?? findBeside(file, "jwks.json");
  if (leaves === undefined || jwks === undefined)
    throw new EvidenceError(
      "There is no leaves.ndjson or no jwks.json beside the proof; --leaves and --jwks name them.",
    );
  const proof = shaped<LineEvidence["proof"]>(await readJson(file));
  const document = given.receipt === undefined ? null : Object(await readJson(given.receipt));
  const progress = showProgress("leaves read", Number(Object(proof).n));
  const evidence: LineEvidence = {
    proof,
    jwks: shaped(await readJson(jwks)),
    leaves: splitLines(readBytes(leaves)),
    trust: { chains: given.chain },
    ...(document === null ? {} : { receipt: document.receipt ?? document }),
  };
  try {
    return await checkLine(evidence, { onProgress: progress.show });
  } finally {
    progress.end();
  }
}

/** What is read is evidence, true or not: the checks take nothing of its shape for granted. */
function shaped<Shape>(document: unknown): Shape {
  return document as Shape;
}

function told({ steps, level, standing }: CheckedLine): string {
  const broken = steps.find(({ holds }) => !holds);
  const verdict =
    level === null
      ? `NOT PROVEN: ${broken?.step}. ${broken?.says}\nNext: keep what you were shown, and ask the operator; docs/guides/fairness.md says what a broken step means.`
      : `Level: ${level}\n${describeLevel(level)}`;
  const rank =
    standing === null
      ? []
      : [`The ticket has rank ${standing.rank}; the order of the first ${standing.count} was drawn.`];
  return [tellSteps(steps), ...rank, verdict].join("\n\n");
}
