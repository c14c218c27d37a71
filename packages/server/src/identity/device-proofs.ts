import { hash, timingSafeEqual } from "node:crypto";
import { limits } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import type { Clock } from "../platform/clock.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { OperationCall } from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type DeviceProof, type ProofFault, readDeviceProof } from "./device-proof.ts";
import { isAddressOf } from "./proof-address.ts";
import { ProofNonces } from "./proof-nonces.ts";
import { RecentMarks } from "./recent-marks.ts";

/** The key that a request has proved to hold. */
export interface ProvenKey {
  /** Its thumbprint (RFC 7638). */
  readonly thumbprint: Uint8Array;
  /**
   * The proof is the key's own and not fresh: told when the call was counted, as its caller's and not as a failed credential. A
   * thousand phones behind one address may wake up with old nonces at once.
   */
  readonly fault: ApiError | null;
}

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
  /** The key of a bound token, proved by the request that presents it. Throws FP002 where it is not, INVALID_TOKEN where the proof is none. */
  require(request: FastifyRequest, needed: ProofNeeded): ProvenKey;
  /** Has the answer tell the nonce for the proofs to come. */
  offerNonce(request: FastifyRequest): void;
}

const verifiedMax = 65_536;
const usedMax = 131_072;
const proofMs = limits.proofNonceSeconds * 1_000;
const renewMs = limits.proofNonceRenewSeconds * 1_000;

export function createDeviceProofs(deps: {
  secrets: Secrets;
  clock: Clock;
  publicUrl: () => string | null;
}): DeviceProofs {
  const nonces = new ProofNonces(deps.secrets);
  // Proofs of reads, by what they were good for: the same one may come again, and costs a hash.
  const verified = new RecentMarks(verifiedMax);
  // Proofs of writes, each good once.
  const used = new RecentMarks(usedMax);

  const offerNonce = (request: FastifyRequest): void => {
    request.call.proofNonce = nonces.at(deps.clock.now());
  };

  const refused = (request: FastifyRequest, reason: ProofFault): ApiError => {
    offerNonce(request);
    const error = reason === "nonce" ? "use_dpop_nonce" : "invalid_dpop_proof";
    return apiError("INVALID_TOKEN", {
      // The field says that it is the proof, so that a client does not give up the session for it.
      details: { field: "DPoP", reason },
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

  const check = (request: FastifyRequest, text: string, needed: ProofNeeded | null): ProvenKey => {
    const nowMs = deps.clock.now();
    const { method } = request;
    const { url: target = "", headers } = request.raw;
    const isRead = method === "GET" || method === "HEAD";
    const accessToken = needed?.accessToken ?? null;
    const name =
      isRead && needed !== null
        ? hash("sha256", `${method}\n${headers.host}\n${target}\n${accessToken}\n${text}`, "binary")
        : null;
    const knownEndMs = name === null ? null : verified.endsAtMs(name, nowMs);
    if (needed !== null && knownEndMs !== null) {
      if (knownEndMs - nowMs < renewMs) offerNonce(request);
      return { thumbprint: needed.deviceKey, fault: null };
    }

    const proof = readDeviceProof(text);
    if (typeof proof === "string") throw refused(request, proof);
    const { thumbprint } = proof;
    if (needed !== null && !timingSafeEqual(thumbprint, needed.deviceKey))
      throw otherDevice(needed, "other_key");
    if (proof.method !== method) throw refused(request, "htm");
    if (!isAddressOf(proof.url, { target, host: headers.host }, deps.publicUrl()))
      throw refused(request, "htu");
    if (accessToken !== null && proof.accessTokenHash !== hash("sha256", accessToken, "base64url"))
      throw refused(request, "ath");
    if (!proof.isSigned()) throw refused(request, "signature");

    const endsAtMs = freshUntilMs(proof, nowMs);
    if (endsAtMs === null) return { thumbprint, fault: refused(request, "nonce") };
    if (name !== null) verified.add(name, endsAtMs);
    else {
      const id = hash("sha256", Buffer.concat([thumbprint, Buffer.from(proof.id)]), "binary");
      if (used.endsAtMs(id, nowMs) !== null) return { thumbprint, fault: refused(request, "replayed") };
      used.add(id, endsAtMs);
    }
    if (endsAtMs - nowMs < renewMs || proof.nonce === null) offerNonce(request);
    return { thumbprint, fault: null };
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
      const { thumbprint, fault } = check(request, text, null);
      if (fault !== null) throw fault;
      offerNonce(request);
      return thumbprint;
    },
    require(request, needed) {
      const text = proofIn(request);
      if (text === undefined) throw otherDevice(needed, "no_proof");
      return check(request, text, needed);
    },
  };
}

/** Several of them are one text that is none. */
function proofIn(request: FastifyRequest): string | undefined {
  return request.headers.dpop?.toString();
}

/** The token is another device's: whoever presents it does not hold the key. */
export function otherDevice(
  { credential }: Pick<ProofNeeded, "credential">,
  reason: "no_proof" | "other_key" | "sent_as_bearer",
): ApiError {
  return apiError("FP002", { details: { credential, reason } });
}
