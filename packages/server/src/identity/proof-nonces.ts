import { limits } from "@stanchion/contract";
import type { Secrets } from "../platform/secrets.ts";

// Seconds since 1970 as u48, and a MAC of 16.
const timeBytes = 6;
const nonceBytes = 22;
const nonceCharacters = 30;

/** The nonces that proofs carry: a time under our MAC, the same in every process, so that nothing is kept. */
export class ProofNonces {
  readonly #secrets: Secrets;
  #made: { readonly seconds: number; readonly nonce: string } | null = null;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** The nonce of this moment, the same for everybody within a second. */
  at(nowMs: number): string {
    const seconds = Math.floor(nowMs / 1000);
    if (this.#made?.seconds !== seconds) this.#made = { seconds, nonce: this.#make(seconds) };
    return this.#made.nonce;
  }

  /** Until when a nonce is good, in ms since 1970; null where it is not ours. */
  endsAtMs(nonce: string): number | null {
    if (nonce.length !== nonceCharacters) return null;
    const bytes = Buffer.from(nonce, "base64url");
    if (bytes.length !== nonceBytes) return null;
    const isOurs = this.#secrets.isMac(
      "proof-nonce",
      bytes.subarray(0, timeBytes),
      bytes.subarray(timeBytes),
    );
    return isOurs ? (bytes.readUIntBE(0, timeBytes) + limits.proofNonceSeconds) * 1000 : null;
  }

  #make(seconds: number): string {
    const bytes = Buffer.allocUnsafe(nonceBytes);
    bytes.writeUIntBE(seconds, 0, timeBytes);
    this.#secrets.mac("proof-nonce", bytes.subarray(0, timeBytes)).copy(bytes, timeBytes);
    return bytes.toString("base64url");
  }
}
