import { bytesFromText, hexFromBytes } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import { isTime } from "./draw-proof.ts";
import { growTree, hashLeaf } from "./merkle-tree.ts";

/** One thing that became of a draw or a line, as the organization's log has it. */
export interface LogEntry {
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly distributionId: string;
  readonly kind: string;
}

/** Marks a page that stands for a whole log. No JSON can say that of itself. */
export const wholeLog = Symbol("a whole log");

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
  /** Then `data` has only the entries of the draw or line that was asked for. */
  readonly [wholeLog]?: WholeLog;
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
  /** When its last entry was written, as it says; null where there is none. */
  readonly lastAt: string | null;
}

/** What is looked for while a log is read. */
export interface LogQuestion {
  /** How long the log was when somebody saw it: its roots at these sizes are kept. */
  readonly sizes: ReadonlySet<number>;
  /** The draw or line whose entries are kept; undefined: none. */
  readonly distributionId: string | undefined;
}

/** A whole log that was read as it came, page by page. */
export interface WholeLog extends LogQuestion {
  /** Null: its entries cannot be read. */
  readonly read: ReadLog | null;
}

/** Reads the entries of a log once, from the first on. Throws for what is no value of JSON. */
export function readLog(
  pages: readonly LogPage[],
  sizes: ReadonlySet<number>,
  distributionId: string | undefined,
): ReadLog {
  const whole = pages[0]?.[wholeLog];
  if (whole !== undefined) return answerOf(whole, { sizes, distributionId });
  const log = growLog({ sizes, distributionId });
  for (const page of pages) log.add(page);
  return log.end();
}

/** What was read may answer what was asked for then, and nothing else. */
function answerOf({ read, ...asked }: WholeLog, { sizes, distributionId }: LogQuestion): ReadLog {
  const isAsked = [...sizes].every((size) => asked.sizes.has(size));
  if (read === null || !isAsked || distributionId !== asked.distributionId)
    throw new Error("the log was not read for this");
  return read;
}

/** Reads a log page by page, and keeps of it one draw's or line's entries and what its tree needs to grow. */
export function growLog({ sizes, distributionId }: LogQuestion) {
  const tree = growTree();
  const roots = new Map<number, string>();
  const own: OwnLogEntry[] = [];
  const root = (): string => hexFromBytes(tree.root());
  let [fault, lastAt]: [string | null, string] = [null, ""];
  return {
    /** Throws for what is no value of JSON. */
    add({ data }: LogPage): void {
      for (const { index, entry } of data) {
        const size = tree.size();
        if (index !== size) fault ??= `Behind entry ${size - 1} stands ${index}.`;
        if (String(entry.at) < lastAt) fault ??= `Entry ${index} is older than the one before it.`;
        lastAt = String(entry.at);
        if (!isTime(entry.at)) fault ??= `Entry ${index} has no time.`;
        if (sizes.has(size)) roots.set(size, root());
        if (entry.distributionId === distributionId) own.push({ index: size, entry, rootBefore: root() });
        tree.add(hashLogEntry(entry));
      }
    },
    end(): ReadLog {
      const size = tree.size();
      if (sizes.has(size)) roots.set(size, root());
      return { size, root: root(), fault, roots, own, lastAt: size === 0 ? null : lastAt };
    },
  };
}
