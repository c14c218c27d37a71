import { limits, uuidFromBytes } from "@stanchion/contract";
import type { Database } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { Log } from "../platform/log.ts";
import { type DeletedConsumer, findDeletedConsumers } from "./consumer-store.ts";
import { findRevokedFamilies } from "./session-store.ts";
import type { AccessClaims } from "./session-tokens.ts";

/** The sessions whose access tokens must be refused although their MAC is good. */
export interface Revocations {
  /** Was the session ended, or its consumer deleted? Asked on every call of a consumer, so it makes no text of ids first. */
  has(tenant: Tenant, claims: Pick<AccessClaims, "familyBytes" | "consumerBytes">): boolean;
  /** Of a session that was ended: does another device go on with it? */
  isCarried(claims: Pick<AccessClaims, "familyBytes">): boolean;
  addFamily(familyId: string): void;
  addCarried(familyId: string): void;
  addConsumer(consumer: DeletedConsumer): void;
  close(): void;
}

const pollMs = 1_000;
/** Rows that committed late are still seen: each poll looks back this far. */
const lookBackSeconds = 30;

export async function watchRevocations(database: Database, log: Log): Promise<Revocations> {
  const families = new RecentNames();
  const carried = new RecentNames();
  const consumers = new RecentNames();
  const addConsumer = (consumer: DeletedConsumer): void =>
    consumers.add(consumer.id, nameOf(consumer, consumer.id));
  const addFamily = (familyId: string): void => families.add(familyId, familyId);
  const addCarried = (familyId: string): void => {
    addFamily(familyId);
    carried.add(familyId, familyId);
  };
  const read = async (withinSeconds: number): Promise<void> => {
    const [revoked, deleted] = await Promise.all([
      findRevokedFamilies(database, withinSeconds),
      findDeletedConsumers(database, withinSeconds),
    ]);
    for (const { familyId, isCarried } of revoked) (isCarried ? addCarried : addFamily)(familyId);
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
      carried.turn();
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
    has: (tenant, claims) => {
      if (families.isEmpty && consumers.isEmpty) return false;
      const { familyBytes, consumerBytes } = claims;
      return (
        (families.mayHave(familyBytes) && families.has(uuidFromBytes(familyBytes))) ||
        (consumers.mayHave(consumerBytes) && consumers.has(nameOf(tenant, uuidFromBytes(consumerBytes))))
      );
    },
    isCarried: ({ familyBytes }) => carried.has(uuidFromBytes(familyBytes)),
    addFamily,
    addCarried,
    addConsumer,
    close: () => clearInterval(timer),
  };
}

/** With the tenant in it: another shop may give a consumer of its own the id of a guest that has no row yet. */
function nameOf({ organizationId, isLive }: Pick<Tenant, "organizationId" | "isLive">, id: string): string {
  return `${id} ${organizationId} ${isLive}`;
}

/** What was added since the turn before the last, under the UUID that it is about. */
class RecentNames {
  #current = new Generation();
  #previous = new Generation();

  get isEmpty(): boolean {
    return this.#current.marks.size + this.#previous.marks.size === 0;
  }

  /** Is it worth to make the name? Told by the last bytes of the UUID alone, which are random. */
  mayHave(uuid: Uint8Array): boolean {
    if (this.isEmpty) return false;
    const { marks } = this.#current;
    const older = this.#previous.marks;
    const mark = markOfBytes(uuid);
    return marks.has(mark) || older.has(mark);
  }

  has(name: string): boolean {
    return this.#current.names.has(name) || this.#previous.names.has(name);
  }

  add(uuid: string, name: string): void {
    this.#current.names.add(name);
    this.#current.marks.add(markOfText(uuid));
  }

  turn(): void {
    this.#previous = this.#current;
    this.#current = new Generation();
  }
}

class Generation {
  readonly names = new Set<string>();
  readonly marks = new Set<number>();
}

/** 30 bits, which a set holds as they are. */
function markOfBytes(uuid: Uint8Array): number {
  const at = (index: number): number => uuid[index] ?? 0;
  return ((at(12) << 24) | (at(13) << 16) | (at(14) << 8) | at(15)) >>> 2;
}

function markOfText(uuid: string): number {
  return Number.parseInt(uuid.slice(-8), 16) >>> 2;
}
