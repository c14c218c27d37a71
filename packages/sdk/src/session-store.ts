import type { Entry, SessionTokens } from "@stanchion/contract";
import { hasTokens, isEntry, parseJson } from "./answers.ts";
import type { SessionStorage } from "./storage.ts";

/** Who the consumer is: what `stanchion.auth.guest()` answers. `expiresAt` is an RFC 3339 time. */
export type Session = SessionTokens["session"];

/** A session with its tokens; the times are the local clock's, in ms since 1970. */
export interface StoredSession {
  readonly session: Session;
  /** `DPoP`: the tokens are bound to a key of this device. Absent in what was stored before there was one. */
  readonly tokenType?: SessionTokens["tokenType"];
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly accessExpiresAtMs: number;
  readonly refreshExpiresAtMs: number;
}

/** A place in line, with its receipt and its drawn rank, and the first position that was seen for it. */
export interface StoredEntry {
  readonly entry: Entry;
  readonly firstPosition: number | null;
}

/** Keeps one session per publishable key and one entry per queue, so that a reload and a second tab go on with them. */
export class SessionStore {
  readonly sessionKey: string;
  readonly #storage: SessionStorage;
  readonly #entryKeyPrefix: string;

  constructor(storage: SessionStorage, publishableKey: string) {
    this.#storage = storage;
    this.sessionKey = `stanchion:session:${publishableKey}`;
    this.#entryKeyPrefix = `stanchion:entry:${publishableKey}:`;
  }

  entryKey(queueId: string): string {
    return this.#entryKeyPrefix + queueId;
  }

  readSession(): StoredSession | null {
    const stored = this.#readJson(this.sessionKey);
    return hasTokens<StoredSession>(stored) ? stored : null;
  }

  writeSession(session: StoredSession): void {
    this.#storage.setItem(this.sessionKey, JSON.stringify(session));
  }

  clearSession(): void {
    this.#storage.removeItem(this.sessionKey);
  }

  /** The entry in this queue of the consumer who is signed in now; another consumer's is not shown. */
  readEntry(queueId: string): StoredEntry | null {
    const stored = this.#readJson(this.entryKey(queueId));
    if (!isStoredEntry(stored)) return null;
    return stored.entry.consumerId === this.readSession()?.session.consumerId ? stored : null;
  }

  /** Answers what is kept: with the receipt, and the rank that was drawn, where this answer does not tell them again. */
  writeEntry(told: Entry): Entry {
    const before = this.readEntry(told.queueId);
    const same = before?.entry.entryId === told.entryId ? before : null;
    const rank = told.rank ?? same?.entry.rank ?? null;
    const entry = { ...told, rank, receipt: told.receipt ?? same?.entry.receipt ?? null };
    const firstPosition = same?.firstPosition ?? entry.position;
    this.#storage.setItem(this.entryKey(entry.queueId), JSON.stringify({ entry, firstPosition }));
    return entry;
  }

  clearEntry(queueId: string): void {
    this.#storage.removeItem(this.entryKey(queueId));
  }

  #readJson(key: string): unknown {
    return parseJson(this.#storage.getItem(key) ?? "");
  }
}

function isStoredEntry(value: unknown): value is StoredEntry {
  return isEntry(Object(value).entry);
}
