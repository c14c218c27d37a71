import { limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { canonicalEmail } from "../identity/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type AccountRow, findAccountByEmail } from "./account-store.ts";
import { addKnownDevice, findKnownDevice } from "./known-devices.ts";
import { insertSession } from "./member-session-store.ts";
import { hashToken, newSessionToken } from "./member-sessions.ts";
import type { Passwords } from "./passwords.ts";
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
  const subject = triesSubject(deps, email, given.browser);
  const { tries, secondsLeft } = await countSignInTry(db, subject);
  if (tries > limits.failedPasswordsMax) throw tooManyTries(secondsLeft);
  const account = await findAccountByEmail(db, email);
  const isRight = await deps.passwords.isRight(given.password, account?.passwordHash ?? null);
  if (account === undefined || !isRight) throw apiError("INVALID_CREDENTIALS");
  return { account, forgive: () => forgiveSignInTry(db, subject) };
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

function triesSubject({ secrets, clock }: SignInDeps, email: string, browser: Browser): Buffer {
  const addressKey = addressKeyOf(secrets, email);
  const device = findKnownDevice(secrets, browser.devices, addressKey, clock.now());
  return device === null ? addressKey : Buffer.concat([addressKey, device]);
}

function addressKeyOf(secrets: Secrets, email: string): Buffer {
  return secrets.mac("member-address", Buffer.from(email));
}

function tooManyTries(secondsLeft: number): ApiError {
  const retryAfter = Math.max(1, secondsLeft);
  return apiError("RATE_LIMITED", {
    retryAfterSeconds: retryAfter,
    details: {
      retryAfter,
      class: "authentication",
      limit: limits.failedPasswordsMax,
      hint: "Too many wrong passwords for this address. Use a browser that has signed in before, or reset the password by mail.",
    },
  });
}
