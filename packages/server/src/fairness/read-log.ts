import { encodeId } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import { parameterError } from "../platform/http/index.ts";
import type { SigningKeys } from "../platform/signing-keys/index.ts";
import type { LogHead } from "./append-to-log.ts";
import {
  type EntryPage,
  findLog,
  findNodes,
  type LogOwner,
  listEntries,
  readBody,
  type StoredEntry,
} from "./log-store.ts";
import type { TreeNode } from "./merkle-tree.ts";
import { signStatement } from "./statement.ts";
import { carryOut, type ProofPlan, planConsistency, planInclusion, planRoot } from "./tree-proof.ts";

type Db = Kysely<Tables>;

/** What of a log is asked for. Sizes and indexes may be beyond it. */
export interface LogQuery {
  readonly first: number;
  /** The first index that is asked for. */
  readonly from: number;
  /** As a UUID. */
  readonly distributionId: string | null;
  /** Null: as it is. */
  readonly size: number | null;
  readonly inclusion: number | null;
  readonly consistency: number | null;
}

export interface LogPart {
  readonly head: LogHead;
  /** Whether an older size was asked for: then the same question has the same answer for ever. */
  readonly isOlder: boolean;
  /** The head as a compact JWS. */
  readonly signedHead: string;
  readonly entries: readonly StoredEntry[];
  readonly hasNextPage: boolean;
  /** Hashes from the leaf up; null: not asked for. */
  readonly inclusionPath: readonly Buffer[] | null;
  readonly consistencyPath: readonly Buffer[] | null;
}

/** What a page's entries may come to, in bytes of JSON: a thousand awards stand in one entry. */
const pageBytes = 262_144;

/** A part of the log with what proves it. Throws ORGANIZATION_NOT_FOUND, and INVALID_PARAMETER for what is beyond its size. */
export async function readLog(db: Db, keys: SigningKeys, owner: LogOwner, query: LogQuery): Promise<LogPart> {
  const newest = await findLog(db, owner);
  if (newest === undefined) throw apiError("ORGANIZATION_NOT_FOUND");
  const size = query.size ?? newest.size;
  requireAtMost("size", query.size, newest.size);
  requireAtMost("inclusion", query.inclusion, size - 1);
  requireAtMost("consistency", query.consistency, size);
  const isOlder = size < newest.size;
  const inclusion = query.inclusion === null ? null : planInclusion(query.inclusion, size);
  const consistency = query.consistency === null ? null : planConsistency(query.consistency, size);
  const oldRoot: ProofPlan = isOlder ? [planRoot(size)] : [];
  const hashOf = await readNodes(db, owner, [...oldRoot, ...(inclusion ?? []), ...(consistency ?? [])]);
  const [root = newest.root] = carryOut(oldRoot, hashOf);
  const head = { size, root };
  const at = isOlder ? await timeOfSize(db, owner, size, newest.organizationMadeAt) : newest.now;
  const page = { ...query, before: size, limit: query.first, bytes: pageBytes };
  const entries = await listEntries(db, owner, page);
  const statement = headStatement(owner, head, at);
  return {
    head,
    isOlder,
    signedHead: signStatement(keys, "log+jws", statement, newest.now.getTime()),
    entries,
    hasNextPage: await hasMore(db, owner, page, entries.at(-1)?.index ?? null),
    inclusionPath: inclusion && carryOut(inclusion, hashOf),
    consistencyPath: consistency && carryOut(consistency, hashOf),
  };
}

function requireAtMost(name: string, given: number | null, most: number): void {
  if (given !== null && given > most)
    throw parameterError(
      name,
      most < 0 ? "left out while the log is empty" : `at most ${most}`,
      String(given),
    );
}

async function readNodes(db: Db, owner: LogOwner, plan: ProofPlan): Promise<(node: TreeNode) => Buffer> {
  const found = await findNodes(db, owner, plan.flat());
  const hashes = new Map(found.map(({ level, index, hash }) => [`${level}:${index}`, hash]));
  return ({ level, index }) => {
    const hash = hashes.get(`${level}:${index}`);
    if (hash === undefined) throw new Error(`the log has no subtree ${index} of level ${level}`);
    return hash;
  };
}

async function hasMore(db: Db, owner: LogOwner, page: EntryPage, last: number | null): Promise<boolean> {
  if (last === null) return false;
  const from = last + 1;
  if (page.distributionId === null) return from < page.before;
  return (await listEntries(db, owner, { ...page, from, limit: 1 })).length > 0;
}

function headStatement({ organizationId, isLive }: LogOwner, { size, root }: LogHead, at: Date) {
  return {
    at: at.toISOString(),
    mode: isLive ? "live" : "test",
    organizationId: encodeId("organization", organizationId),
    root: root.toString("hex"),
    size,
  };
}

/** A time at which the log had this size: that of the last entry it had. */
async function timeOfSize(db: Db, owner: LogOwner, size: number, madeAt: Date): Promise<Date> {
  if (size === 0) return madeAt;
  const { at } = JSON.parse(await readBody(db, owner, size - 1)) as { at: string };
  return new Date(at);
}
