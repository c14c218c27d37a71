import { limits, uuidFromBytes } from "@stanchion/contract";
import type { Database } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { Log } from "../platform/log.ts";
import { type DeletedConsumer, findDeletedConsumers } from "./consumer-store.ts";
import { findRevokedFamilies } from "./session-store.ts";
import type { AccessClaims } from "./session-tokens.ts";

/** The sessions whose access tokens must be refused although their MAC is good. */
export interface Revocations {
  /** Was the session ended, or its consumer deleted? While nobody's was, it costs nothing. */
  has(tenant: Tenant, claims: Pick<AccessClaims, "familyBytes" | "consumerBytes">): boolean;
  addFamily(familyId: string): void;
  addConsumer(consumer: DeletedConsumer): void;
  close(): void;
}

const pollMs = 1_000;
/** Rows that committed late are still seen: each poll looks back this far. */
const lookBackSeconds = 30;

export async function watchRevocations(database: Database, log: Log): Promise<Revocations> {
  const families = new RecentNames();
  const consumers = new RecentNames();
  const addConsumer = (consumer: DeletedConsumer): void => consumers.add(nameOf(consumer, consumer.id));
  const read = async (withinSeconds: number): Promise<void> => {
    const [revoked, deleted] = await Promise.all([
      findRevokedFamilies(database, withinSeconds),
      findDeletedConsumers(database, withinSeconds),
    ]);
    for (const familyId of revoked) families.add(familyId);
    deleted.forEach(addConsumer);
  };
  // Older ones matter no more: their access tokens have expired.
  await read(limits.accessTokenSeconds);
  let turnedAtMs = Date.now();
  let isPolling = false;
  const timer = setInterval(() => {
    if (isPolling) return;
    isPolling = true;
    if (Date.now() - turnedAtMs > limits.accessTokenSeconds * 1000) {
      families.turn();
      consumers.turn();
      turnedAtMs = Date.now();
    }
    read(lookBackSeconds)
      .catch((error: unknown) => log.warn({ err: error }, "revoked sessions could not be read"))
      .finally(() => {
        isPolling = false;
      });
  }, pollMs);
  timer.unref();
  return {
    has: (tenant, { familyBytes, consumerBytes }) =>
      (!families.isEmpty && families.has(uuidFromBytes(familyBytes))) ||
      (!consumers.isEmpty && consumers.has(nameOf(tenant, uuidFromBytes(consumerBytes)))),
    addFamily: (familyId) => families.add(familyId),
    addConsumer,
    close: () => clearInterval(timer),
  };
}

/** With the tenant in it: another shop may give a consumer of its own the id of a guest that has no row yet. */
function nameOf({ organizationId, isLive }: Pick<Tenant, "organizationId" | "isLive">, id: string): string {
  return `${id} ${organizationId} ${isLive}`;
}

/** What was added since the turn before the last. */
class RecentNames {
  #current = new Set<string>();
  #previous = new Set<string>();

  get isEmpty(): boolean {
    return this.#current.size + this.#previous.size === 0;
  }

  has(name: string): boolean {
    return this.#current.has(name) || this.#previous.has(name);
  }

  add(name: string): void {
    this.#current.add(name);
  }

  turn(): void {
    this.#previous = this.#current;
    this.#current = new Set();
  }
}
