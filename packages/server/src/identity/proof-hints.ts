import { limits } from "@stanchion/contract";
import type { ProofFault } from "./device-proof.ts";

/** Why a bound token is not taken as its own device's, as `details.reason` of FP002 tells. */
export type DeviceReason = "no_proof" | "other_key" | "sent_as_bearer";

/** What to do about a bound token that came without a proof of its key. */
export const deviceHints: Readonly<Record<DeviceReason, string>> = {
  sent_as_bearer:
    "The token is bound to a device's key: send it as Authorization: DPoP <token>, not as Bearer, with a proof in the header DPoP.",
  no_proof: "The token is bound to a device's key: send a proof by that key in the header DPoP.",
  other_key:
    "The proof is by another key than the token is bound to: go on with the device that began, or start a session on this one.",
};

/** What to do about a proof that is refused. */
export const proofHints: Readonly<Record<ProofFault, string>> = {
  malformed: `The proof in the header DPoP is no whole one: send exactly one compact JWT of at most ${limits.proofCharactersMax} characters, with htm, htu, jti and iat in it.`,
  typ: "The proof in the header DPoP must have the type dpop+jwt in its header.",
  alg: "The proof in the header DPoP must be signed by ES256, or by EdDSA with Ed25519.",
  jwk: "The proof's header must hold the public key as jwk: P-256 for ES256, Ed25519 for EdDSA, and nothing private.",
  signature: "The proof in the header DPoP is not signed by the key that its jwk holds.",
  htm: "The proof in the header DPoP is for another method: its htm must be the method of this request.",
  htu: "The proof in the header DPoP is for another address: its htu must be this request's address as this server is known by, without query.",
  ath: "The proof in the header DPoP is for another token: its ath must be the base64url of the SHA-256 of the access token that is sent.",
  nonce:
    "Sign a new proof with the nonce of this answer's header DPoP-Nonce, and send the request again, once.",
  replayed:
    "The proof in the header DPoP was used before: sign a new one for each write, with a jti of its own.",
};
