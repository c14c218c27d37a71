import type { EntryLevel } from "@stanchion/contract";
import type { Transaction } from "kysely";
import { appendToLog, changedRules, type DrandChain, writeRules } from "../../fairness/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import type { Tenant } from "../../platform/http/index.ts";
import { makeLineRules, readLineRules } from "./line-rules.ts";
import { factsOf } from "./queue-facts.ts";
import type { QueueWithFacts } from "./queue-store.ts";

const joinedUnderThem =
  "Somebody has joined under these rules: they stand. Close the queue and make another to change them.";

const drawnByThem =
  "The line has opened, and its order was drawn by these rules: they stand. Make another queue to change them.";

/**
 * The rules as a queue's new terms make them, for its row; the log is told when they differ. Throws INVALID_STATE when somebody has
 * joined under the old ones. Under the lock of the line; queues of before there were rules have none.
 */
export async function changeLineRules(
  db: Transaction<Tables>,
  tenant: Tenant,
  row: QueueWithFacts,
  terms: { readonly openAt: Date | null; readonly entryLevel: EntryLevel; readonly chain: DrandChain | null },
): Promise<{ rules: string; rulesHash: Buffer } | Record<never, never>> {
  const { id, organizationId, isLive, commitment, rulesHash: hashBefore } = row;
  if (row.rules === null || commitment === null || hashBefore === null) return {};
  const openAt = terms.openAt ?? row.createdAt;
  const rules = makeLineRules({ id, organizationId, isLive, commitment, ...terms, openAt });
  const { text, hash } = writeRules(rules);
  if (text === row.rules) return {};
  if (row.lastTicket > 0 || row.isCohortFixed) {
    const fields = changedRules(readLineRules(row.rules), rules);
    throw apiError("INVALID_STATE", {
      details: {
        state: factsOf(row).status,
        fields,
        lastTicket: row.lastTicket,
        hint: row.lastTicket > 0 ? joinedUnderThem : drawnByThem,
      },
    });
  }
  const distribution = { kind: "queue", id } as const;
  const data = { rulesHash: hash.toString("hex"), before: hashBefore.toString("hex") };
  await appendToLog(db, tenant, { distribution, kind: "rules.changed", data });
  await appendToLog(db, tenant, { distribution, kind: "rules.announced", data: { rules } });
  return { rules: text, rulesHash: hash };
}
