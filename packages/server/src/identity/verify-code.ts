import { limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { type Database, inOrganization, type Tables } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { ConsumerActor, Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import {
  insertConsumer,
  lockConsumer,
  lockConsumerByEmail,
  noteSignIn,
  updateConsumer,
} from "./consumer-store.ts";
import {
  endSession,
  findGuest,
  type Guest,
  RowMadeMeanwhile,
  refuseHeldPlaces,
  type SignedIn,
  takeOver,
  withClashesRetried,
  writePerson,
} from "./guest-session.ts";
import { addressKeyOf, codeMacOf } from "./one-time-code.ts";
import { countTry, secondsUntilNextCode, spendCode } from "./one-time-code-store.ts";
import { pastAddressLimit } from "./past-address-limit.ts";

type Db = Kysely<Tables>;

export interface VerifyDeps {
  readonly database: Database;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

export interface GivenCode {
  readonly tenant: Tenant;
  /** In lower case. */
  readonly email: string;
  readonly code: string;
  /** The session that the caller has already. */
  readonly present: ConsumerActor | null;
}

/**
 * Judges a code and says who signs in by it. Throws INVALID_OTP, OTP_EXPIRED, RATE_LIMITED after five tries, and
 * IDENTITY_TAKEN, which leaves the code good.
 */
export async function verifyCode(deps: VerifyDeps, given: GivenCode): Promise<SignedIn> {
  const addressKey = addressKeyOf(deps.secrets, given.tenant, given.email);
  const codeMac = codeMacOf(deps.secrets, addressKey, given.code);
  // By itself, before anything else: a try stays counted whatever comes of it.
  const trial = await inOrganization(deps.database, given.tenant, async (db) => {
    const counted = await countTry(db, addressKey, codeMac);
    const isPast = counted.tries > limits.oneTimeCodeTriesMax;
    return { ...counted, secondsUntilNext: isPast ? await secondsUntilNextCode(db, addressKey) : null };
  });
  if (trial.secondsUntilNext !== null) throw tooManyTries(deps.clock, trial.secondsUntilNext);
  if (!trial.isRight) throw apiError("INVALID_OTP");
  // Said to the one who has the code; a guesser who hits an old one learns nothing that is worth anything.
  if (trial.isExpired) throw apiError("OTP_EXPIRED");
  return withClashesRetried(() =>
    inOrganization(deps.database, given.tenant, async (transaction) => {
      if (!(await spendCode(transaction, addressKey, codeMac))) throw apiError("INVALID_OTP");
      return signIn(transaction, deps.clock, given);
    }),
  );
}

function tooManyTries(clock: Clock, secondsUntilNext: number): ApiError {
  const secondsLeft = Math.max(limits.oneTimeCodeRetrySeconds, secondsUntilNext);
  const windowSeconds = Math.max(limits.oneTimeCodeSeconds, secondsLeft);
  return pastAddressLimit(
    clock,
    { limit: limits.oneTimeCodeTriesMax, windowSeconds, secondsLeft },
    "Ask for a new code: this one cannot be tried any more.",
  );
}

async function signIn(db: Db, clock: Clock, given: GivenCode): Promise<SignedIn> {
  const { tenant, email, present } = given;
  const now = new Date(clock.now());
  const guest = await findGuest(db, present, now);
  const owner = await lockConsumerByEmail(db, tenant, email);
  if (owner === undefined) return signInAsNew(db, given, guest, now);
  if (present !== null && owner.id === present.consumerId) {
    await noteSignIn(db, owner, "address");
    return { consumerId: owner.id, endedFamilyId: await endSession(db, present) };
  }
  if (guest !== null && owner.awaitsPerson) {
    await takeOver(db, guest, { ...owner, isEmailLinkable: true }, now);
    return { consumerId: guest.consumerId, endedFamilyId: await endSession(db, guest.actor) };
  }
  if (guest !== null) await refuseHeldPlaces(db, guest);
  await noteSignIn(db, owner, "address");
  return { consumerId: owner.id, endedFamilyId: null };
}

/** The address is nobody's yet. */
async function signInAsNew(
  db: Db,
  { tenant, email, present }: GivenCode,
  guest: Guest | null,
  now: Date,
): Promise<SignedIn> {
  if (guest !== null) {
    await writePerson(db, guest, now, { email, isEmailLinkable: true });
    return { consumerId: guest.consumerId, endedFamilyId: await endSession(db, guest.actor) };
  }
  const addressless = await findAddressless(db, present);
  if (addressless !== null) {
    await updateConsumer(db, tenant, addressless.consumerId, {
      email,
      isEmailLinkable: true,
      updatedAt: now,
    });
    return { consumerId: addressless.consumerId, endedFamilyId: await endSession(db, addressless) };
  }
  const { organizationId, isLive } = tenant;
  const id = newUuid(now.getTime());
  const made = { id, organizationId, isLive, email, createdAt: now, updatedAt: now, isEmailLinkable: true };
  if ((await insertConsumer(db, made)) === undefined) throw new RowMadeMeanwhile();
  return { consumerId: id, endedFamilyId: null };
}

/** The person of the present session, who has signed in by an account of the shop's and has no address yet. */
async function findAddressless(db: Db, present: ConsumerActor | null): Promise<ConsumerActor | null> {
  if (present === null) return null;
  const row = await lockConsumer(db, present.tenant, present.consumerId);
  return row !== undefined && row.email === null ? present : null;
}
