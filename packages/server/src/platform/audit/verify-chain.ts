import type { AuditRecord } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../database/index.ts";
import type { Chain } from "./audit-store.ts";
import { readChain } from "./read-chain.ts";
import { type HashedRecord, networkDigest, recordHash } from "./record-hash.ts";

/** The first row of a chain that does not hold. */
export interface ChainFault {
  readonly number: number;
  /** Null: the row is not there. */
  readonly id: string | null;
  readonly why: string;
}

export interface ChainFindings {
  /** The first row that is kept, and the last. */
  readonly first: number;
  readonly head: { readonly number: number; readonly hash: string };
  /** Rows up to this one were over their time. 0: none was. */
  readonly forgottenNumber: number;
  readonly fault: ChainFault | null;
}

/**
 * Recomputes a chain from its first row to its head, within one snapshot. `see` is shown every row that holds.
 * What it cannot show: that whoever may write the whole database has written the chain anew, heads too.
 */
export async function verifyChain(
  db: Kysely<Tables>,
  chain: Chain,
  see: (record: AuditRecord) => void = () => {},
): Promise<ChainFindings> {
  const findings = {
    first: chain.forgottenNumber + 1,
    head: { number: chain.lastNumber, hash: chain.lastHash.toString("hex") },
    forgottenNumber: chain.forgottenNumber,
  };
  const begin = { number: chain.forgottenNumber, hash: chain.forgottenHash.toString("hex") };
  let last: Pick<AuditRecord, "number" | "hash"> = begin;
  let vouched = zeroPoint;
  for await (const record of readChain(db, chain)) {
    const fault = faultOf(record, last, chain);
    if (fault !== null) return { ...findings, fault };
    if (record.action === "audit_log.shortened") vouched = pointIn(record);
    last = record;
    see(record);
  }
  return { ...findings, fault: headFault(chain, last) ?? beginFault(begin, vouched) };
}

const zeroPoint = { number: 0, hash: "0".repeat(64) };

function faultOf(
  record: AuditRecord,
  last: Pick<AuditRecord, "number" | "hash">,
  chain: Chain,
): ChainFault | null {
  const { number, id } = record;
  const expected = last.number + 1;
  if (number > expected)
    return { number: expected, id: null, why: `it is missing; the next that is there is ${number}` };
  const fault = (why: string): ChainFault => ({ number, id, why });
  if (number < expected)
    return fault(`it should not be there: the chain begins with ${chain.forgottenNumber + 1}`);
  if (number > chain.lastNumber)
    return fault(`it stands behind the chain's head, which is ${chain.lastNumber}`);
  if (record.previousHash !== last.hash) return fault("it does not follow on the row before it");
  const { hash, network, networkSalt, ...hashed } = record;
  if (recordHash(hashed satisfies HashedRecord).toString("hex") !== hash)
    return fault("it is not as it was written");
  if (!isVouchedFor(record)) return fault("its address is not the one that was written");
  return null;
}

/** Addresses are forgotten after their time, and then there is nothing to compare. */
function isVouchedFor({ network, networkSalt, networkDigest: digest }: AuditRecord): boolean {
  if (network === null && networkSalt === null) return true;
  if (network === null || networkSalt === null) return false;
  return networkDigest(Buffer.from(networkSalt, "hex"), network).toString("hex") === digest;
}

function headFault(chain: Chain, last: { number: number; hash: string }): ChainFault | null {
  if (last.number < chain.lastNumber)
    return {
      number: last.number + 1,
      id: null,
      why: `it is missing, and everything up to the head, which is ${chain.lastNumber}`,
    };
  if (last.hash === chain.lastHash.toString("hex")) return null;
  return { number: last.number, id: null, why: "it is not the one that the chain's head knows" };
}

/** Where the chain begins is told by a row of its own. */
function beginFault(
  begin: { number: number; hash: string },
  vouched: { number: number; hash: string },
): ChainFault | null {
  if (begin.number === vouched.number && begin.hash === vouched.hash) return null;
  const why = "it is gone, and no row says that it was forgotten";
  return { number: Math.min(begin.number, vouched.number) + 1, id: null, why };
}

function pointIn({ after }: AuditRecord): { number: number; hash: string } {
  return { number: Number(after?.forgottenNumber), hash: String(after?.forgottenHash) };
}
