import { bytesFromText, hexFromBytes } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { growTree, hashLeaf } from "./merkle-tree.ts";

/** One thing that became of a draw or a line, as the organization's log has it. */
export interface LogEntry {
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly distributionId: string;
  readonly kind: string;
}

/** A page of an organization's log as its public address answers it. Hashes are in hex, paths from the leaf up. */
export interface LogPage {
  readonly organizationId: string;
  readonly mode: "test" | "live";
  readonly size: number;
  readonly root: string;
  /** A compact JWS. */
  readonly head: string;
  readonly data: readonly { readonly index: number; readonly entry: LogEntry }[];
  readonly inclusion?: { readonly index: number; readonly size: number; readonly path: readonly string[] };
  readonly consistency?: { readonly from: number; readonly to: number; readonly path: readonly string[] };
}

/** The leaf that stands for an entry in the tree of the log, 32 bytes. */
export function hashLogEntry(entry: LogEntry): Uint8Array {
  return hashLeaf(bytesFromText(canonicalJson(entry)));
}

/** An entry of the draw or line that is looked at, and the root of all that was in the log before it, in hex. */
export interface OwnLogEntry {
  readonly index: number;
  readonly entry: LogEntry;
  readonly rootBefore: string;
}

export interface ReadLog {
  readonly size: number;
  readonly root: string;
  /** What is wrong with the entries as such, in a sentence; null: nothing. */
  readonly fault: string | null;
  /** The roots in hex at the sizes that were asked for, as far as the log reaches. */
  readonly roots: ReadonlyMap<number, string>;
  readonly own: readonly OwnLogEntry[];
}

/** Reads the entries of a log once, from the first on. Throws for what is no value of JSON. */
export function readLog(
  pages: readonly LogPage[],
  sizes: ReadonlySet<number>,
  distributionId: string | undefined,
): ReadLog {
  const tree = growTree();
  const roots = new Map<number, string>();
  const own: OwnLogEntry[] = [];
  const root = (): string => hexFromBytes(tree.root());
  let [fault, lastAt]: [string | null, string] = [null, ""];
  for (const { index, entry } of pages.flatMap(({ data }) => data)) {
    const size = tree.size();
    if (index !== size) fault ??= `Behind entry ${size - 1} stands ${index}.`;
    if (String(entry.at) < lastAt) fault ??= `Entry ${index} is older than the one before it.`;
    lastAt = String(entry.at);
    if (sizes.has(size)) roots.set(size, root());
    if (entry.distributionId === distributionId) own.push({ index: size, entry, rootBefore: root() });
    tree.add(hashLogEntry(entry));
  }
  const size = tree.size();
  if (sizes.has(size)) roots.set(size, root());
  return { size, root: root(), fault, roots, own };
}
