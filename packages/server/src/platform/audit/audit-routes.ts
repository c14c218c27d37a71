import { limits, operations } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { inOrganization, type Tables } from "../database/index.ts";
import { jsonAnswer, type OperationHost, parameterError, registerOperation } from "../http/index.ts";
import type { Log } from "../log.ts";
import { csvHead, csvLineOf } from "./audit-csv.ts";
import { auditRecordOf } from "./audit-record.ts";
import {
  type Chain,
  findChain,
  listRecordsAfter,
  listRecordsBefore,
  type RecordFilter,
} from "./audit-store.ts";
import type { ChangeAuthor } from "./change-author.ts";

const exportedAtOnce = 500;

/**
 * Shows an organization its audit log. Whose chain it is, row-level security judges; the records of that chain are read
 * without, since the index of what records are about could not be used under it.
 */
export function registerAuditRoutes(host: OperationHost, { log }: { log: Log }): void {
  const db = host.database.kysely;

  registerOperation(host, "listAuditRecords", async (call) => {
    const {
      first = limits.listFirstDefault,
      after,
      ...filter
    } = call.readQuery(operations.listAuditRecords.query);
    const before = after === undefined ? null : readCursor(after);
    const chain = await inOrganization(host.database, call.tenant, (own) => findChain(own, call.tenant));
    const rows =
      chain === undefined ? [] : await listRecordsBefore(db, chain.id, filter, { before, limit: first + 1 });
    const shown = rows.slice(0, first);
    const last = shown.at(-1);
    return jsonAnswer(200, {
      data: shown.map((row) => auditRecordOf(call.tenant, row)),
      pageInfo: {
        endCursor: last === undefined ? null : cursorOf(last.number),
        hasNextPage: rows.length > first,
      },
    });
  });

  registerOperation(host, "exportAuditRecords", async (call) => {
    const filter = call.readQuery(operations.exportAuditRecords.query);
    const { tenant, requestId } = call;
    const chain = await inOrganization(host.database, tenant, (own) => findChain(own, tenant));
    return {
      status: 200,
      contentType: "text/csv; charset=utf-8; header=present",
      headers: ["Content-Disposition", 'attachment; filename="audit-log.csv"'],
      pieces: csvPieces(db, tenant, chain, filter, (error) =>
        log.warn({ requestId, err: error }, "an export of the audit log broke off"),
      ),
    };
  });
}

/** As far as the chain reached when the export began. No connection is held while a piece is on its way. */
async function* csvPieces(
  db: Kysely<Tables>,
  tenant: NonNullable<ChangeAuthor["tenant"]>,
  chain: Chain | undefined,
  filter: RecordFilter,
  onFault: (error: unknown) => void,
): AsyncGenerator<string> {
  yield csvHead;
  let after = 0;
  while (chain !== undefined && after < chain.lastNumber) {
    const page = { after, upTo: chain.lastNumber, limit: exportedAtOnce };
    const rows = await listRecordsAfter(db, chain.id, filter, page).catch((error: unknown) => {
      onFault(error);
      throw error;
    });
    if (rows.length > 0) yield rows.map((row) => csvLineOf(auditRecordOf(tenant, row))).join("");
    after = rows.length < exportedAtOnce ? chain.lastNumber : (rows.at(-1)?.number ?? chain.lastNumber);
  }
}

function cursorOf(number: number): string {
  return Buffer.from(`audit.${number}`, "latin1").toString("base64url");
}

function readCursor(text: string): number {
  const match = /^audit\.(\d{1,15})$/.exec(Buffer.from(text, "base64url").toString("latin1"));
  if (match === null) throw parameterError("after", "an endCursor of this list", text);
  return Number(match[1]);
}
