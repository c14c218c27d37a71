import { hash } from "node:crypto";
import { offerInThread, runInThread } from "../../platform/run-in-thread.ts";
import type { DrandChain } from "./drand-chain.ts";

const task = "verify a round";
const timeLimitMs = 30_000;

interface RoundInput {
  readonly chain: Pick<DrandChain, "publicKey" | "scheme">;
  readonly round: number;
  readonly signature: Uint8Array;
}

/** Whether a round's signature is that of the chain's key. Worked out in a thread of its own, in about a third of a second. */
export function isRoundSigned(
  { publicKey, scheme }: RoundInput["chain"],
  round: number,
  signature: Uint8Array,
): Promise<boolean> {
  const input: RoundInput = { chain: { publicKey, scheme }, round, signature };
  return runInThread(import.meta.url, task, input, { timeLimitMs });
}

offerInThread(task, async ({ chain, round, signature }: RoundInput) => ({
  answer: await checkRound(chain, round, signature),
}));

async function checkRound(
  { publicKey, scheme }: RoundInput["chain"],
  round: number,
  signature: Uint8Array,
): Promise<boolean> {
  // Only the thread needs it.
  const { bls12_381 } = await import("@noble/curves/bls12-381.js");
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(round));
  const message = hash("sha256", number, "buffer");
  const key = Uint8Array.from(Buffer.from(publicKey, "hex"));
  try {
    switch (scheme) {
      case "bls-unchained-g1-rfc9380": {
        const { hash: toPoint, verify } = bls12_381.shortSignatures;
        return verify(signature, toPoint(message, "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"), key);
      }
      case "pedersen-bls-unchained": {
        const { hash: toPoint, verify } = bls12_381.longSignatures;
        return verify(signature, toPoint(message, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_"), key);
      }
      default:
        return false;
    }
  } catch {
    // Bytes that are no point of the curve.
    return false;
  }
}
