import { canonicalEmail, limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { pastAddressLimit } from "../identity/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type AccountRow, findAccountByEmail } from "./account-store.ts";
import { addKnownDevice, findKnownDevice } from "./known-devices.ts";
import { insertSession } from "./member-session-store.ts";
import { hashToken, newSessionToken } from "./member-sessions.ts";
import type { Passwords } from "./passwords.ts";
import { judgeSecondFactor } from "./second-factor.ts";
import { countSignInTry, forgiveSignInTry } from "./sign-in-tries-store.ts";

type Db = Kysely<Tables>;

export interface SignInDeps {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly passwords: Passwords;
}

/** The browser that asks. */
export interface Browser {
  /** What it calls itself. */
  readonly device: string;
  /** Its cookie of known devices. */
  readonly devices: string | null;
}

export interface StartedSession {
  readonly accountId: string;
  readonly sessionId: string;
  /** For the session's cookie, which alone has it. */
  readonly token: string;
  /** For the cookie of known devices. */
  readonly devices: string;
}

/**
 * Judges an address and its password. Does the same work for an address that nobody has. Throws INVALID_CREDENTIALS, and
 * RATE_LIMITED after too many wrong ones: of all unknown devices together, and of each known device by itself, so that nobody
 * can shut another out of a browser that has signed in before.
 */
export async function judgePassword(
  db: Db,
  deps: SignInDeps,
  given: { email: string; password: string; browser: Browser },
): Promise<{ account: AccountRow; forgive: () => Promise<void> }> {
  const email = canonicalEmail(given.email);
  const { subject, isKnown } = triesOf(deps, email, given.browser);
  // Before it is counted: what is not judged is no wrong password, and a flood that is refused asks no database.
  deps.passwords.requireRoom(isKnown);
  const { tries, secondsLeft } = await countSignInTry(db, subject);
  if (tries > limits.failedPasswordsMax)
    throw pastAddressLimit(
      deps.clock,
      {
        limit: limits.failedPasswordsMax,
        windowSeconds: limits.failedPasswordsSeconds,
        secondsLeft: Math.max(1, secondsLeft),
      },
      "Use a browser that has signed in before, or reset the password by mail.",
    );
  const account = await findAccountByEmail(db, email);
  // Who guesses at many accounts keeps the hashing busy, and strangers waiting.
  const hash = account?.passwordHash ?? null;
  const isRight = await deps.passwords.isRight(given.password, hash, isKnown);
  if (account === undefined || !isRight) throw apiError("INVALID_CREDENTIALS");
  return { account, forgive: () => forgiveSignInTry(db, subject) };
}

/** As {@link judgePassword}, with the second factor where it is on: SECOND_FACTOR_REQUIRED, INVALID_OTP. */
export async function judgeSignIn(
  db: Db,
  deps: SignInDeps,
  given: { email: string; password: string; code?: string | undefined; browser: Browser },
): Promise<AccountRow> {
  const { account, forgive } = await judgePassword(db, deps, given);
  // A code that is missing is no wrong one; a wrong one stays counted like a wrong password.
  if (account.totpConfirmedAt !== null && given.code === undefined) {
    await forgive();
    throw apiError("SECOND_FACTOR_REQUIRED");
  }
  if (account.totpConfirmedAt !== null) await judgeSecondFactor(db, deps, account, given.code ?? "");
  await forgive();
  return account;
}

/** Begins a session of an account whose owner has just shown to be it; the browser is known from now on. */
export async function startSession(
  db: Db,
  { secrets, clock }: Pick<SignInDeps, "secrets" | "clock">,
  account: { id: string; email: string },
  browser: Browser,
): Promise<StartedSession> {
  const nowMs = clock.now();
  const [sessionId, token] = [newUuid(nowMs), newSessionToken()];
  await insertSession(db, {
    id: sessionId,
    accountId: account.id,
    tokenHash: hashToken(token),
    device: browser.device,
    now: new Date(nowMs),
  });
  const devices = addKnownDevice(secrets, browser.devices, addressKeyOf(secrets, account.email), nowMs);
  return { accountId: account.id, sessionId, token, devices };
}

/** What a browser's tries are counted by, and whether it has signed in before. */
function triesOf({ secrets, clock }: SignInDeps, email: string, browser: Browser) {
  const addressKey = addressKeyOf(secrets, email);
  const device = findKnownDevice(secrets, browser.devices, addressKey, clock.now());
  return device === null
    ? { subject: addressKey, isKnown: false }
    : { subject: Buffer.concat([addressKey, device]), isKnown: true };
}

/** What the tables know an address by that may be nobody's. */
export function addressKeyOf(secrets: Secrets, email: string): Buffer {
  return secrets.mac("member-address", Buffer.from(email));
}
