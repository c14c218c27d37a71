import { parseArgs } from "node:util";
import { decodeId } from "@stanchion/contract";
import { type AuditVerdict, type NotedHead, type VerifiedChain, verifyAuditLog } from "@stanchion/server";
import { withDatabase } from "./with-database.ts";

/** `stanchion verify-audit`: recomputes the chains of the audit log and names the first row of each that does not hold. */
export async function verifyAudit(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      organization: { type: "string" },
      noted: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
    },
  });
  const organizationId =
    values.organization === undefined ? null : decodeId("organization", values.organization);
  if (values.organization !== undefined && organizationId === null) {
    console.error(`--organization needs an id such as org_…; "${values.organization}" is none.`);
    return 2;
  }
  const noted = values.noted.map(readHead);
  const strange = values.noted[noted.indexOf(null)];
  if (strange !== undefined) {
    console.error(`--noted needs a head as this command prints it, NUMBER:HASH; "${strange}" is none.`);
    return 2;
  }
  const verdict = await withDatabase(({ database }) =>
    verifyAuditLog(database, { organizationId, noted: noted.filter((head) => head !== null) }),
  );
  console.log(values.json ? JSON.stringify(verdict) : told(verdict));
  return holds(verdict) ? 0 : 1;
}

function readHead(text: string): NotedHead | null {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  return match === null ? null : { number: Number(match[1]), hash: match[2] ?? "" };
}

function holds({ chains, headless, missing }: AuditVerdict): boolean {
  return chains.every(({ fault }) => fault === null) && headless.length === 0 && missing.length === 0;
}

function told(verdict: AuditVerdict): string {
  const { chains, headless, missing } = verdict;
  const lines = [
    ...chains.map(toldOf),
    ...headless.map((id) => `The rows of chain ${id} have no head any more: whose they were is not known.`),
    ...missing.map(({ number, hash }) => `Noted, and in none of these chains: ${number}:${hash}`),
  ];
  if (chains.length === 0) lines.push("There is no chain: nothing was recorded.");
  const next = holds(verdict)
    ? "Every row holds. Next: note the heads where nobody who can write the database can write; --noted compares them later."
    : "Not everything holds: the rows before a fault do. Next: docs/guides/audit-log.md says what a fault shows and what to do.";
  return `${lines.join("\n")}\n\n${next}`;
}

function toldOf({ organizationId, mode, first, head, forgottenNumber, fault }: VerifiedChain): string {
  const whose = organizationId === null ? "the server itself" : `${organizationId} ${mode}`;
  const headLine = `  head ${head.number}:${head.hash}`;
  const forgotten =
    forgottenNumber === 0 ? "" : `, ${forgottenNumber} before them forgotten after their time`;
  if (fault === null) {
    const rows = head.number < first ? "no rows" : `rows ${first} to ${head.number} hold`;
    return `${whose}: ${rows}${forgotten}\n${headLine}`;
  }
  const row = `row ${fault.number}${fault.id === null ? "" : ` (${fault.id})`}`;
  return `${whose}: ${row} DOES NOT HOLD: ${fault.why}\n${headLine}`;
}
