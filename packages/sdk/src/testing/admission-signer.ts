import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** A server's key for admission tokens, in a test. */
export interface AdmissionSigner {
  readonly jwk: JWK;
  /** A token with these claims, made at this time and good for a minute. */
  sign(claims: Record<string, unknown>, atMs: number, header?: Record<string, unknown>): Promise<string>;
}

export async function newAdmissionSigner(kid: string): Promise<AdmissionSigner> {
  const { privateKey, publicKey } = await generateKeyPair("EdDSA", { extractable: true });
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, use: "sig", alg: "EdDSA" },
    sign(claims, atMs, header = {}) {
      const iat = Math.floor(atMs / 1_000);
      return new SignJWT({ iat, exp: iat + 60, ...claims })
        .setProtectedHeader({ alg: "EdDSA", typ: "admission+jwt", kid, ...header })
        .sign(privateKey);
    },
  };
}
