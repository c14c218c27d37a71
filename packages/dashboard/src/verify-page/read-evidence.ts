/** Reads the evidence of a draw or a line from its address or from saved files, in the worker. */
import {
  type DrawEntryProof,
  findDrawAddresses,
  findLineAddresses,
  findLogGap,
  type GatherLogOptions,
  gatherLog,
  type LogPage,
  type Receipt,
} from "@stanchion/verify";
import type { EvidenceSource, ReadEvidence } from "./check-task.ts";

/** The evidence could not be read, which says nothing about the draw or the line. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
}

export interface EvidenceReader extends ReadEvidence {
  readonly leaves: () => Promise<ReadableStream<Uint8Array>>;
  /** Of the entry of a receipt that needs one. */
  readonly entry: (entryId: string) => Promise<DrawEntryProof>;
  /** Reads the organization's whole log; null where there is none. */
  readonly log: (question: GatherLogOptions) => Promise<readonly LogPage[] | null>;
  /** A receipt among the files. */
  readonly receipt: Receipt | null;
}

/** @throws {EvidenceError} that says what is missing or cannot be read */
export function readEvidence(source: EvidenceSource): Promise<EvidenceReader> {
  return source.kind === "address" ? readAddress(source.address) : readFiles(source.files);
}

async function readAddress(address: string): Promise<EvidenceReader> {
  const draw = findDrawAddresses(address);
  const addresses = draw ?? findLineAddresses(address);
  if (addresses === null) throw new EvidenceError("This is no address of a draw or a line.");
  const what = draw === null ? "line" : "draw";
  const [proof, jwks] = await Promise.all([
    askJson(addresses.proof, `There is no such ${what}; check its number.`),
    askJson(addresses.jwks),
  ]);
  const { organizationId, mode, drawId, queueId } = Object(Object(proof).rules);
  if (typeof organizationId !== "string") throw new EvidenceError(`The answer is no proof of a ${what}.`);
  return {
    ...shaped<ReadEvidence>({ proof, jwks, askedId: addresses.id }),
    leaves: async () => bodyOf(await ask(addresses.leaves)),
    entry: async (entryId) =>
      shaped(
        await askJson(
          draw?.entry(entryId) ?? "",
          "The list shows no such entry. Check everything to see why.",
        ),
      ),
    // A server that answers anything but a log keeps it back.
    log: async (question) =>
      (await gatherLog((query) => askJson(`${addresses.log(organizationId)}?${query}`), mode, {
        ...question,
        distributionId: drawId ?? queueId,
      })) ?? [],
    receipt: null,
  };
}

/** @param isMissing what is said where there is nothing at the address */
async function askJson(url: string, isMissing?: string): Promise<unknown> {
  const response = await ask(url, isMissing);
  return response.json().catch(() => {
    throw new EvidenceError(`${url} answered what is no JSON.`);
  });
}

const notYetStatus = 409;
const missingStatus = 404;

async function ask(url: string, isMissing?: string): Promise<Response> {
  const response = await fetch(url).catch(() => {
    throw new EvidenceError(`${url} cannot be reached from here.`);
  });
  if (response.status === notYetStatus)
    throw new EvidenceError(
      "The list is not published yet. Unless it was called off, come back a little later.",
    );
  if (response.status === missingStatus && isMissing !== undefined) throw new EvidenceError(isMissing);
  if (!response.ok) throw new EvidenceError(`${url} answered ${response.status}.`);
  return response;
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  return body ?? new Blob([]).stream();
}

interface SavedFiles {
  readonly proof?: unknown;
  readonly jwks?: unknown;
  readonly entry?: unknown;
  readonly log?: unknown;
  readonly receipt?: unknown;
  readonly leaves?: File;
}

async function readFiles(files: readonly File[]): Promise<EvidenceReader> {
  const saved: SavedFiles = Object.assign({}, ...(await Promise.all(files.map(sortFile))));
  const { leaves, entry } = saved;
  if (saved.proof === undefined)
    throw new EvidenceError("None of these files is a proof: it holds the rules of the draw or the line.");
  if (saved.jwks === undefined)
    throw new EvidenceError("The operator's keys are missing: the file of /.well-known/jwks.json.");
  const pages = saved.log === undefined ? null : [saved.log].flat();
  const gap = pages && findLogGap(pages, Object(saved.proof).rules);
  if (gap) throw new EvidenceError(`${gap} Without it the rest can be checked, too.`);
  return {
    ...shaped<ReadEvidence>({ proof: saved.proof, jwks: saved.jwks }),
    leaves: async () => {
      if (leaves === undefined) throw new EvidenceError("The list is missing: a file that ends in .ndjson.");
      return unpack(leaves);
    },
    entry: async () => {
      if (entry === undefined)
        throw new EvidenceError(
          "The proof of your entry is missing. Check everything, which needs the list.",
        );
      return shaped(entry);
    },
    log: async () => pages?.map(shaped<LogPage>) ?? null,
    receipt: saved.receipt === undefined ? null : shaped(saved.receipt),
  };
}

/** Files are told apart by what is in them, and lists by their name. */
async function sortFile(file: File): Promise<SavedFiles> {
  if (/\.ndjson(?:\.gz)?$/i.test(file.name)) return { leaves: file };
  const document = Object(await readJson(file));
  // First, since every list has "keys" in it.
  if (Array.isArray(document)) return { log: document };
  if ("rules" in document) return { proof: document };
  if ("keys" in document) return { jwks: document };
  if ("leaf" in document) return { entry: document };
  if ("head" in document) return { log: document };
  if ("receipt" in document) return { receipt: document.receipt };
  if ("body" in document) return { receipt: document };
  throw new EvidenceError(`${file.name} is nothing of a draw or a line.`);
}

async function readJson(file: File): Promise<unknown> {
  try {
    return JSON.parse(await file.text());
  } catch {
    throw new EvidenceError(`${file.name} is no JSON, and no list that ends in .ndjson.`);
  }
}

function unpack(file: File): ReadableStream<Uint8Array> {
  const packed: ReadableStream<Uint8Array<ArrayBuffer>> = file.stream();
  return file.name.toLowerCase().endsWith(".gz")
    ? packed.pipeThrough(new DecompressionStream("gzip"))
    : packed;
}

/** What is read is evidence, true or not: the checks take nothing of its shape for granted. */
function shaped<Shape>(document: unknown): Shape {
  return document as Shape;
}
