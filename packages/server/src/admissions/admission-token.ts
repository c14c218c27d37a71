import { createHash, sign, verify } from "node:crypto";
import { limits } from "@stanchion/contract";
import { apiError } from "../platform/errors/index.ts";
import type { SigningKeys } from "../platform/signing-keys/index.ts";

/** What an admission token says. Ids as on the wire; times in seconds since 1970. */
export interface AdmissionClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly jti: string;
  readonly dist: string;
  readonly iat: number;
  readonly exp: number;
  readonly dev?: string;
}

export interface AdmissionGrant {
  readonly issuer: string;
  readonly organizationId: string;
  readonly consumerId: string;
  readonly admissionId: string;
  readonly distributionId: string;
  readonly expiresAtMs: number;
  /** The fingerprint that the holder presented, when it is the one of the entry. */
  readonly fingerprint: string | null;
}

const type = "admission+jwt";

/** A signed token, good for a minute at most and never past the admission's end. */
export function issueAdmissionToken(keys: SigningKeys, grant: AdmissionGrant, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000);
  const claims: AdmissionClaims = {
    iss: grant.issuer,
    aud: grant.organizationId,
    sub: grant.consumerId,
    jti: grant.admissionId,
    dist: grant.distributionId,
    iat,
    exp: Math.min(iat + limits.admissionTokenSecondsMax, Math.floor(grant.expiresAtMs / 1000)),
    ...(grant.fingerprint === null ? {} : { dev: deviceClaim(grant.admissionId, grant.fingerprint) }),
  };
  const { keyId, privateKey } = keys.admission.current(nowMs);
  const signed = `${part({ alg: "EdDSA", typ: type, kid: keyId })}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}

/** SHA-256 of admission id, colon and fingerprint, in hex. */
export function deviceClaim(admissionId: string, fingerprint: string): string {
  return createHash("sha256").update(`${admissionId}:${fingerprint}`).digest("hex");
}

/** The claims of a token that we signed. Throws INVALID_TOKEN or TOKEN_EXPIRED. */
export function readAdmissionToken(keys: SigningKeys, token: string, nowMs: number): AdmissionClaims {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".");
  const { alg, typ, kid } = json(header) ?? {};
  const publicKey = typeof kid === "string" ? keys.admission.verifier(kid) : null;
  if (rest.length > 0 || alg !== "EdDSA" || typ !== type || publicKey === null)
    throw apiError("INVALID_TOKEN");
  if (!verify(null, Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, "base64url")))
    throw apiError("INVALID_TOKEN");
  const claims = json(payload) as unknown as AdmissionClaims;
  if (claims.exp * 1000 <= nowMs) throw apiError("TOKEN_EXPIRED");
  return claims;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function json(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
