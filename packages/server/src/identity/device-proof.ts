import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { limits } from "@stanchion/contract";

/** A proof (RFC 9449) as it was read: everything in it is well formed, and its signature has not been looked at. */
export interface DeviceProof {
  /** Of the key inside it (RFC 7638), 32 bytes. */
  readonly thumbprint: Buffer;
  readonly method: string;
  readonly url: string;
  readonly id: string;
  readonly issuedAtSeconds: number;
  readonly nonce: string | null;
  readonly accessTokenHash: string | null;
  /** Is it signed by the key inside it? The dear part; a third of it is reading the key, where that is not known from before. */
  isSigned(known: KnownKeys): boolean;
}

/** Keys that have signed before, by what their thumbprints are taken of. */
export interface KnownKeys {
  get(canonical: string): KeyObject | undefined;
  set(canonical: string, key: KeyObject): void;
}

/** Why a proof is refused, as `details.reason` tells. */
export type ProofFault =
  | "malformed"
  | "typ"
  | "alg"
  | "jwk"
  | "signature"
  | "htm"
  | "htu"
  | "ath"
  | "nonce"
  | "replayed";

// Signatures of other algorithms have other lengths: such a proof is told its algorithm, so the length comes later.
const compactForm = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)$/;
const coordinate = /^[A-Za-z0-9_-]{43}$/;
// Both signatures are 64 bytes.
const signatureCharacters = 86;

/** Reads a proof, or says why it is none. */
export function readDeviceProof(text: string): DeviceProof | ProofFault {
  if (text.length > limits.proofCharactersMax) return "malformed";
  const [, head = "", body = "", signature = ""] = compactForm.exec(text) ?? [];
  const header = readObject(head);
  const claims = readObject(body);
  if (header === null || claims === null) return "malformed";
  if (header.typ !== "dpop+jwt") return "typ";
  // `crit` names extensions that must be understood, and none is.
  if (header.crit !== undefined) return "malformed";
  const key = readKey(header.alg, header.jwk);
  if (typeof key === "string") return key;
  const { htm, htu, jti, iat, nonce, ath } = claims;
  const isWhole =
    isText(htm) &&
    isText(htu) &&
    isText(jti) &&
    typeof iat === "number" &&
    (nonce === undefined || isText(nonce)) &&
    (ath === undefined || isText(ath));
  if (!isWhole) return "malformed";
  if (signature.length !== signatureCharacters) return "malformed";
  return {
    thumbprint: Buffer.from(hash("sha256", key.canonical, "base64url"), "base64url"),
    method: htm,
    url: htu,
    id: jti,
    issuedAtSeconds: iat,
    nonce: nonce ?? null,
    accessTokenHash: ath ?? null,
    isSigned: (known) =>
      isSignedBy(key, known, Buffer.from(`${head}.${body}`), Buffer.from(signature, "base64url")),
  };
}

interface ProofKey {
  readonly jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y?: string };
  /** What the thumbprint is taken of. */
  readonly canonical: string;
  /** Null: the algorithm has its own. */
  readonly digest: "sha256" | null;
}

const knownAlgorithms: readonly unknown[] = ["ES256", "EdDSA", "Ed25519"];

function readKey(alg: unknown, given: unknown): ProofKey | "alg" | "jwk" {
  if (!knownAlgorithms.includes(alg)) return "alg";
  const { kty, crv, x, y, d, k } = Object(given) as Record<string, unknown>;
  if (d !== undefined || k !== undefined || typeof x !== "string" || !coordinate.test(x)) return "jwk";
  if (alg !== "ES256") {
    if (kty !== "OKP" || crv !== "Ed25519") return "jwk";
    return { jwk: { kty, crv, x }, canonical: `{"crv":"Ed25519","kty":"OKP","x":"${x}"}`, digest: null };
  }
  const isPoint = kty === "EC" && crv === "P-256" && typeof y === "string" && coordinate.test(y);
  if (!isPoint) return "jwk";
  return {
    jwk: { kty, crv, x, y },
    canonical: `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`,
    digest: "sha256",
  };
}

function isSignedBy(
  { jwk, canonical, digest }: ProofKey,
  known: KnownKeys,
  signed: Buffer,
  signature: Buffer,
): boolean {
  let key = known.get(canonical);
  try {
    key ??= createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    // No point of the curve: nobody can have signed with it.
    return false;
  }
  const isGood = verify(digest, signed, { key, dsaEncoding: "ieee-p1363" }, signature);
  if (isGood) known.set(canonical, key);
  return isGood;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function readObject(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
