import { limits } from "@stanchion/contract";
import type { Database } from "../platform/database/index.ts";
import type { Log } from "../platform/log.ts";
import { findRevokedFamilies } from "./session-store.ts";

/** The session families whose access tokens must be refused although their MAC is good. */
export interface Revocations {
  readonly isEmpty: boolean;
  has(familyId: string): boolean;
  add(familyId: string): void;
  close(): void;
}

const pollMs = 1_000;
/** Rows that committed late are still seen: each poll looks back this far. */
const lookBackSeconds = 30;

export async function watchRevocations(database: Database, log: Log): Promise<Revocations> {
  // Older ones matter no more: their access tokens have expired.
  let current = new Set(await findRevokedFamilies(database, limits.accessTokenSeconds));
  let previous = new Set<string>();
  let turnedAtMs = Date.now();
  const add = (familyId: string): void => void current.add(familyId);
  let isPolling = false;
  const timer = setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    if (Date.now() - turnedAtMs > limits.accessTokenSeconds * 1000) {
      [previous, current, turnedAtMs] = [current, new Set(), Date.now()];
    }
    findRevokedFamilies(database, lookBackSeconds)
      .then((families) => families.forEach(add))
      .catch((error: unknown) => log.warn({ err: error }, "revoked sessions could not be read"))
      .finally(() => {
        isPolling = false;
      });
  }, pollMs);
  timer.unref();
  return {
    get isEmpty() {
      return current.size + previous.size === 0;
    },
    has: (familyId) => current.has(familyId) || previous.has(familyId),
    add,
    close: () => clearInterval(timer),
  };
}
