import { bytesOf, fromBase64, objectFromBase64, toBase64Url } from "../server/encodings.ts";

const secretCharactersMin = 32;
const maxAgeSecondsMax = 34_560_000;

/** How the shop's cookie is written and signed. */
export interface CheckoutCookie {
  /** At least 32 characters that only the shop's servers know; several while one is changed for another: the first signs. */
  readonly secret: string | readonly string[];
  /** By default `__Host-stanchion_` and the id of the queue or draw, without the prefix where it is not secure. */
  readonly name?: string | undefined;
  /** Over https alone; true by default. False is for trying things over http. */
  readonly isSecure?: boolean | undefined;
}

/** What the shop's cookie holds of one fan: where they wanted to go, or that they are admitted. */
export interface CookieState {
  /** The path with its query that the fan is to come back to. */
  readonly back?: string;
  readonly session?: CookieSession;
}

export interface CookieSession {
  readonly admissionId: string;
  readonly consumerId: string;
  /** When the token was made by which the fan came in. */
  readonly sinceMs: number;
  readonly endsAtMs: number;
}

/** Writes and reads the cookie, which is signed with HMAC-SHA-256 together with its name, so that it is good as no other. */
export class SignedState {
  readonly name: string;
  readonly #isSecure: boolean;
  readonly #secrets: readonly string[];
  #keys: Promise<readonly CryptoKey[]> | null = null;

  constructor({ secret, name, isSecure = true }: CheckoutCookie, distributionId: string) {
    this.#secrets = [secret].flat();
    const isTooShort = this.#secrets.some((one) => String(one).length < secretCharactersMin);
    if (this.#secrets.length === 0 || isTooShort)
      throw new TypeError(`cookie.secret must have at least ${secretCharactersMin} characters.`);
    this.name = name ?? `${isSecure ? "__Host-" : ""}stanchion_${distributionId}`;
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(this.name))
      throw new TypeError("cookie.name has a character that no cookie's name may have.");
    this.#isSecure = isSecure;
  }

  /** The value of a Set-Cookie header. */
  async write(state: CookieState, maxAgeSeconds: number): Promise<string> {
    const payload = toBase64Url(bytesOf(JSON.stringify(state)));
    const [key] = await this.#importedKeys();
    if (key === undefined) throw new Error("there is no key");
    const mac = await crypto.subtle.sign("HMAC", key, bytesOf(`${this.name}.${payload}`));
    return this.#cookie(`${payload}.${toBase64Url(new Uint8Array(mac))}`, maxAgeSeconds);
  }

  /** The value of a Set-Cookie header that takes the cookie away. */
  clear(): string {
    return this.#cookie("", 0);
  }

  /** What a Cookie header holds of this; empty where it holds nothing that we have signed. */
  async read(header: string | null): Promise<CookieState> {
    const begin = `${this.name}=`;
    const values = (header ?? "")
      .split(";")
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(begin))
      .map((pair) => pair.slice(begin.length));
    for (const value of values) {
      const state = await this.#open(value);
      if (state !== null) return state;
    }
    return {};
  }

  async #open(value: string): Promise<CookieState | null> {
    const [payload = "", mac = "", ...rest] = value.split(".");
    const macBytes = fromBase64(mac);
    if (macBytes === null || rest.length > 0) return null;
    const signed = bytesOf(`${this.name}.${payload}`);
    for (const key of await this.#importedKeys())
      if (await crypto.subtle.verify("HMAC", key, macBytes, signed)) return objectFromBase64(payload);
    return null;
  }

  #cookie(value: string, maxAgeSeconds: number): string {
    const seconds = Math.min(Math.max(0, Math.ceil(maxAgeSeconds)), maxAgeSecondsMax);
    const secure = this.#isSecure ? "; Secure" : "";
    return `${this.name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
  }

  #importedKeys(): Promise<readonly CryptoKey[]> {
    this.#keys ??= Promise.all(
      this.#secrets.map((secret) =>
        crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-256" }, false, [
          "sign",
          "verify",
        ]),
      ),
    );
    return this.#keys;
  }
}
