import { createHash, type KeyObject, sign } from "node:crypto";
import { limits } from "@stanchion/contract";
import { errors, jwtVerify } from "jose";
import { apiError } from "../platform/errors/index.ts";
import type { SigningKeys } from "./signing-keys.ts";

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
  const { keyId, privateKey } = keys.current(nowMs);
  const signed = `${part({ alg: "EdDSA", typ: type, kid: keyId })}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}

/** SHA-256 of admission id, colon and fingerprint, in hex. */
export function deviceClaim(admissionId: string, fingerprint: string): string {
  return createHash("sha256").update(`${admissionId}:${fingerprint}`).digest("hex");
}

/**
 * The claims of a token that we signed for this organization. Throws INVALID_TOKEN or TOKEN_EXPIRED.
 * Its issuer is left to others to judge: processes without a public address have one each.
 */
export async function readAdmissionToken(
  keys: SigningKeys,
  token: string,
  { organizationId, nowMs }: { organizationId: string; nowMs: number },
): Promise<AdmissionClaims> {
  // The library takes blanks for nothing.
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) throw apiError("INVALID_TOKEN");
  try {
    const { payload } = await jwtVerify<AdmissionClaims>(token, ({ kid }) => verifierOf(keys, kid), {
      typ: type,
      algorithms: ["EdDSA"],
      audience: organizationId,
      requiredClaims: ["sub", "jti", "dist", "iat", "exp"],
      currentDate: new Date(nowMs),
    });
    if (!isTimedByUs(payload, nowMs)) throw new errors.JWTInvalid("not timed as ours are");
    return payload;
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw apiError("TOKEN_EXPIRED", { cause });
    if (cause instanceof errors.JOSEError) throw apiError("INVALID_TOKEN", { cause });
    throw cause;
  }
}

function verifierOf(keys: SigningKeys, keyId: string | undefined): KeyObject {
  const publicKey = keyId === undefined ? null : keys.verifier(keyId);
  if (publicKey === null) throw new errors.JWKSNoMatchingKey();
  return publicKey;
}

/** Clocks of processes differ by less than a token lives. */
function isTimedByUs({ iat, exp, aud }: AdmissionClaims, nowMs: number): boolean {
  const lifeSeconds = limits.admissionTokenSecondsMax;
  return typeof aud === "string" && exp - iat <= lifeSeconds && iat <= nowMs / 1000 + lifeSeconds;
}

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
