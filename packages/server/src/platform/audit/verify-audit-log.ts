import type { Database } from "../database/index.ts";
import { ownerOf } from "./audit-record.ts";
import { findHeadlessChains, getChain, listChains } from "./audit-store.ts";
import { tenantOf } from "./chain-owner.ts";
import { type ChainFindings, verifyChain } from "./verify-chain.ts";

/** A row that was noted elsewhere, as `verify-audit` prints heads. */
export interface NotedHead {
  readonly number: number;
  readonly hash: string;
}

export interface VerifiedChain extends ChainFindings {
  /** Null: the server's own. */
  readonly organizationId: string | null;
  readonly mode: "test" | "live" | null;
}

export interface AuditVerdict {
  readonly chains: readonly VerifiedChain[];
  /** Rows without a head belong to no chain any more. */
  readonly headless: readonly number[];
  /** What was noted and is in none of the chains. */
  readonly missing: readonly NotedHead[];
}

/** Recomputes every chain, or those of one organization, and looks for what was noted of them. */
export async function verifyAuditLog(
  database: Database,
  options: { organizationId?: string | null; noted?: readonly NotedHead[] } = {},
): Promise<AuditVerdict> {
  const { organizationId = null, noted = [] } = options;
  const open = new Set(noted);
  const settle = (seen: NotedHead): void => {
    for (const one of open) if (one.number === seen.number && one.hash === seen.hash) open.delete(one);
  };
  const chains: VerifiedChain[] = [];
  for (const { id } of await listChains(database.kysely, organizationId)) {
    chains.push(await verifyInOneSnapshot(database, id, settle));
  }
  const headless = organizationId === null ? await findHeadlessChains(database.kysely) : [];
  return { chains, headless, missing: [...open] };
}

async function verifyInOneSnapshot(
  database: Database,
  id: number,
  see: (record: NotedHead) => void,
): Promise<VerifiedChain> {
  return database.kysely
    .transaction()
    .setIsolationLevel("repeatable read")
    .execute(async (db) => {
      const chain = await getChain(db, id);
      see({ number: chain.forgottenNumber, hash: chain.forgottenHash.toString("hex") });
      const findings = await verifyChain(db, chain, see);
      return { ...ownerOf(tenantOf(chain)), ...findings };
    });
}
