import { limits } from "@stanchion/contract";
import { bytesOf, toBase64Url } from "../server/encodings.ts";

/** What an admission token is made of. */
export interface AdmissionGrant {
  readonly issuer: string;
  readonly organizationId: string;
  readonly consumerId: string;
  readonly admissionId: string;
  readonly distributionId: string;
  readonly expiresAtMs: number;
}

/** Signs admission tokens with a key of this fake alone, which its JWKS shows. */
export class FakeSigner {
  readonly #keyId: string;
  #pair: Promise<CryptoKeyPair> | null = null;

  constructor(keyId: string) {
    this.#keyId = keyId;
  }

  /** A token that is good for a minute, and never past the admission's end. */
  async sign(grant: AdmissionGrant, nowMs: number): Promise<string> {
    const iat = Math.floor(nowMs / 1_000);
    const head = part({ alg: "EdDSA", typ: "admission+jwt", kid: this.#keyId });
    const claims = part({
      iss: grant.issuer,
      aud: grant.organizationId,
      sub: grant.consumerId,
      jti: grant.admissionId,
      dist: grant.distributionId,
      iat,
      exp: Math.min(iat + limits.admissionTokenSecondsMax, Math.floor(grant.expiresAtMs / 1_000)),
    });
    const { privateKey } = await this.#keys();
    const signature = await crypto.subtle.sign({ name: "Ed25519" }, privateKey, bytesOf(`${head}.${claims}`));
    return `${head}.${claims}.${toBase64Url(new Uint8Array(signature))}`;
  }

  /** Has this key signed the token? */
  async isOwn(token: string): Promise<boolean> {
    const [head = "", claims = "", signature = "", ...rest] = token.split(".");
    const signed = Uint8Array.from(decoded(signature) ?? "", (one) => one.charCodeAt(0));
    if (rest.length > 0 || signed.length === 0) return false;
    const { publicKey } = await this.#keys();
    return crypto.subtle.verify({ name: "Ed25519" }, publicKey, signed, bytesOf(`${head}.${claims}`));
  }

  async jwks(): Promise<{ keys: Record<string, unknown>[] }> {
    const { publicKey } = await this.#keys();
    const { kty, crv, x } = await crypto.subtle.exportKey("jwk", publicKey);
    return { keys: [{ kty, crv, x, kid: this.#keyId, use: "sig", alg: "EdDSA" }] };
  }

  #keys(): Promise<CryptoKeyPair> {
    this.#pair ??= crypto.subtle.generateKey({ name: "Ed25519" }, true, [
      "sign",
      "verify",
    ]) as Promise<CryptoKeyPair>;
    return this.#pair;
  }
}

/** What an own token says. */
export function readClaims(token: string): { jti: string; dist: string; exp: number } {
  return JSON.parse(decoded(token.split(".")[1] ?? "") ?? "{}");
}

function part(value: object): string {
  return toBase64Url(bytesOf(JSON.stringify(value)));
}

function decoded(text: string): string | null {
  try {
    return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return null;
  }
}
