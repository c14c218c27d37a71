import type { Entry, SessionTokens } from "@stanchion/contract";
import { hasTokens, isEntry, parseJson } from "./answers.ts";
import type { AnyEntry } from "./place.ts";
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

/** An entry with its receipt; one in a line with its drawn rank, and the first position that was seen for it. */
export interface StoredEntry<E extends AnyEntry> {
  readonly entry: E;
  readonly firstPosition?: number | null;
}

/** Keeps one session per publishable key and one entry per queue or draw, so that a reload and a second tab go on with them. */
export class SessionStore {
  /** The publishable key that everything is kept by. */
  readonly name: string;
  readonly sessionKey: string;
  readonly #storage: SessionStorage;

  constructor(storage: SessionStorage, publishableKey: string) {
    this.#storage = storage;
    this.name = publishableKey;
    this.sessionKey = `stanchion:session:${publishableKey}`;
  }

  /** By the first of these publishable keys that a session is kept by; by the first of all where none is. */
  static find(storage: SessionStorage, publishableKeys: readonly [string, ...string[]]): SessionStore {
    const stores = publishableKeys.map((key) => new SessionStore(storage, key));
    return stores.find((store) => store.readSession()) ?? (stores[0] as SessionStore);
  }

  /** @param id of the queue or the draw; no two things have the same */
  entryKey(id: string): string {
    return `stanchion:entry:${this.name}:${id}`;
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

  /** The entry in this queue or draw of the consumer who is signed in now; another consumer's is not shown. */
  readEntry<E extends AnyEntry>(id: string): StoredEntry<E> | null {
    const stored = this.#readJson(this.entryKey(id));
    if (!isStoredEntry<E>(stored)) return null;
    return stored.entry.consumerId === this.readSession()?.session.consumerId ? stored : null;
  }

  /** Answers what is kept: with the receipt, and the rank that was drawn, where this answer does not tell them again. */
  writeEntry<E extends AnyEntry>(id: string, told: E): E {
    const before = this.readEntry<E & Kept>(id);
    const same = before?.entry.entryId === told.entryId ? before : null;
    const { receipt, rank, position }: Kept = told;
    const entry = { ...told, receipt: receipt ?? same?.entry.receipt ?? null };
    if (rank === null) Object.assign(entry, { rank: same?.entry.rank ?? null });
    const firstPosition = same?.firstPosition ?? position;
    this.#storage.setItem(this.entryKey(id), JSON.stringify({ entry, firstPosition }));
    return entry;
  }

  clearEntry(id: string): void {
    this.#storage.removeItem(this.entryKey(id));
  }

  #readJson(key: string): unknown {
    return parseJson(this.#storage.getItem(key) ?? "");
  }
}

/** What is kept of an entry beyond one answer; ranks and positions are of lines only. */
type Kept = { readonly receipt?: unknown } & Partial<Pick<Entry, "rank" | "position">>;

function isStoredEntry<E extends AnyEntry>(value: unknown): value is StoredEntry<E> {
  return isEntry<E>(Object(value).entry);
}
