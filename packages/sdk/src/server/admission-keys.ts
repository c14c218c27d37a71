import { ServerClock } from "../server-clock.ts";
import { type Surroundings, surroundingsOf } from "../surroundings.ts";
import { Transport } from "../transport.ts";

/** How long keys are believed before they are asked for again; the server lets them be kept as long. */
const freshMs = 300_000;
/** After an answer, no unknown key makes us ask again for so long: who makes up key ids must not make us call. */
const unknownKeyPauseMs = 30_000;
/** After a failure with keys at hand, which stay good meanwhile. */
const failedPauseMs = 30_000;
/** After a failure without any key: nobody can be let in, so it is asked for soon. */
const emptyPauseMs = 2_000;
const timeoutMs = 3_000;

/** The public keys of one server by their `kid`, read when they are needed and kept while it is away. */
export class AdmissionKeys {
  readonly #transport: Transport;
  readonly #now: () => number;
  #keys: ReadonlyMap<string, CryptoKey> = new Map();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #nextReadAtMs = Number.NEGATIVE_INFINITY;
  #failure: unknown = null;
  #pending: Promise<void> | null = null;

  constructor(url: string, surroundings: Surroundings) {
    const settings = { baseUrl: url.replace(/\/+$/, ""), credential: {}, headers: {}, timeoutMs };
    this.#transport = new Transport(settings, surroundings, new ServerClock(surroundings.now));
    this.#now = surroundings.now;
  }

  /**
   * The key of this id, or null where the server has none.
   *
   * @throws {StanchionError} NETWORK_ERROR, TIMEOUT and INVALID_RESPONSE while no key was ever read.
   */
  async find(keyId: string): Promise<CryptoKey | null> {
    const isFresh = this.#now() - this.#readAtMs < freshMs;
    if (!isFresh || !this.#keys.has(keyId)) await this.#read();
    if (this.#failure !== null && this.#keys.size === 0) throw this.#failure;
    return this.#keys.get(keyId) ?? null;
  }

  #read(): Promise<void> {
    // There what one request waits for must not be waited for by another.
    if (this.#pending !== null && !isInCloudflareWorker()) return this.#pending;
    if (this.#now() < this.#nextReadAtMs) return Promise.resolve();
    const pending = this.#ask().finally(() => {
      if (this.#pending === pending) this.#pending = null;
    });
    this.#pending = pending;
    return pending;
  }

  async #ask(): Promise<void> {
    try {
      const request = { path: "/.well-known/jwks.json", isPublic: true, triesMax: 1 } as const;
      this.#keys = await importKeys((await this.#transport.call(request, isKeySet)).keys);
      this.#readAtMs = this.#now();
      this.#nextReadAtMs = this.#readAtMs + unknownKeyPauseMs;
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
      this.#nextReadAtMs = this.#now() + (this.#keys.size === 0 ? emptyPauseMs : failedPauseMs);
    }
  }
}

const keysByFetch = new WeakMap<typeof fetch, Map<string, AdmissionKeys>>();

/** The keys of the server at this address: the same for all who ask here. */
export function admissionKeysAt(url: string, given: Partial<Surroundings>): AdmissionKeys {
  const reachedBy = given.fetch ?? globalThis.fetch;
  const byUrl = keysByFetch.get(reachedBy) ?? new Map<string, AdmissionKeys>();
  keysByFetch.set(reachedBy, byUrl);
  const keys = byUrl.get(url) ?? new AdmissionKeys(url, surroundingsOf(given));
  byUrl.set(url, keys);
  return keys;
}

interface KeySet {
  readonly keys: readonly unknown[];
}

function isKeySet(body: unknown): body is KeySet {
  return Array.isArray(Object(body).keys);
}

async function importKeys(jwks: readonly unknown[]): Promise<ReadonlyMap<string, CryptoKey>> {
  const imported = await Promise.all(
    jwks.map(async (jwk): Promise<readonly (readonly [string, CryptoKey])[]> => {
      const { kty, crv, x, kid } = Object(jwk) as Record<string, unknown>;
      if (kty !== "OKP" || crv !== "Ed25519" || typeof x !== "string" || typeof kid !== "string") return [];
      // Of the members no more than what makes the key: runtimes differ in the names of its `alg`.
      const key = await crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, [
        "verify",
      ]);
      return [[kid, key]];
    }),
  );
  return new Map(imported.flat());
}

function isInCloudflareWorker(): boolean {
  return globalThis.navigator?.userAgent === "Cloudflare-Workers";
}
