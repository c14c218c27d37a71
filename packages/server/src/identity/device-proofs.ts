import { hash, type KeyObject, timingSafeEqual } from "node:crypto";
import { limits } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import type { Clock } from "../platform/clock.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { OperationCall } from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type DeviceProof, type ProofFault, readDeviceProof } from "./device-proof.ts";
import { isAddressOf } from "./proof-address.ts";
import { type DeviceReason, deviceHints, proofHints } from "./proof-hints.ts";
import { ProofNonces } from "./proof-nonces.ts";
import { RecentValues } from "./recent-values.ts";

/**
 * What is left to judge of a proof when the call was counted: its signature, which is dear, and whether it is fresh. Null: nothing.
 * The call is its consumer's and no failed credential: a thousand phones behind one address may wake up with old nonces at once.
 */
export type RestOfProof = (() => ApiError | null) | null;

/** What a proof must go with. */
export interface ProofNeeded {
  readonly credential: "accessToken" | "refreshToken";
  readonly deviceKey: Uint8Array;
  /** The access token that was presented, whose hash the proof must carry; null: none was. */
  readonly accessToken: string | null;
}

export interface DeviceProofs {
  /**
   * The key that the session which the call starts is bound to: that of the present session, else the one of the proof that came
   * along; null where none did. Throws INVALID_TOKEN where the proof is none.
   */
  keyForSession(call: Pick<OperationCall, "actor" | "request">): Uint8Array | null;
  /**
   * Holds a request that presents a bound token against its proof. Throws FP002 where it has none by that key, INVALID_TOKEN where
   * the proof is none, or of another call.
   */
  require(request: FastifyRequest, needed: ProofNeeded): RestOfProof;
  /** Has the answer tell the nonce for the proofs to come. */
  offerNonce(request: FastifyRequest): void;
}

const verifiedMax = 65_536;
const usedMax = 131_072;
const keysMax = 2_048;
const proofMs = limits.proofNonceSeconds * 1_000;
const renewMs = limits.proofNonceRenewSeconds * 1_000;

export function createDeviceProofs(deps: {
  secrets: Secrets;
  clock: Clock;
  publicUrl: () => string | null;
}): DeviceProofs {
  const nonces = new ProofNonces(deps.secrets);
  // Proofs of reads, by what they were good for: the same one may come again, and costs a hash.
  const verified = new RecentValues<number>(verifiedMax);
  // Proofs of writes, each good once. Both until a time, in ms since 1970.
  const used = new RecentValues<number>(usedMax);
  // Whoever has just started a session enters next.
  const keys = new RecentValues<KeyObject>(keysMax);

  const offerNonce = (request: FastifyRequest): void => {
    request.call.proofNonce = nonces.at(deps.clock.now());
  };

  const refused = (request: FastifyRequest, reason: ProofFault): ApiError => {
    offerNonce(request);
    const error = reason === "nonce" ? "use_dpop_nonce" : "invalid_dpop_proof";
    return apiError("INVALID_TOKEN", {
      // The field says that it is the proof, so that a client does not give up the session for it.
      details: { field: "DPoP", reason, hint: proofHints[reason] },
      challenge: `DPoP realm="stanchion", algs="ES256 EdDSA", error="${error}", error_description="${reason}"`,
    });
  };

  const freshUntilMs = ({ nonce, issuedAtSeconds }: DeviceProof, nowMs: number): number | null => {
    // Under a nonce the client's clock counts for nothing.
    if (nonce !== null) {
      const endsAtMs = nonces.endsAtMs(nonce);
      return endsAtMs !== null && endsAtMs > nowMs ? endsAtMs : null;
    }
    const issuedAtMs = issuedAtSeconds * 1_000;
    return Math.abs(nowMs - issuedAtMs) <= proofMs ? issuedAtMs + proofMs : null;
  };

  /** The proof in a text, where it is one of this very call. */
  const readFor = (request: FastifyRequest, text: string, needed: ProofNeeded | null): DeviceProof => {
    const proof = readDeviceProof(text);
    if (typeof proof === "string") throw refused(request, proof);
    if (needed !== null && !timingSafeEqual(proof.thumbprint, needed.deviceKey))
      throw otherDevice(needed, "other_key");
    const { method, raw } = request;
    const { url: target = "", headers } = raw;
    if (proof.method !== method) throw refused(request, "htm");
    if (!isAddressOf(proof.url, { target, host: headers.host }, deps.publicUrl()))
      throw refused(request, "htu");
    const accessToken = needed?.accessToken ?? null;
    if (accessToken !== null && proof.accessTokenHash !== hash("sha256", accessToken, "base64url"))
      throw refused(request, "ath");
    return proof;
  };

  /** `name`: what the proof of a read is remembered as; null: it is a write's. */
  const judge = (request: FastifyRequest, proof: DeviceProof, name: string | null): ApiError | null => {
    const nowMs = deps.clock.now();
    const endsAtMs = freshUntilMs(proof, nowMs);
    if (endsAtMs === null) return refused(request, "nonce");
    if (!proof.isSigned(keys)) return refused(request, "signature");
    if (name !== null) verified.set(name, endsAtMs);
    else {
      const id = hash("sha256", Buffer.concat([proof.thumbprint, Buffer.from(proof.id)]), "binary");
      if ((used.get(id) ?? 0) > nowMs) return refused(request, "replayed");
      used.set(id, endsAtMs);
    }
    if (endsAtMs - nowMs < renewMs || proof.nonce === null) offerNonce(request);
    return null;
  };

  return {
    offerNonce,
    keyForSession({ actor, request }) {
      const own = actor.kind === "consumer" ? actor.deviceKey : null;
      if (own !== null) {
        offerNonce(request);
        return own;
      }
      const text = proofIn(request);
      if (text === undefined) return null;
      const proof = readFor(request, text, null);
      const fault = judge(request, proof, null);
      if (fault !== null) throw fault;
      offerNonce(request);
      return proof.thumbprint;
    },
    require(request, needed) {
      const text = proofIn(request);
      if (text === undefined) throw otherDevice(needed, "no_proof");
      const name = nameOfRead(request, text, needed);
      const leftMs = name === null ? 0 : (verified.get(name) ?? 0) - deps.clock.now();
      if (leftMs > 0) {
        if (leftMs < renewMs) offerNonce(request);
        return null;
      }
      const proof = readFor(request, text, needed);
      return () => judge(request, proof, name);
    },
  };
}

/** What the proof of a read was good for, once it was judged; null: it is a write. */
function nameOfRead(
  { method, raw }: FastifyRequest,
  text: string,
  { accessToken }: ProofNeeded,
): string | null {
  if (method !== "GET" && method !== "HEAD") return null;
  return hash("sha256", `${method}\n${raw.headers.host}\n${raw.url}\n${accessToken}\n${text}`, "binary");
}

/** Several of them are one text that is none. */
function proofIn(request: FastifyRequest): string | undefined {
  return request.headers.dpop?.toString();
}

/** The token is another device's: whoever presents it does not hold the key. */
export function otherDevice({ credential }: Pick<ProofNeeded, "credential">, reason: DeviceReason): ApiError {
  return apiError("FP002", { details: { credential, reason, hint: deviceHints[reason] } });
}
