import { abortable } from "./abortable.ts";
import { isCarryCode, isSessionTokens } from "./answers.ts";
import type { Session, SessionStore, StoredSession } from "./session-store.ts";
import { hasCode, noSessionError, StanchionError } from "./stanchion-error.ts";
import { withTabLock } from "./tab-lock.ts";
import type { ApiRequest, Transport } from "./transport.ts";

// The server takes a refresh token twice within 10 s: a lost answer must be noticed and asked for again before.
const refreshTimeoutMsMax = 8_000;
const renewBeforeMs = 10_000;

/** A consumer's call; `read` makes the answer of a success. */
type ConsumerCall<T> = (headers: Readonly<Record<string, string>>) => Promise<T>;

/** `withoutGuest`: the present guest and the guest's places are left behind. */
export interface SignInOptions {
  readonly withoutGuest?: boolean;
  readonly signal?: AbortSignal;
}

/** What another device goes on with the session by. */
export interface CarryCode {
  readonly carryCode: string;
  /** Until when it is good, in ISO 8601. */
  readonly expiresAt: string;
}

/** Sessions: who the consumer is. Reached as `stanchion.auth`. */
export interface Auth {
  /**
   * Gives the stored session while it lives, else starts one as a guest; calls at the same time give the same session.
   * With `fresh` it always starts one, and the places of the old session are lost to this browser.
   *
   * @throws {StanchionError} RATE_LIMITED, ORIGIN_NOT_ALLOWED, KEY_REVOKED and what every call can throw.
   * @example
   * const { consumerId } = await stanchion.auth.guest();
   */
  guest(options?: { readonly fresh?: boolean; readonly signal?: AbortSignal }): Promise<Session>;

  /**
   * The stored session, or null; asks nobody.
   *
   * @example
   * const isKnown = stanchion.auth.session() !== null;
   */
  session(): Session | null;

  /**
   * Exchanges the refresh token for new tokens; the client does so by itself when the access token has expired.
   *
   * @throws {StanchionError} INVALID_TOKEN, TOKEN_REUSED, TOKEN_EXPIRED: the session is over and was dropped.
   * @example
   * await stanchion.auth.refresh();
   */
  refresh(options?: { readonly signal?: AbortSignal }): Promise<Session>;

  /**
   * Sends a code of six digits to an e-mail address; codes sent before are good no more. Tried once: a person waits for it.
   *
   * @throws {StanchionError} RATE_LIMITED, QUOTA_EXCEEDED, MAIL_PROVIDER_FAILED, MAIL_PROVIDER_TIMEOUT, UPSTREAM_UNAVAILABLE,
   * VALIDATION_ERROR.
   * @example
   * await stanchion.auth.requestCode("fan@example.com");
   */
  requestCode(email: string, options?: { readonly signal?: AbortSignal }): Promise<void>;

  /**
   * Signs in with the code of the mail. A guest becomes that person and keeps every place; with `withoutGuest` the guest
   * and the guest's places are left behind.
   *
   * @throws {StanchionError} INVALID_OTP, OTP_EXPIRED, RATE_LIMITED; IDENTITY_TAKEN when the address belongs to somebody
   * else who is known and the guest holds a place.
   * @example
   * const { consumerId } = await stanchion.auth.verifyCode("fan@example.com", "123456");
   */
  verifyCode(email: string, code: string, options?: SignInOptions): Promise<Session>;

  /**
   * Signs in with the code that the shop's server got for the person. A guest becomes that person, as by `verifyCode`.
   *
   * @throws {StanchionError} INVALID_TOKEN where the code was used or is older than a minute; RATE_LIMITED; IDENTITY_TAKEN
   * when somebody has signed in as that person before and the guest holds a place.
   * @example
   * const { consumerId } = await stanchion.auth.exchangeCode(exchangeCode);
   */
  exchangeCode(exchangeCode: string, options?: SignInOptions): Promise<Session>;

  /**
   * Makes the code by which another device goes on with this session and its places, once, within ten minutes; a code made
   * before is good no more. Hand it over in a link's fragment, which no server sees.
   *
   * @throws {StanchionError} AUTHENTICATION_REQUIRED when there is no session; what every call can throw.
   * @example
   * const { carryCode } = await stanchion.auth.carry();
   * const link = `https://shop.example/line#carry=${carryCode}`;
   */
  carry(options?: { readonly signal?: AbortSignal }): Promise<CarryCode>;

  /**
   * Goes on here with what another device has: the places are this device's from now on, and the other one's session is over.
   * The session that was here is left behind with its places: ask before.
   *
   * @throws {StanchionError} INVALID_TOKEN where the code was used, is too old or was replaced; RATE_LIMITED; what every call
   * can throw.
   * @example
   * const { consumerId } = await stanchion.auth.takeOver(carryCode);
   */
  takeOver(carryCode: string, options?: { readonly signal?: AbortSignal }): Promise<Session>;

  /**
   * Ends the session here and on the server; without one it does nothing.
   *
   * @throws {StanchionError} When the server could not be told; here the session is over all the same.
   * @example
   * await stanchion.auth.logout();
   */
  logout(options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** Keeps the one session of a publishable key: makes it, renews it, drops it. */
export class SessionKeeper implements Auth {
  readonly #transport: Transport;
  readonly #store: SessionStore;
  readonly #isShared: boolean;
  readonly #onChange: (isNew: boolean) => void;
  readonly #deviceHeaders: () => Readonly<Record<string, string>>;
  #starting: Promise<StoredSession> | null = null;
  #refreshing: Promise<StoredSession> | null = null;
  /** The latest sign-in by a code, under way or over. */
  #verifying: Promise<StoredSession> | null = null;

  /** `isShared`: other tabs use the same storage. `onChange` hears that a guest was made or the session ended. */
  constructor(
    transport: Transport,
    store: SessionStore,
    isShared: boolean,
    onChange: (isNew: boolean) => void,
    deviceHeaders: () => Readonly<Record<string, string>>,
  ) {
    this.#deviceHeaders = deviceHeaders;
    this.#transport = transport;
    this.#store = store;
    this.#isShared = isShared;
    this.#onChange = onChange;
  }

  async guest(options: { readonly fresh?: boolean; readonly signal?: AbortSignal } = {}): Promise<Session> {
    const stored = options.fresh ? null : this.#liveSession();
    if (stored !== null) return stored.session;
    this.#starting ??= this.#start(options.fresh ?? false).finally(() => {
      this.#starting = null;
    });
    return (await abortable(this.#starting, options.signal)).session;
  }

  session(): Session | null {
    return this.#store.readSession()?.session ?? null;
  }

  async refresh(options: { readonly signal?: AbortSignal } = {}): Promise<Session> {
    const stored = this.#store.readSession();
    if (stored === null) throw noSessionError();
    return (await this.#refresh(stored, options.signal)).session;
  }

  async requestCode(email: string, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options;
    await this.#transport.attempt(authRequest("otp/request", { body: { email }, signal }), async () => {});
  }

  verifyCode(email: string, code: string, options?: SignInOptions): Promise<Session> {
    return this.#signIn("otp/verify", { email, code }, options);
  }

  exchangeCode(exchangeCode: string, options?: SignInOptions): Promise<Session> {
    return this.#signIn("external/exchange", { exchangeCode }, options);
  }

  async carry(options: { readonly signal?: AbortSignal } = {}): Promise<CarryCode> {
    const { signal } = options;
    return this.callAs((credential) => {
      const headers = { ...this.#deviceHeaders(), ...credential };
      return this.#transport.call(authRequest("carry", { headers, signal }), isCarryCode);
    }, signal);
  }

  takeOver(carryCode: string, options: { readonly signal?: AbortSignal } = {}): Promise<Session> {
    const headers = this.#deviceHeaders();
    // Tried again: by the key that it was proved by the server knows whose lost answer it was.
    return this.#take(this.#ask("carry/exchange", { body: { carryCode }, headers, ...options }));
  }

  async #signIn(verb: string, body: unknown, { withoutGuest, signal }: SignInOptions = {}): Promise<Session> {
    // Tried once: a code is good for one answer.
    const call: ConsumerCall<StoredSession> = (headers) =>
      this.#ask(verb, { body, headers, signal, triesMax: 1 });
    const guest = withoutGuest ? null : this.#liveSession();
    return this.#take(guest ? this.callAs(call, signal, true) : call({}));
  }

  async #take(verifying: Promise<StoredSession>): Promise<Session> {
    this.#verifying = verifying;
    const verified = await verifying;
    this.#store.writeSession(verified);
    this.#onChange(false);
    return verified.session;
  }

  async logout(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const stored = this.#store.readSession();
    if (stored === null) return;
    const { signal } = options;
    try {
      await this.callAs((headers) =>
        this.#transport.retry(authRequest("logout", { headers, signal }), async () => {}),
      );
    } catch (error) {
      if (!(error instanceof StanchionError) || error.status !== 401) throw error;
    } finally {
      this.#drop();
    }
  }

  /**
   * Makes a consumer's call: refreshes an expired access token unseen, takes over tokens that another tab has
   * renewed, and drops a session that the server refuses. Never makes a session.
   */
  async callAs<T>(call: ConsumerCall<T>, signal?: AbortSignal, isVerifying?: boolean): Promise<T> {
    let stored = this.#store.readSession();
    if (stored === null) throw noSessionError();
    if (this.#transport.surroundings.now() >= stored.accessExpiresAtMs - renewBeforeMs)
      stored = await this.#refresh(stored, signal);
    try {
      return await call(credentialOf(stored));
    } catch (error) {
      // A guest's tokens end when a code makes the guest a person: the new ones are on their way.
      if (!isVerifying) await this.#verifying?.catch(() => {});
      const next = await this.#nextSession(stored, error, signal);
      return await call(credentialOf(next)).catch((again) => {
        if (isRefused(again)) this.#drop(next);
        throw again;
      });
    }
  }

  /** The session to try once more with after this failure; throws the failure when there is none. */
  async #nextSession(sent: StoredSession, error: unknown, signal?: AbortSignal): Promise<StoredSession> {
    if (isOver(error)) return this.#refresh(sent, signal);
    if (!isRefused(error)) throw error;
    return this.#newerThan(sent, error);
  }

  #refresh(stale: StoredSession, signal: AbortSignal | undefined): Promise<StoredSession> {
    this.#refreshing ??= this.#alone(() => this.#rotate(stale)).finally(() => {
      this.#refreshing = null;
    });
    return abortable(this.#refreshing, signal);
  }

  async #rotate(stale: StoredSession): Promise<StoredSession> {
    // Another tab may have rotated while this one waited: its tokens are the good ones, ours would end the session.
    const stored = this.#store.readSession();
    if (stored === null) throw noSessionError();
    if (stored.accessToken !== stale.accessToken) return stored;
    const { refreshToken } = stored;
    try {
      // Of the access token, which is over, only its kind matters: whether this device must prove its key.
      const renewed = await this.#ask("refresh", {
        body: { refreshToken },
        headers: credentialOf(stored),
        timeoutMs: refreshTimeoutMsMax,
      });
      // A logout, or another consumer, that came meanwhile stays.
      if (this.#store.readSession()?.accessToken === stored.accessToken) this.#store.writeSession(renewed);
      return renewed;
    } catch (error) {
      if (!isRefused(error) && !isOver(error)) throw error;
      return this.#newerThan(stored, error);
    }
  }

  #start(fresh: boolean): Promise<StoredSession> {
    return this.#alone(async () => {
      const before = fresh ? null : this.#liveSession();
      if (before !== null) return before;
      // Repeated without an Idempotency-Key: a guest costs the server no row, and only the last answer is used.
      const made = await this.#ask("guest", {});
      const meanwhile = fresh ? null : this.#liveSession();
      if (meanwhile !== null) return meanwhile;
      this.#store.writeSession(made);
      this.#onChange(true);
      return made;
    });
  }

  #alone<T>(run: () => Promise<T>): Promise<T> {
    return this.#isShared ? withTabLock(this.#store.sessionKey, run) : run();
  }

  #liveSession(): StoredSession | null {
    const stored = this.#store.readSession();
    const isLive = stored !== null && stored.refreshExpiresAtMs > this.#transport.surroundings.now();
    return isLive ? stored : null;
  }

  /** The session that another tab has put in the place of a refused one; where none did, that one ends and the refusal stands. */
  #newerThan(refused: StoredSession, refusal: unknown): StoredSession {
    const stored = this.#store.readSession();
    if (stored !== null && stored.accessToken !== refused.accessToken) return stored;
    this.#drop(refused);
    throw refusal;
  }

  /** Ends the session here; with `refused` only if it is still that one. */
  #drop(refused?: StoredSession): void {
    const stored = this.#store.readSession();
    if (stored === null || (refused !== undefined && stored.accessToken !== refused.accessToken)) return;
    this.#store.clearSession();
    this.#onChange(false);
  }

  /** Asks for tokens, and says until when they are good by the local clock. */
  async #ask(verb: string, more: Partial<ApiRequest>): Promise<StoredSession> {
    const tokens = await this.#transport.call(authRequest(verb, more), isSessionTokens);
    const nowMs = this.#transport.surroundings.now();
    return {
      ...tokens,
      accessExpiresAtMs: nowMs + tokens.expiresIn * 1_000,
      refreshExpiresAtMs: nowMs + tokens.refreshExpiresIn * 1_000,
    };
  }
}

function authRequest(verb: string, more: Partial<ApiRequest>): ApiRequest {
  return { method: "POST", path: `/api/v1/auth/${verb}`, ...more };
}

function credentialOf({
  tokenType = "Bearer",
  accessToken,
}: StoredSession): Readonly<Record<string, string>> {
  return { Authorization: `${tokenType} ${accessToken}` };
}

/** The token's time is over. That of the shop's key is not the visitor's fault: the session, and the place in line, stay. */
function isOver(error: unknown): boolean {
  return hasCode(error, "TOKEN_EXPIRED") && !error.details.credential;
}

/** Was it the session's token? Of another token, or a proof, the details name the field; of a device that has lost its key, the token. */
function isRefused(error: unknown): boolean {
  return hasCode(error, "FP002")
    ? !!error.details.credential
    : hasCode(error, "INVALID_TOKEN", "TOKEN_REUSED") && !error.details.field;
}
