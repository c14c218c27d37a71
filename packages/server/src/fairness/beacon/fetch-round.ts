import { type DrandChain, unchainedSchemes } from "./drand-chain.ts";
import { isRoundSigned } from "./round-signature.ts";

/** What came of asking for a round: its signature, which has been verified, or why there is none yet. */
export type FetchedRound =
  | { readonly kind: "signed"; readonly signature: Buffer }
  /** Nobody has it yet. */
  | { readonly kind: "missing" }
  /** Nobody gave an answer that holds: `reasons` for the log, one for each address. */
  | { readonly kind: "failed"; readonly reasons: readonly string[] }
  | { readonly kind: "timeout"; readonly reasons: readonly string[] };

const answerBytesMax = 16_384;
const answerMsMax = 5_000;

/**
 * Asks the addresses one after another for a round of a chain, until one gives what the chain's key has signed. What an address
 * says of itself is not believed.
 * @param urls without a slash at the end
 */
export async function fetchRound(
  urls: readonly string[],
  chain: DrandChain,
  round: number,
  { timeLimitMs = answerMsMax }: { readonly timeLimitMs?: number } = {},
): Promise<FetchedRound> {
  const [reasons, kinds]: [string[], Set<"missing" | "failed" | "timeout">] = [[], new Set()];
  for (const url of urls) {
    const answer = await askFor(`${url}/${chain.chainHash}/public/${round}`, timeLimitMs);
    if (answer.kind !== "answered") {
      kinds.add(answer.kind);
      reasons.push(`${url}: ${answer.reason}`);
      continue;
    }
    const signature = readSignature(answer.text, chain, round);
    if (signature !== null && (await isRoundSigned(chain, round, signature)))
      return { kind: "signed", signature };
    kinds.add("failed");
    reasons.push(`${url}: answered what the chain's key did not sign as round ${round}`);
  }
  if (kinds.has("missing")) return { kind: "missing" };
  return { kind: kinds.has("failed") || kinds.size === 0 ? "failed" : "timeout", reasons };
}

type Answer =
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "missing" | "failed" | "timeout"; readonly reason: string };

async function askFor(url: string, timeLimitMs: number): Promise<Answer> {
  const signal = AbortSignal.timeout(timeLimitMs);
  try {
    const response = await fetch(url, { signal, redirect: "error" });
    if (response.status === 404 || response.status === 425) {
      await response.body?.cancel();
      return { kind: "missing", reason: `answered ${response.status}` };
    }
    if (!response.ok) {
      await response.body?.cancel();
      return { kind: "failed", reason: `answered ${response.status}` };
    }
    return { kind: "answered", text: await readText(response) };
  } catch (error) {
    if (signal.aborted) return { kind: "timeout", reason: `no answer within ${timeLimitMs} ms` };
    return { kind: "failed", reason: String(Object(error).cause ?? error) };
  }
}

async function readText(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > answerBytesMax) throw new Error(`more than ${answerBytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function readSignature(text: string, { scheme }: DrandChain, round: number): Buffer | null {
  try {
    const said: unknown = JSON.parse(text);
    const { signature, round: saidRound } = Object(said) as Record<string, unknown>;
    const length = (unchainedSchemes[scheme]?.signatureBytes ?? 0) * 2;
    const isSignature =
      typeof signature === "string" && signature.length === length && /^[0-9a-f]+$/i.test(signature);
    return isSignature && saidRound === round ? Buffer.from(signature, "hex") : null;
  } catch {
    return null;
  }
}
