import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { type Database, inOrganization, type Tables } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { ConsumerActor, Tenant } from "../platform/http/index.ts";
import { lockConsumer, noteSignIn } from "./consumer-store.ts";
import { spendExchangeCode } from "./external-account-store.ts";
import {
  endSession,
  findGuest,
  refuseHeldPlaces,
  type SignedIn,
  takeOver,
  withClashesRetried,
} from "./guest-session.ts";

export interface GivenExchangeCode {
  readonly tenant: Tenant;
  readonly code: string;
  /** The session that the caller has already. */
  readonly present: ConsumerActor | null;
}

/**
 * Uses an exchange code up and says who signs in by it. Throws INVALID_TOKEN where it is unknown, spent or too old, and
 * IDENTITY_TAKEN, which leaves the code good.
 */
export async function exchangeAccount(
  { database, clock }: { database: Database; clock: Clock },
  given: GivenExchangeCode,
): Promise<SignedIn> {
  return withClashesRetried(() =>
    inOrganization(database, given.tenant, async (db) => {
      const personId = await spendExchangeCode(db, given.tenant, given.code);
      if (personId === undefined) throw refusedCode();
      return signIn(db, given, personId, new Date(clock.now()));
    }),
  );
}

async function signIn(
  db: Kysely<Tables>,
  { tenant, present }: GivenExchangeCode,
  personId: string,
  now: Date,
): Promise<SignedIn> {
  const person = await lockConsumer(db, tenant, personId);
  if (person === undefined) throw refusedCode();
  if (present?.consumerId === personId) {
    await noteSignIn(db, person, "account");
    return { consumerId: personId, endedFamilyId: await endSession(db, present) };
  }
  const guest = await findGuest(db, present, now);
  if (guest !== null && person.awaitsPerson) {
    await takeOver(db, guest, person, now);
    return { consumerId: guest.consumerId, endedFamilyId: await endSession(db, guest.actor) };
  }
  if (guest !== null) await refuseHeldPlaces(db, guest);
  await noteSignIn(db, person, "account");
  const endedFamilyId = guest === null ? null : await endSession(db, guest.actor);
  return { consumerId: personId, endedFamilyId };
}

/** Says that it is the code, so that a client does not give up the guest's session for it. */
function refusedCode(): ApiError {
  return apiError("INVALID_TOKEN", { details: { field: "exchangeCode" } });
}
