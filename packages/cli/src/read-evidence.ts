import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createGunzip } from "node:zlib";

/** The evidence could not be read, which says nothing about what it proves. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
  /** What to do next, as the end of a sentence. */
  readonly next: string;
  /** What the place answered, of HTTP; null: nothing of that kind. */
  readonly status: number | null;
  /** What was given to the command is wrong: nothing that is tried again makes it right. */
  readonly isGivenWrong: boolean;

  constructor(
    message: string,
    {
      next,
      status,
      isGivenWrong = false,
      ...options
    }: ErrorOptions & { next?: string; status?: number; isGivenWrong?: boolean } = {},
  ) {
    super(message, options);
    this.isGivenWrong = isGivenWrong;
    this.next = next ?? "see that it can be reached, and try again";
    this.status = status ?? null;
  }
}

/** A place of the web, or a file. */
export type Place = string;

const answerMsMax = 30_000;
/** What a proof is answered with before there is one. */
const notYetStatus = 409;
/** There is nothing at the address, or nothing can be: another has to be given. */
const wrongStatuses = [400, 404, 422];

/**
 * A JSON document from a place.
 * @throws {EvidenceError} that says which place and why
 */
export async function readJson(place: Place): Promise<unknown> {
  const text = await readText(place);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const [says, next] = isOfWeb(place)
      ? [`${place} answered what is no JSON.`, "see that the address is one of a Stanchion server"]
      : [`${place} is no JSON.`, "save it anew, just as the server answers it"];
    throw new EvidenceError(says, { cause, next, isGivenWrong: true });
  }
}

/**
 * A text from a place.
 * @throws {EvidenceError} that says which place and why
 */
export async function readText(place: Place): Promise<string> {
  try {
    return isOfWeb(place) ? await (await ask(place)).text() : await readFile(place, "utf8");
  } catch (error) {
    throw asEvidenceError(place, error);
  }
}

/**
 * The bytes of a place as they come; a file that ends in .gz is unpacked on the way.
 * @throws {EvidenceError} that says which place and why
 */
export async function* readBytes(place: Place): AsyncGenerator<Uint8Array> {
  try {
    yield* isOfWeb(place) ? ((await ask(place)).body ?? []) : openFile(place);
  } catch (error) {
    throw asEvidenceError(place, error);
  }
}

/** A file beside another, or the same packed. */
export function findBeside(file: string, ...names: readonly string[]): string | undefined {
  return names.map((name) => join(dirname(file), name)).find((path) => existsSync(path));
}

export function isOfWeb(place: Place): boolean {
  return /^https?:\/\//i.test(place);
}

function openFile(path: string): AsyncIterable<Uint8Array> {
  const file = createReadStream(path);
  if (!path.endsWith(".gz")) return file;
  const unpacked = createGunzip();
  file.on("error", (error) => unpacked.destroy(error));
  return file.pipe(unpacked);
}

async function ask(url: string): Promise<Response> {
  const limit = new AbortController();
  // Until the answer begins; a long list may take its time.
  const timer = setTimeout(() => limit.abort(new Error("no answer within 30 s")), answerMsMax);
  try {
    const response = await fetch(url, { signal: limit.signal });
    if (response.ok) return response;
    await response.body?.cancel();
    const { status } = response;
    if (status === notYetStatus)
      throw new EvidenceError(`${url} answered 409: it is not published yet.`, {
        status,
        next: "come back a little later",
      });
    const isGivenWrong = wrongStatuses.includes(status);
    throw new EvidenceError(`${url} answered ${status}.`, {
      ...{ status, isGivenWrong },
      ...(isGivenWrong ? { next: "see that the address is right" } : {}),
    });
  } finally {
    clearTimeout(timer);
  }
}

function asEvidenceError(place: Place, error: unknown): EvidenceError {
  if (error instanceof EvidenceError) return error;
  const { code } = Object(error);
  const fault = isOfWeb(place) ? undefined : fileFaults[code];
  if (fault !== undefined) {
    const [says, next] = fault(place);
    return new EvidenceError(says, { cause: error, next, isGivenWrong: true });
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return new EvidenceError(`${place} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
    cause: error,
  });
}

type FileFault = (place: Place) => readonly [says: string, next: string];

const noFile: FileFault = (place) => [
  `There is no file ${place}.`,
  "give a file that was saved, or an address that begins with https:// or http://",
];
const notPacked: FileFault = (place) => [
  `${place} is not packed by gzip, or not whole.`,
  "save it anew, just as the server answers it",
];

/** What is wrong with a file that was given, and what to do, by what the system says of it. */
const fileFaults: Readonly<Record<string, FileFault>> = {
  ENOENT: noFile,
  ENOTDIR: noFile,
  EISDIR: (place) => [
    `${place} is a folder, and not a file.`,
    "name the file in it that is meant, such as its proof.json",
  ],
  EACCES: (place) => [`The file ${place} may not be read by who runs this.`, "make it readable, or copy it"],
  Z_DATA_ERROR: notPacked,
  Z_BUF_ERROR: notPacked,
};
