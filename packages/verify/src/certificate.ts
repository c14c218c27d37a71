import { areEqualBytes, hexFromBytes } from "./bytes.ts";
import { contentOf, type DerValue, derMark, derTags, oidOf, partsOf, readDer, timeOf } from "./der.ts";
import { isSignedBy, type SignatureForm, signatureForm } from "./public-key-signature.ts";

/** What is read of a certificate (RFC 5280). */
export interface Certificate {
  /** All of its bytes, DER. */
  readonly bytes: Uint8Array;
  /** The part that is signed. */
  readonly signedPart: Uint8Array;
  readonly form: SignatureForm | null;
  readonly signature: Uint8Array;
  readonly serial: string;
  /** The names as they are written, DER. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly isAuthority: boolean;
  /** Whether it is for time stamps, and for nothing else. */
  readonly isForTimeStamps: boolean;
}

/** Whoever is trusted to sign certificates: a name and a key, both DER. */
export interface TrustedAuthority {
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
}

const oids = {
  basicConstraints: "2.5.29.19",
  extendedKeyUsage: "2.5.29.37",
  timeStamping: "1.3.6.1.5.5.7.3.8",
};

/** Reads a certificate; throws a TypeError for what is none. */
export function readCertificate(value: DerValue): Certificate {
  const [signed, algorithm, signature] = partsOf(value);
  const parts = partsOf(signed).filter(({ tag }) => tag !== derMark(0));
  const [serial, , issuer, validity, subject, publicKey] = parts;
  const [from, to] = partsOf(validity);
  const extensions = readExtensions(parts.find(({ tag }) => tag === derMark(3)));
  return {
    bytes: value.bytes,
    signedPart: signed?.bytes ?? new Uint8Array(),
    form: signatureForm(algorithm),
    // The first byte of bits says how many are unused: none in a signature.
    signature: contentOf(signature, derTags.bits).subarray(1),
    serial: hexFromBytes(contentOf(serial, derTags.integer)),
    issuer: partOf(issuer),
    subject: partOf(subject),
    publicKey: partOf(publicKey),
    validFromMs: timeOf(from),
    validToMs: timeOf(to),
    isAuthority: isAuthority(extensions.get(oids.basicConstraints)),
    isForTimeStamps: isForTimeStamps(extensions.get(oids.extendedKeyUsage)),
  };
}

/** The certificates of a PEM text as authorities; throws a TypeError for what is none. */
export function readAuthorities(pem: string): TrustedAuthority[] {
  const blocks = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g);
  return Array.from(blocks, ([, base64 = ""]) => {
    const bytes = Uint8Array.from(atob(base64.replace(/\s/g, "")), (one) => one.charCodeAt(0));
    const { subject, publicKey } = readCertificate(readDer(bytes));
    return { subject, publicKey };
  });
}

const stepsMax = 8;

/** Whether a certificate leads to a trusted authority over others that came with it, all of them valid at a time. */
export async function leadsToTrusted(
  certificate: Certificate,
  others: readonly Certificate[],
  trusted: readonly TrustedAuthority[],
  atMs: number,
  stepsLeft = stepsMax,
): Promise<boolean> {
  const isValid = certificate.validFromMs <= atMs && atMs <= certificate.validToMs;
  if (!isValid || stepsLeft === 0) return false;
  for (const authority of trusted) {
    if (areEqualBytes(authority.subject, certificate.issuer) && (await isIssuedBy(certificate, authority)))
      return true;
  }
  for (const other of others) {
    if (!other.isAuthority || !areEqualBytes(other.subject, certificate.issuer)) continue;
    if (!(await isIssuedBy(certificate, other))) continue;
    if (await leadsToTrusted(other, others, trusted, atMs, stepsLeft - 1)) return true;
  }
  return false;
}

async function isIssuedBy(
  { form, signature, signedPart }: Certificate,
  { publicKey }: Pick<TrustedAuthority, "publicKey">,
): Promise<boolean> {
  return form !== null && (await isSignedBy(publicKey, form, signature, signedPart));
}

interface Extension {
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

function readExtensions(value: DerValue | undefined): Map<string, Extension> {
  if (value === undefined) return new Map();
  const [list] = partsOf(value, derMark(3));
  return new Map(
    partsOf(list).map((extension) => {
      const [oid, ...rest] = partsOf(extension);
      const isCritical = rest[0]?.tag === derTags.boolean && rest[0].content[0] === 0xff;
      return [oidOf(oid), { isCritical, value: contentOf(rest.at(-1), derTags.octets) }];
    }),
  );
}

function isAuthority(constraints: Extension | undefined): boolean {
  if (constraints === undefined) return false;
  const [first] = partsOf(readDer(constraints.value));
  return first?.tag === derTags.boolean && first.content[0] === 0xff;
}

/** RFC 3161, section 2.3: this purpose alone, and critical. */
function isForTimeStamps(usage: Extension | undefined): boolean {
  if (usage === undefined || !usage.isCritical) return false;
  const purposes = partsOf(readDer(usage.value)).map(oidOf);
  return purposes.length === 1 && purposes[0] === oids.timeStamping;
}

function partOf(value: DerValue | undefined): Uint8Array {
  contentOf(value, derTags.sequence);
  return value?.bytes ?? new Uint8Array();
}
