import type { AuditRecord } from "@stanchion/contract";
import { canonicalJson } from "../canonical-json.ts";
import { guardedCell } from "../csv-cells.ts";

/** The columns of the export, in their order. */
const columns: readonly [name: string, valueIn: (record: AuditRecord) => string | number | null][] = [
  ["number", (record) => record.number],
  ["recordedAt", (record) => record.recordedAt],
  ["action", (record) => record.action],
  ["actorType", ({ actor }) => actor.type],
  ["actorId", ({ actor }) => actor.id],
  ["actorName", ({ actor }) => actor.name],
  ["targetType", ({ target }) => target?.type ?? null],
  ["targetId", ({ target }) => target?.id ?? null],
  ["related", ({ related }) => related.join(" ")],
  ["changed", ({ changed }) => changed.join(" ")],
  ["before", ({ before }) => before && canonicalJson(before)],
  ["after", ({ after }) => after && canonicalJson(after)],
  ["requestId", (record) => record.requestId],
  ["network", (record) => record.network],
  ["networkSalt", (record) => record.networkSalt],
  ["networkDigest", (record) => record.networkDigest],
  ["organizationId", (record) => record.organizationId],
  ["mode", (record) => record.mode],
  ["id", (record) => record.id],
  ["format", (record) => record.format],
  ["previousHash", (record) => record.previousHash],
  ["hash", (record) => record.hash],
];

export const csvHead = `${columns.map(([name]) => name).join(",")}\r\n`;

/** One record as a line of CSV (RFC 4180). */
export function csvLineOf(record: AuditRecord): string {
  return lineOf(columns.map(([, valueIn]) => valueIn(record)));
}

function lineOf(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

function cellOf(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const harmless = guardedCell(value);
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
