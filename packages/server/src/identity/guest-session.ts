import type { Kysely } from "kysely";
import { type Tables, withRetries } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import type { ConsumerActor } from "../platform/http/index.ts";
import { findOwnersOf } from "../platform/owners.ts";
import { newUuid } from "../platform/randomness.ts";
import type { ConsumerRow } from "./consumer.ts";
import { moveOrders } from "./consumer-order-store.ts";
import {
  dropConsumer,
  insertConsumer,
  listActiveEntries,
  lockConsumer,
  updateConsumer,
} from "./consumer-store.ts";
import { moveDrawStays } from "./draw-stay-store.ts";
import { hasAccount, moveAccounts } from "./external-account-store.ts";
import { revokeSession } from "./session-store.ts";
import { moveStays } from "./stay-store.ts";

type Db = Kysely<Tables>;

/** A session of somebody who has not shown who they are, and who can become a person. */
export interface Guest {
  readonly actor: ConsumerActor;
  /** Under which id the guest becomes a person: the own one, unless that is taken. */
  readonly consumerId: string;
  /** Its row, where it has one. */
  readonly row: ConsumerRow | null;
}

export interface SignedIn {
  readonly consumerId: string;
  /** The guest's own session, which is over. */
  readonly endedFamilyId: string | null;
}

/**
 * The guest of the present session; null where there is none, or it is a person's already. Guests' ids are inside their tokens
 * alone until they join, so that another organization can give one to a consumer of its own: the guest goes on under a new id.
 */
export async function findGuest(db: Db, present: ConsumerActor | null, now: Date): Promise<Guest | null> {
  if (present === null) return null;
  const { consumerId, tenant } = present;
  const row = await lockConsumer(db, tenant, consumerId);
  if (row !== undefined) {
    const isPerson = row.email !== null || (await hasAccount(db, tenant, consumerId));
    return isPerson ? null : { actor: present, consumerId, row };
  }
  const [owner] = await findOwnersOf(db, "consumer", [consumerId]);
  if (owner === undefined) return { actor: present, consumerId, row: null };
  if (owner.organizationId !== tenant.organizationId || owner.isLive !== tenant.isLive)
    return { actor: present, consumerId: newUuid(now.getTime()), row: null };
  if (owner.deletedAt === null) throw new RowMadeMeanwhile();
  return null;
}

/** Two persons are never made one: a guest who holds places cannot become somebody who is there already. */
export async function refuseHeldPlaces(db: Db, { actor }: Guest): Promise<void> {
  const { length: activeEntries } = await listActiveEntries(db, actor.tenant, actor.consumerId);
  if (activeEntries > 0) throw apiError("IDENTITY_TAKEN", { details: { activeEntries } });
}

/** Whoever had the guest's tokens before, and may have planted them, is not that person. */
export async function endSession(db: Db, { tenant, consumerId, familyId }: ConsumerActor): Promise<string> {
  const { organizationId, isLive } = tenant;
  await revokeSession(db, { organizationId, isLive, consumerId, familyId });
  return familyId;
}

/**
 * Lets a guest be the person whom an outside account was noted for and whom nobody has signed in as yet: the guest's id
 * stays, with all its places, and gets what is known of the person.
 */
export async function takeOver(db: Db, guest: Guest, person: ConsumerRow, now: Date): Promise<void> {
  const { tenant } = guest.actor;
  await dropConsumer(db, tenant, person.id);
  await writePerson(db, guest, now, {
    email: person.email,
    name: guest.row?.name ?? person.name,
    metadata: JSON.stringify({ ...person.metadata, ...guest.row?.metadata }),
    isEmailLinkable: person.isEmailLinkable,
  });
  await moveAccounts(db, tenant, person.id, guest.consumerId);
}

/** Notes who the guest has turned out to be, in the guest's own row; every place comes along. */
export async function writePerson(
  db: Db,
  { actor, consumerId, row }: Guest,
  now: Date,
  values: { email: string | null; name?: string | null; metadata?: string; isEmailLinkable: boolean },
): Promise<void> {
  if (row !== null) {
    await updateConsumer(db, actor.tenant, consumerId, { ...values, updatedAt: now });
    return;
  }
  const { organizationId, isLive } = actor.tenant;
  const made = { id: consumerId, organizationId, isLive, createdAt: now, updatedAt: now, ...values };
  // The guest may be joining a line at this very moment, which makes the row too.
  if ((await insertConsumer(db, made)) === undefined) throw new RowMadeMeanwhile();
  if (consumerId !== actor.consumerId) {
    await moveStays(db, actor.tenant, actor.consumerId, consumerId);
    await moveDrawStays(db, actor.tenant, actor.consumerId, consumerId);
    await moveOrders(db, actor.tenant, actor.consumerId, consumerId);
  }
}

/** Somebody else made the row in the same moment: it is there when looked for again. */
export class RowMadeMeanwhile extends Error {}

const triesMax = 3;

/** Runs again what met a rival: a row made meanwhile, or an address that somebody was given in the same moment. */
export async function withClashesRetried<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await withRetries(run);
    } catch (error) {
      const isClash = Object(error).constraint === "consumers_email_key" || error instanceof RowMadeMeanwhile;
      if (!isClash) throw error;
      if (attempt === triesMax) throw apiError("CONCURRENT_MODIFICATION", { cause: error });
    }
  }
}
