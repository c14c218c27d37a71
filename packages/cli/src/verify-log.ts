import { parseArgs } from "node:util";
import {
  type CheckStep,
  checkLog,
  findDrawAddresses,
  findLineAddresses,
  findSeenSizes,
  type GatherLogOptions,
  type LogEvidence,
  type LogPage,
  type Receipt,
  type SeenLog,
} from "@stanchion/verify";
import { exitCodes, gatherShown, readAnyReceipt, readReceipt, tellUnjudged } from "./gather-evidence.ts";
import { plain } from "./plain.ts";
import { EvidenceError, type Place, readJson } from "./read-evidence.ts";
import { refuseId } from "./refuse-id.ts";
import { tellSteps } from "./tell-steps.ts";

/** `stanchion verify-log <url>`: reads an organization's whole fairness log and checks that it was not rewritten. */
export async function verifyLog(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      receipt: { type: "string" },
      noted: { type: "string", multiple: true, default: [] },
      jwks: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const noted = values.noted.map(readNoted);
  const [subject, ...more] = positionals;
  if (subject === undefined || more.length > 0 || noted.includes(null)) {
    console.error("verify-log needs the address of a log, a draw or a line, and --noted as SIZE:ROOT.");
    return exitCodes.usage;
  }
  try {
    const evidence = await gather(
      subject,
      values,
      noted.filter((one) => one !== null),
    );
    const steps = checkLog(evidence);
    const shown = { steps, head: headOf(evidence), log: logOf(evidence) };
    console.log(values.json ? JSON.stringify(shown) : told(plain(shown)));
    return steps.every(({ holds }) => holds) ? exitCodes.proven : exitCodes.broken;
  } catch (error) {
    return tellUnjudged(error);
  }
}

function readNoted(text: string): SeenLog | null {
  const [, size, root] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  return size === undefined || root === undefined ? null : { size: Number(size), root };
}

async function gather(
  subject: string,
  values: { receipt?: string; jwks?: string },
  noted: readonly SeenLog[],
): Promise<LogEvidence> {
  refuseId(subject, null);
  const draw = findDrawAddresses(subject);
  const own = draw ?? findLineAddresses(subject);
  // The proof before the log: what is logged in between is not missed in it then.
  const proof = own && ((await readJson(own.proof)) as NonNullable<LogEvidence["proof"]>);
  const address = own && proof ? logOfProof(own.proof, proof) : logAddress(subject);
  const jwks = (await readJson(values.jwks ?? jwksOf(address))) as LogEvidence["jwks"];
  const what = draw === null ? "line" : "draw";
  const receipt = await readOwnReceipt(values.receipt, own && { proof, askedId: own.id, what });
  const pages = await readPages(address, {
    sizes: findSeenSizes({ jwks, receipt, noted }),
    distributionId: distributionOf(proof),
  });
  return { pages, jwks, noted, ...(proof ? { proof } : {}), ...(receipt ? { receipt } : {}) };
}

/** A receipt of the draw or line whose address was given; of a log it may be of any. */
async function readOwnReceipt(
  place: Place | undefined,
  own: Parameters<typeof readReceipt>[1] | null,
): Promise<Receipt | undefined> {
  if (place === undefined) return undefined;
  return own
    ? readReceipt(place, own)
    : readAnyReceipt(place, "take a receipt as the shop gave it, or check without");
}

/** The draw or line whose entries the log is read for. */
function distributionOf(proof: LogEvidence["proof"] | null): string | undefined {
  const { drawId, queueId } = Object(proof?.rules);
  return drawId ?? queueId;
}

function logOfProof(proofAddress: string, { rules }: NonNullable<LogEvidence["proof"]>): URL {
  const { organizationId, mode } = Object(rules);
  const [base = ""] = proofAddress.split("/api/v1/");
  return logAddress(`${base}/api/v1/organizations/${organizationId}/fairness-log?mode=${mode}`);
}

function logAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isLog = url !== null && /^https?:$/.test(url.protocol) && url.pathname.endsWith("/fairness-log");
  if (!isLog)
    throw new EvidenceError(`${text} is no address of a log, a draw or a line.`, {
      next: "give the address of /api/v1/organizations/{organizationId}/fairness-log, or of a draw or a line",
      isGivenWrong: true,
    });
  return url;
}

function jwksOf({ origin, pathname }: URL): string {
  const [base = ""] = pathname.split("/api/v1/");
  return `${origin}${base}/.well-known/jwks.json`;
}

/** The log from its first entry to its last, of the size that its first page had. */
async function readPages(address: URL, question: GatherLogOptions): Promise<readonly LogPage[]> {
  const ask = (query: string): Promise<unknown> => {
    const url = new URL(address);
    for (const [name, value] of new URLSearchParams(query)) url.searchParams.set(name, value);
    return readJson(url.href);
  };
  const pages = await gatherShown(ask, null, question);
  if (pages === null) throw new EvidenceError(`${address.href} answered no page of a log.`);
  return pages;
}

function headOf({ pages }: LogEvidence): string {
  return `${pages[0]?.size}:${pages[0]?.root}`;
}

/** Which log it is, as its first page says. */
function logOf({ pages }: LogEvidence): ShownLog {
  const { organizationId, mode, size } = Object(pages[0]);
  return { organizationId, mode, size };
}

type ShownLog = Pick<LogPage, "organizationId" | "mode" | "size">;

interface Shown {
  readonly steps: readonly CheckStep[];
  readonly head: string;
  readonly log: ShownLog;
}

function told({ steps, head, log }: Shown): string {
  const broken = steps.find(({ holds }) => !holds);
  const verdict =
    broken === undefined
      ? `Head: ${head}\nNext: note the head elsewhere, and give it with --noted the next time.`
      : `NOT PROVEN: ${broken.step}. ${broken.says}\nNext: keep what you were shown, and ask the operator; docs/guides/fairness-log.md says what a broken step means.`;
  return `${tellSteps(steps)}\n\n${tellLog(log)}\n\n${verdict}`;
}

function tellLog({ organizationId, mode, size }: ShownLog): string {
  const whose = `Log: ${mode}, of ${organizationId}`;
  if (size > 0) return `${whose}, with ${size} ${size === 1 ? "entry" : "entries"}.`;
  const [other, keys] = mode === "live" ? ["test", "test keys"] : ["live", "live keys"];
  return `${whose}; it has no entries. What is made with ${keys} is in another one: ?mode=${other} in its address.`;
}
