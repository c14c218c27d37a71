import type { ServerClock } from "./server-clock.ts";
import type { PlainFetch } from "./surroundings.ts";

type PlainInit = Parameters<PlainFetch>[1];

// The key of this device: tokens that are bound to it are worth nothing without it, and no script can copy it. Loaded by itself
// when a session starts, so that it costs nobody a byte before.
const databaseName = "stanchion";
const storeName = "keys";
const storeMsMax = 3_000;
const sessionStart = /\/auth\/(guest|otp\/verify|(external|carry)\/exchange)$/;
const ecdsa = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** The newest nonce of each server. */
const nonces = new Map<string, string>();
/** Proofs of reads, which are good as long as the nonce is: an old phone need not sign each time. */
const proofs = new Map<string, string>();

/**
 * Calls, and proves that this device holds its key by the header DPoP (RFC 9449). Where there is no WebCrypto or no IndexedDB it
 * is a plain call, and sessions are bound to nothing.
 *
 * @param name under which the key is kept: the publishable key that the session is kept by
 * @param clock the server's time as far as it is known
 */
export async function fetchAsDevice(
  name: string,
  fetch: PlainFetch,
  clock: ServerClock,
  url: string,
  init: PlainInit,
): Promise<Response> {
  const [scheme, token = ""] = (init.headers.Authorization ?? "").split(" ");
  const isBound = scheme === "DPoP";
  const isStart = !isBound && sessionStart.test(url);
  const key = await (isBound ? findKey(name) : isStart ? makeKey(name).catch(() => undefined) : undefined);
  // Without its key a bound token is refused, which the caller is told.
  if (key === undefined) return fetch(url, init);
  const send = (): Promise<Response> => sendProved(fetch, clock, key, url, init, isBound ? token : "");
  const response = await send();
  const challenge = response.status === 401 ? response.headers.get("www-authenticate") : null;
  // An old nonce, or a wrong clock: with the nonce that was told, once more.
  if (challenge?.includes("use_dpop_nonce")) return send();
  // A proof that this server cannot judge, as where it does not know its own address: a session that is bound to nothing.
  return isStart && challenge?.startsWith("DPoP") ? fetch(url, init) : response;
}

async function sendProved(
  fetch: PlainFetch,
  clock: ServerClock,
  key: CryptoKeyPair,
  given: string,
  init: PlainInit,
  token: string,
): Promise<Response> {
  const { method = "GET" } = init;
  const { origin, pathname } = new URL(given, globalThis.location?.href);
  const url = origin + pathname;
  const name = `${method} ${url} ${token}`;
  const claims = { htm: method, htu: url, iat: Math.floor(clock.now() / 1_000), nonce: nonces.get(origin) };
  const proof = proofs.get(name) ?? (await proofOf(key, claims, token));
  if (method === "GET") proofs.set(name, proof);
  const response = await fetch(given, { ...init, headers: { ...init.headers, DPoP: proof } });
  const nonce = response.headers.get("dpop-nonce");
  if (nonce !== null) {
    nonces.set(origin, nonce);
    proofs.clear();
  }
  return response;
}

async function proofOf(key: CryptoKeyPair, claims: object, token: string): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", key.publicKey);
  const head = { typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } };
  const ath = token === "" ? undefined : base64url(await crypto.subtle.digest("SHA-256", utf8(token)));
  const body = { ...claims, jti: crypto.randomUUID(), ath };
  const signed = [head, body].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
  return `${signed}.${base64url(await crypto.subtle.sign(ecdsa, key.privateKey, utf8(signed)))}`;
}

/** The key that is kept; undefined where there is none. Throws where that cannot be known now. */
async function findKey(name: string): Promise<CryptoKeyPair | undefined> {
  return inStore("readonly", (store) => store.get(name));
}

/** The key that is kept, else a new one. Throws where none can be kept. */
async function makeKey(name: string): Promise<CryptoKeyPair | undefined> {
  const kept = await findKey(name);
  if (kept) return kept;
  const made = await crypto.subtle.generateKey(ecdsa, false, ["sign"]);
  // Of two tabs that start together the first one's stays.
  await inStore("readwrite", (store) => store.add(made, name)).catch(() => {});
  return findKey(name);
}

function inStore<T>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // Some browsers have opened databases that never answered.
    setTimeout(reject, storeMsMax);
    const opening = indexedDB.open(databaseName, 1);
    opening.onupgradeneeded = () => void opening.result.createObjectStore(storeName);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(storeName, mode);
      const request = run(transaction.objectStore(storeName));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      // Waits for the transaction.
      database.close();
    };
  });
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function base64url(bytes: ArrayBuffer | Uint8Array): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
