import { createHash, randomBytes } from "node:crypto";
import { rootCertificates } from "node:tls";
import { readTimeStamp } from "./read-time-stamp.ts";
import { type Witness, WitnessError, type WitnessRecord } from "./witness.ts";

export interface TimeStampSettings {
  /** Where the authority takes requests of RFC 3161 over HTTP. */
  readonly url: string;
  /** PEM of the certificates that the authority's has to lead to; null: those that Node trusts by itself. */
  readonly trusted: readonly string[] | null;
  readonly timeLimitMs?: number;
}

const answerMsMax = 10_000;
const answerBytesMax = 65_536;
const nonceBytes = 16;

/**
 * An authority of RFC 3161 as witness. It is shown a digest alone; its answer has to be of that digest and of this very request,
 * and signed by a certificate for time stamps that leads to one that is trusted.
 *
 * @example const { at, token } = await createTimeStampWitness({ url, trusted: null }).stamp(freeze);
 */
export function createTimeStampWitness(settings: TimeStampSettings): Witness {
  const trusted = settings.trusted ?? rootCertificates;
  return {
    async stamp(statement): Promise<WitnessRecord> {
      const data = Buffer.from(statement, "utf8");
      const digest = createHash("sha256").update(data).digest();
      // Without a leading zero or sign bit, which DER would write another way.
      const nonce = randomBytes(nonceBytes);
      nonce[0] = 0x40 | ((nonce[0] ?? 0) & 0x3f);
      const response = await ask(settings, writeRequest(digest, nonce));
      const { genTime, token } = await readTimeStamp(response, { data, nonce, trusted });
      return {
        kind: "rfc3161",
        at: genTime.toISOString(),
        digest: digest.toString("hex"),
        token: Buffer.from(token).toString("base64"),
      };
    },
  };
}

/**
 * A TimeStampReq: version 1, the digest under SHA-256, a nonce, and the wish for the certificate. Its lengths are always the
 * same, so that its DER is one text with two places.
 */
function writeRequest(digest: Uint8Array, nonce: Uint8Array): Buffer {
  const sha256Imprint = Buffer.from("3031300d060960864801650304020105000420", "hex");
  const parts = [
    Buffer.from("020101", "hex"),
    sha256Imprint,
    digest,
    Buffer.from([0x02, nonceBytes]),
    nonce,
    Buffer.from("0101ff", "hex"),
  ];
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

async function ask({ url, timeLimitMs = answerMsMax }: TimeStampSettings, request: Buffer): Promise<Buffer> {
  const signal = AbortSignal.timeout(timeLimitMs);
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/timestamp-query", Accept: "application/timestamp-reply" },
      body: new Uint8Array(request),
      redirect: "error",
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new WitnessError(`The time stamp authority answered ${response.status}.`);
    }
    return await readBytes(response);
  } catch (cause) {
    if (cause instanceof WitnessError) throw cause;
    const why = signal.aborted ? `did not answer within ${timeLimitMs} ms` : "could not be asked";
    throw new WitnessError(`The time stamp authority ${why}.`, { cause });
  }
}

async function readBytes(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > answerBytesMax)
      throw new WitnessError(`The time stamp authority answered more than ${answerBytesMax} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}
