import type { Certificate, SignedData, TSTInfo } from "pkijs";
import { WitnessError } from "./witness.ts";

export interface TimeStamp {
  /** When the authority signed, by its own clock. */
  readonly genTime: Date;
  /** The token, DER. */
  readonly token: ArrayBuffer;
}

const timeStampingPurpose = "1.3.6.1.5.5.7.3.8";
const extendedKeyUsage = "2.5.29.37";
const tokenContent = "1.2.840.113549.1.9.16.1.4";
const sha256 = "2.16.840.1.101.3.4.2.1";

/**
 * Reads a TimeStampResp and verifies it: granted, of these data and this nonce, signed by a certificate for time stamps that leads
 * to a trusted one.
 * @param trusted certificates in PEM
 * @throws {WitnessError} that says what does not hold
 */
export async function readTimeStamp(
  response: Uint8Array,
  {
    data,
    nonce,
    trusted,
  }: { readonly data: Uint8Array; readonly nonce: Uint8Array; readonly trusted: readonly string[] },
): Promise<TimeStamp> {
  // Large, and needed only where there is a witness.
  const pki = await import("pkijs");
  const answer = take("answered what is no time stamp", () =>
    pki.TimeStampResp.fromBER(Uint8Array.from(response)),
  );
  const { status } = answer.status;
  if (status !== 0 && status !== 1) throw fault(`refused, with status ${status}`);
  const content = answer.timeStampToken;
  if (content === undefined) throw fault("gave no token");
  const { signed, info } = take("gave a token that cannot be read", () => {
    const signed = new pki.SignedData({ schema: content.content });
    const eContent = signed.encapContentInfo.eContent;
    if (signed.encapContentInfo.eContentType !== tokenContent || eContent === undefined)
      throw new Error("a token of another kind");
    return { signed, info: pki.TSTInfo.fromBER(eContent.getValue()) };
  });
  checkNonce(info, nonce);
  if (info.messageImprint.hashAlgorithm.algorithmId !== sha256)
    throw fault("stamped by another hash than it was asked to");
  await checkSignature(
    signed,
    Uint8Array.from(data).buffer,
    trusted.flatMap((pem) => readPem(pki, pem)),
  );
  return { genTime: info.genTime, token: content.toSchema().toBER() };
}

function checkNonce(info: TSTInfo, nonce: Uint8Array): void {
  const stamped = info.nonce?.valueBlock.valueHexView;
  if (stamped === undefined || !Buffer.from(stamped).equals(nonce))
    throw fault("answered another request than this one");
}

async function checkSignature(
  signed: SignedData,
  data: ArrayBuffer,
  trustedCerts: Certificate[],
): Promise<void> {
  if (signed.signerInfos.length !== 1) throw fault("did not sign alone");
  const found = await signed
    .verify({
      signer: 0,
      data,
      trustedCerts,
      checkChain: true,
      passedWhenNotRevValues: true,
      extendedMode: true,
    })
    .catch((cause: unknown) => {
      throw fault(`is not believed: ${Object(cause).message ?? "its signature cannot be read"}`, cause);
    });
  if (found.signatureVerified !== true) throw fault("did not sign this");
  const isForStamps = found.signerCertificate?.extensions?.some(
    ({ extnID, parsedValue }) =>
      extnID === extendedKeyUsage && Object(parsedValue).keyPurposes?.includes(timeStampingPurpose),
  );
  if (isForStamps !== true) throw fault("signed with a certificate that is not for time stamps");
}

/** The certificates of a PEM text. */
function readPem({ Certificate }: typeof import("pkijs"), text: string): Certificate[] {
  const found = text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g);
  return Array.from(found, ([, base64 = ""]) =>
    Certificate.fromBER(Uint8Array.from(Buffer.from(base64, "base64"))),
  );
}

function take<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw fault(what, cause);
  }
}

function fault(what: string, cause?: unknown): WitnessError {
  return new WitnessError(`The time stamp authority ${what}.`, { cause });
}
