import type { AuditRecord } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Database, Tables } from "../database/index.ts";
import { auditRecordOf } from "./audit-record.ts";
import { type Chain, findChain, listRecordsAfter } from "./audit-store.ts";
import { tenantOf } from "./chain-owner.ts";
import type { ChangeAuthor } from "./change-author.ts";

const readAtOnce = 500;

/** Every record of a chain, oldest first, whatever its head says. */
export async function* readChain(db: Kysely<Tables>, chain: Chain): AsyncGenerator<AuditRecord> {
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const page = { after, upTo: Number.MAX_SAFE_INTEGER, limit: readAtOnce };
    const rows = await listRecordsAfter(db, chain.id, {}, page);
    for (const row of rows) yield auditRecordOf(tenantOf(chain), row);
    if (rows.length < readAtOnce) return;
    after = rows.at(-1)?.number ?? after;
  }
}

/** The log of an organization in one mode, oldest first; null: the server's own. */
export async function* readAuditLog(
  database: Database,
  tenant: ChangeAuthor["tenant"],
): AsyncGenerator<AuditRecord> {
  const chain = await findChain(database.kysely, tenant);
  if (chain !== undefined) yield* readChain(database.kysely, chain);
}
