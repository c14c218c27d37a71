import { limits } from "@stanchion/contract";
import { type Database, withRetries } from "../database/index.ts";
import {
  type Chain,
  findLastOlderThan,
  forgetNetworks,
  forgetRecords,
  listChains,
  lockChain,
} from "./audit-store.ts";
import { tenantOf } from "./chain-owner.ts";
import { systemAuthor } from "./change-author.ts";
import { recordChangeBy } from "./record-change.ts";

/** Rows wait for others, so that a chain is not shortened, which is a row of its own, for every single one. */
const gatheredSeconds = 2_592_000;
const forgottenAtOnce = 10_000;

/** Forgets addresses and rows that were kept long enough. What is left of each chain still holds. */
export async function forgetOldRecords(database: Database): Promise<void> {
  await forgetNetworks(database.kysely, limits.auditNetworkKeptSeconds);
  for (const chain of await listChains(database.kysely, null)) {
    const due = await findLastOlderThan(database.kysely, chain.id, limits.auditKeptSeconds + gatheredSeconds);
    if (due !== null) await shorten(database, chain);
  }
}

async function shorten(database: Database, chain: Chain): Promise<void> {
  const last = await findLastOlderThan(database.kysely, chain.id, limits.auditKeptSeconds);
  let from = chain.forgottenNumber;
  while (last !== null && from < last) {
    const upTo = Math.min(last, from + forgottenAtOnce);
    await withRetries(() =>
      database.kysely.transaction().execute(async (transaction) => {
        const tenant = tenantOf(chain);
        await lockChain(transaction, tenant);
        const hash = await forgetRecords(transaction, chain.id, upTo);
        const after = { forgottenNumber: upTo, forgottenHash: hash.toString("hex") };
        await recordChangeBy(transaction, systemAuthor(tenant), {
          action: "audit_log.shortened",
          target: null,
          after,
        });
      }),
    );
    from = upTo;
  }
}
