import { parseArgs } from "node:util";
import { decodeId } from "@stanchion/contract";
import { readAuditLog } from "@stanchion/server";
import { withDatabase } from "./with-database.ts";

/** `stanchion audit-log`: the server's own audit log, or an organization's, one record of JSON on each line. */
export async function auditLog(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { organization: { type: "string" }, live: { type: "boolean", default: false } },
  });
  const { organization, live: isLive } = values;
  const organizationId = organization === undefined ? null : decodeId("organization", organization);
  if (organization !== undefined && organizationId === null) {
    console.error(`--organization needs an id such as org_…; "${organization}" is none.`);
    return 2;
  }
  if (isLive && organizationId === null) {
    console.error("--live goes with --organization: the server's own log has no modes.");
    return 2;
  }
  const tenant = organizationId === null ? null : { organizationId, isLive };
  await withDatabase(async ({ database }) => {
    for await (const record of readAuditLog(database, tenant)) console.log(JSON.stringify(record));
  });
  return 0;
}
