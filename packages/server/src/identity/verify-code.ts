import { limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { type Database, type Tables, withRetries } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { ConsumerActor, Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import {
  findConsumerByEmail,
  findConsumerOwner,
  insertConsumer,
  listActiveEntries,
  lockConsumer,
  updateConsumer,
} from "./consumer-store.ts";
import { addressKeyOf, codeMacOf } from "./one-time-code.ts";
import { countTry, secondsUntilNextCode, spendCode } from "./one-time-code-store.ts";
import { pastAddressLimit } from "./past-address-limit.ts";
import { revokeSession } from "./session-store.ts";

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

export interface SignedIn {
  readonly consumerId: string;
  /** The guest has become that person, so the guest's own session is over. */
  readonly endedFamilyId: string | null;
}

/**
 * Judges a code and says who signs in by it. Throws INVALID_OTP, OTP_EXPIRED, RATE_LIMITED after five tries, and
 * IDENTITY_TAKEN, which leaves the code good.
 */
export async function verifyCode(deps: VerifyDeps, given: GivenCode): Promise<SignedIn> {
  const db = deps.database.kysely;
  const addressKey = addressKeyOf(deps.secrets, given.tenant, given.email);
  const codeMac = codeMacOf(deps.secrets, addressKey, given.code);
  // By itself, before anything else: a try stays counted whatever comes of it.
  const trial = await countTry(db, addressKey, codeMac);
  if (trial.tries > limits.oneTimeCodeTriesMax)
    throw tooManyTries(deps.clock, await secondsUntilNextCode(db, addressKey));
  if (!trial.isRight) throw apiError("INVALID_OTP");
  // Said to the one who has the code; a guesser who hits an old one learns nothing that is worth anything.
  if (trial.isExpired) throw apiError("OTP_EXPIRED");
  return withClashesRetried(() =>
    db.transaction().execute(async (transaction) => {
      if (!(await spendCode(transaction, addressKey, codeMac))) throw apiError("INVALID_OTP");
      return signIn(transaction, deps.clock, given);
    }),
  );
}

const triesMax = 3;

/** Somebody else gave the address to a consumer, or made the guest's row, at the same moment: it is there when looked for again. */
async function withClashesRetried<T>(run: () => Promise<T>): Promise<T> {
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

class RowMadeMeanwhile extends Error {}

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
  const guest = await findGuest(db, present);
  const owner = await findConsumerByEmail(db, tenant, email);
  if (owner !== undefined) {
    if (present !== null && owner.id === present.consumerId) return become(db, present);
    const held = guest === null ? [] : await listActiveEntries(db, tenant, guest.consumerId);
    if (held.length > 0) throw apiError("IDENTITY_TAKEN", { details: { activeEntries: held.length } });
    return { consumerId: owner.id, endedFamilyId: null };
  }
  const now = new Date(clock.now());
  if (guest?.isKnown) {
    await updateConsumer(db, guest.consumerId, { email, updatedAt: now });
    return become(db, guest.actor);
  }
  const consumerId = guest?.consumerId ?? newUuid(clock.now());
  const { organizationId, isLive } = tenant;
  const made = { id: consumerId, organizationId, isLive, email, createdAt: now, updatedAt: now };
  // The guest may be joining a line at this very moment, which makes the row too.
  if ((await insertConsumer(db, { ...made, name: null, deletedAt: null })) === undefined)
    throw new RowMadeMeanwhile();
  return guest === null ? { consumerId, endedFamilyId: null } : become(db, guest.actor);
}

interface Guest {
  readonly actor: ConsumerActor;
  readonly consumerId: string;
  /** Has it a row? */
  readonly isKnown: boolean;
}

/** The consumer of the present session, where it is one that can still become somebody. */
async function findGuest(db: Db, present: ConsumerActor | null): Promise<Guest | null> {
  if (present === null) return null;
  const { consumerId, tenant } = present;
  const row = await lockConsumer(db, tenant, consumerId);
  if (row !== undefined) return row.email === null ? { actor: present, consumerId, isKnown: true } : null;
  const owner = await findConsumerOwner(db, consumerId);
  if (owner === undefined) return { actor: present, consumerId, isKnown: false };
  if (owner.deletedAt === null) throw new RowMadeMeanwhile();
  return null;
}

/** Whoever had the guest's tokens before, and may have planted them, is not that person. */
async function become(db: Db, { tenant, consumerId, familyId }: ConsumerActor): Promise<SignedIn> {
  const { organizationId, isLive } = tenant;
  await revokeSession(db, { organizationId, isLive, consumerId, familyId });
  return { consumerId, endedFamilyId: familyId };
}
