import { createHash } from "node:crypto";
import type { AuditRecord } from "@stanchion/contract";
import { canonicalJson } from "../canonical-json.ts";

/** What a record's hash covers. */
export type HashedRecord = Omit<AuditRecord, "hash" | "network" | "networkSalt">;

/** The hash of a record, which covers the hash of the one before it. */
export function recordHash(record: HashedRecord): Buffer {
  return createHash("sha256").update(canonicalJson(record)).digest();
}

/** Vouches for an address without telling it: whoever has not the salt any more cannot try addresses out. */
export function networkDigest(salt: Uint8Array, network: string): Buffer {
  return createHash("sha256").update(salt).update(network).digest();
}
