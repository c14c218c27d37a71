import { hexFromBytes } from "../bytes.ts";
import { hashOfJson } from "../canonical-json.ts";
import { makeConsistencyPath } from "../consistency-proof.ts";
import type { DrawProof } from "../draw-proof.ts";
import { makeInclusionPath } from "../inclusion-proof.ts";
import { rootOfLeafHashes } from "../merkle-tree.ts";
import { hashLogEntry, type LogEntry, type LogPage } from "../read-log.ts";
import type { Receipt } from "../receipt.ts";
import { madeUpHex, madeUpId } from "./made-up.ts";
import { type MadeDraw, signStatement } from "./make-draw-proof.ts";

/** An entry before it has a time: what the log's lock would give it. */
export type NewLogEntry = Omit<LogEntry, "at">;

/** A draw whose freeze and receipt name the log that it is in. */
export interface LoggedDraw extends MadeDraw {
  readonly entries: readonly LogEntry[];
}

export function rootOfEntries(entries: readonly LogEntry[]): string {
  return hexFromBytes(rootOfLeafHashes(entries.map(hashLogEntry)));
}

/** The same draw as one that was called off once its list was fixed, with its log. */
export function cancelDraw({ proof, ...draw }: MadeDraw): LoggedDraw {
  return logDraw({ ...draw, proof: { ...proof, awards: [], cancelledAt: "2027-03-01T10:10:00.000Z" } });
}

/**
 * Puts the events of a draw into a log that has some of another distribution's before, between and behind them, one each minute.
 *
 * @param beginsAtMs in milliseconds since 1970
 */
export function logDraw({ proof, ...draw }: MadeDraw, beginsAtMs = usualBeginMs): LoggedDraw {
  const entries: LogEntry[] = [];
  const add = (entry: NewLogEntry): void => void entries.push(atMinute(entry, entries.length, beginsAtMs));
  const ofDraw = (kind: string, data: LogEntry["data"]): void =>
    add({ data, distributionId: proof.rules.drawId, kind });
  addOther(add, 1);
  ofDraw("rules.made", { rulesHash: madeUpHex(32, "earlier rules") });
  ofDraw("rules.changed", { before: madeUpHex(32, "earlier rules"), rulesHash: proof.rulesHash });
  ofDraw("rules.announced", { rules: proof.rules });
  addOther(add, 2);
  const receipt = seeLog(draw.receipt, entries);
  addOther(add, 3);
  const freeze = resign(proof.freeze, { logHead: rootOfEntries(entries) });
  ofDraw("freeze", { statement: freeze });
  addOther(add, 4);
  const isCancelled = (proof.cancelledAt ?? null) !== null;
  if (isCancelled) ofDraw("cancelled", { count: proof.count, lastNumber: 1, rulesHash: proof.rulesHash });
  const resultHash = hexFromBytes(hashOfJson(proof.winners));
  ofDraw("result", { cancelled: isCancelled, count: proof.count, resultHash, seed: proof.seed });
  addOther(add, 5);
  return { ...draw, proof: { ...proof, freeze }, receipt, entries };
}

function addOther(add: (entry: NewLogEntry) => void, version: number): void {
  const data = { exceptions: [], nowServing: version * 10, version };
  add({ data, distributionId: madeUpId("queue", "log"), kind: "line.progress" });
}

const usualBeginMs = Date.UTC(2027, 2, 1, 10);

/** An entry at the time of its index. */
export function atMinute(entry: NewLogEntry, index: number, beginsAtMs = usualBeginMs): LogEntry {
  return { at: new Date(beginsAtMs + index * 60_000).toISOString(), ...entry };
}

/** A receipt whose group saw this log. */
export function seeLog(receipt: Receipt, entries: readonly LogEntry[]): Receipt {
  const seen = { logHead: rootOfEntries(entries), logSize: entries.length };
  return { ...receipt, signature: resign(receipt.signature, seen) };
}

/** The same statement with some members replaced. */
export function resign(jws: string, members: object): string {
  const [header = "", payload = ""] = jws.split(".").map((part) => Buffer.from(part, "base64url").toString());
  return signStatement(JSON.parse(header).typ, { ...JSON.parse(payload), ...members });
}

/** Whose log it is, as the rules of a draw or a line say. */
interface OfOrganization {
  readonly rules: { readonly organizationId: string; readonly mode: "test" | "live" };
}

/** A head of the log, signed. */
export function signHead({ rules }: OfOrganization, entries: readonly LogEntry[]): string {
  const { organizationId, mode } = rules;
  return signStatement("log+jws", {
    at: "2027-03-01T13:00:00.000Z",
    mode,
    organizationId,
    root: rootOfEntries(entries),
    size: entries.length,
  });
}

/** What the log's address would answer, in pages of three. */
export function pagesOf(proof: OfOrganization, entries: readonly LogEntry[]): LogPage[] {
  const { organizationId, mode } = proof.rules;
  const size = entries.length;
  const head = signHead(proof, entries);
  const rows = entries.map((entry, index) => ({ index, entry }));
  return Array.from({ length: Math.max(1, Math.ceil(size / 3)) }, (_, page) => ({
    organizationId,
    mode,
    size,
    root: rootOfEntries(entries),
    head,
    data: rows.slice(page * 3, page * 3 + 3),
  }));
}

/** The whole log as one answer. */
export function wholeLog({
  proof,
  entries,
}: {
  readonly proof: OfOrganization;
  readonly entries: readonly LogEntry[];
}): object {
  const pages = pagesOf(proof, entries);
  const data = pages.flatMap((page) => page.data);
  return { ...pages[0], data, pageInfo: { hasNextPage: false, endCursor: null } };
}

/** What the log's address would answer to who asks for proofs about one entry and about an older size. */
export function partOf(proof: DrawProof, entries: readonly LogEntry[], index: number, from: number): LogPage {
  const [page] = pagesOf(proof, entries);
  const entry = entries[index];
  if (page === undefined || entry === undefined) throw new RangeError("There is no such entry.");
  const hashes = entries.map(hashLogEntry);
  const size = entries.length;
  return {
    ...page,
    data: [{ index, entry }],
    inclusion: { index, size, path: makeInclusionPath(hashes, index).map(hexFromBytes) },
    consistency: { from, to: size, path: makeConsistencyPath(hashes, from).map(hexFromBytes) },
  };
}
