import { areEqualBytes, hexFromBytes } from "./bytes.ts";
import { type Certificate, leadsToTrusted, readCertificate, type TrustedAuthority } from "./certificate.ts";
import {
  contentOf,
  type DerValue,
  derMark,
  derTags,
  oidOf,
  partsOf,
  readDer,
  timeOf,
  UnknownFormError,
} from "./der.ts";
import { digest, hashNamed, isSignedBy, signatureForm } from "./public-key-signature.ts";

/** What a time stamp says once its signature holds. */
export interface TimeStamp {
  /** When the authority signed, by its own clock, in milliseconds since 1970. */
  readonly atMs: number;
  /** The latest that it may have been then, by how exact the authority calls its clock. */
  readonly latestMs: number;
  /** The hash that it was shown, in hex. */
  readonly imprint: string;
  /** Whether the authority's certificate leads to one that is trusted. */
  readonly isTrusted: boolean;
}

const oids = {
  signedData: "1.2.840.113549.1.7.2",
  stampInfo: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingCertificate: "1.2.840.113549.1.9.16.2.12",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
};

/**
 * Reads a token of RFC 3161 and verifies its signature by the certificate that came with it, which has to be for time stamps and
 * named by the signature. Throws a TypeError that says what does not hold.
 *
 * @param token DER
 */
export async function readTimeStamp(
  token: Uint8Array,
  trusted: readonly TrustedAuthority[],
): Promise<TimeStamp> {
  const { info, certificates, signer } = readToken(token);
  const [, , imprint, , genTime, accuracy] = partsOf(readDer(info));
  const [hashAlgorithm, hashed] = partsOf(imprint);
  if (hashNamed(hashAlgorithm) !== "SHA-256")
    throw new TypeError("The stamp is of another hash than SHA-256.");
  const atMs = timeOf(genTime);
  const accuracyMs = readAccuracy(accuracy);
  const certificate = await checkSigner(signer, info, certificates);
  return {
    atMs,
    latestMs: atMs + accuracyMs,
    imprint: hexFromBytes(contentOf(hashed, derTags.octets)),
    isTrusted: await leadsToTrusted(certificate, certificates, trusted, atMs),
  };
}

/** Milliseconds by which the time may be wrong, rounded up: RFC 3161 gives seconds, and in what is left milli- and microseconds. */
function readAccuracy(value: DerValue | undefined): number {
  if (value?.tag !== derTags.sequence) return 0;
  const milliseconds = new Map([
    [derTags.integer, 1000],
    [derMark(0, false), 1],
    [derMark(1, false), 0.001],
  ]);
  const sum = partsOf(value).reduce((all, { tag, content }) => {
    const amount = content.reduce((number, byte) => number * 256 + byte, 0);
    return all + amount * (milliseconds.get(tag) ?? 0);
  }, 0);
  return Math.ceil(sum);
}

function readToken(token: Uint8Array): { info: Uint8Array; certificates: Certificate[]; signer: DerValue } {
  const [kind, marked] = partsOf(readDer(token));
  if (oidOf(kind) !== oids.signedData) throw new TypeError("The token is not signed.");
  const [, , content, ...rest] = partsOf(partsOf(marked, derMark(0))[0]);
  const [contentKind, contentMarked] = partsOf(content);
  if (oidOf(contentKind) !== oids.stampInfo) throw new TypeError("The token is of another kind.");
  const info = contentOf(partsOf(contentMarked, derMark(0))[0], derTags.octets);
  const given = rest.find(({ tag }) => tag === derMark(0));
  const [signer, ...others] = partsOf(rest.at(-1), derTags.set);
  if (signer === undefined || others.length > 0) throw new TypeError("The token has not one signer.");
  const isCertificate = ({ tag }: DerValue): boolean => tag === derTags.sequence;
  const certificates = given ? partsOf(given, derMark(0)).filter(isCertificate).map(readCertificate) : [];
  return { info, certificates, signer };
}

/** The certificate of the one who signed; throws unless the signature is of these very contents. */
async function checkSigner(
  signer: DerValue,
  info: Uint8Array,
  certificates: readonly Certificate[],
): Promise<Certificate> {
  const [, who, digestAlgorithm, signed, algorithm, signature] = partsOf(signer);
  const [issuer, serial] = partsOf(who);
  const serialText = hexFromBytes(contentOf(serial, derTags.integer));
  const certificate = certificates.find(
    (one) => one.serial === serialText && areEqualBytes(one.issuer, issuer?.bytes ?? new Uint8Array()),
  );
  if (certificate === undefined) throw new TypeError("The authority's certificate is not in the token.");
  if (!certificate.isForTimeStamps) throw new TypeError("The certificate is not for time stamps.");
  const hash = hashNamed(digestAlgorithm);
  const form = signatureForm(algorithm);
  if (hash === null || form === null)
    throw new UnknownFormError("It is signed in a way that is not known here.");
  const attributes = readAttributes(signed);
  const contentDigest = contentOf(attributes.get(oids.messageDigest), derTags.octets);
  const isOfContent =
    oidOf(attributes.get(oids.contentType)) === oids.stampInfo &&
    areEqualBytes(contentDigest, await digest(hash, info));
  if (!isOfContent) throw new TypeError("The signature is of other contents.");
  if (!(await isNamed(certificate, attributes)))
    throw new TypeError("The signature names another certificate.");
  const message = Uint8Array.from(signed?.bytes ?? []);
  // What is signed is the set itself, without its mark.
  message[0] = derTags.set;
  const isSigned = await isSignedBy(
    certificate.publicKey,
    { ...form, hash: form.hash ?? hash },
    contentOf(signature, derTags.octets),
    message,
  );
  if (!isSigned) throw new TypeError("The authority did not sign this.");
  return certificate;
}

function readAttributes(signed: DerValue | undefined): Map<string, DerValue | undefined> {
  return new Map(
    partsOf(signed, derMark(0)).map((attribute) => {
      const [oid, values] = partsOf(attribute);
      return [oidOf(oid), partsOf(values, derTags.set)[0]];
    }),
  );
}

/** RFC 5816 and RFC 2634: the hash of the certificate is part of what is signed, so that no other takes its place. */
async function isNamed(
  { bytes }: Certificate,
  attributes: ReadonlyMap<string, DerValue | undefined>,
): Promise<boolean> {
  const second = attributes.get(oids.signingCertificateV2);
  const value = second ?? attributes.get(oids.signingCertificate);
  if (value === undefined) return false;
  const [named] = partsOf(partsOf(value)[0]);
  const parts = partsOf(named);
  const own = parts[0]?.tag === derTags.sequence ? hashNamed(parts[0]) : null;
  const hash = second === undefined ? "SHA-1" : (own ?? "SHA-256");
  const certificateHash = parts.find(({ tag }) => tag === derTags.octets);
  return areEqualBytes(contentOf(certificateHash, derTags.octets), await digest(hash, bytes));
}
