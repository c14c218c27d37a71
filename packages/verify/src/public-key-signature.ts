import { contentOf, type DerValue, derTags, oidOf, partsOf, readDer } from "./der.ts";

export type HashName = "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512";

/** How something was signed. */
export interface SignatureForm {
  readonly kind: "RSASSA-PKCS1-v1_5" | "ECDSA";
  /** Null: as the signer says elsewhere. */
  readonly hash: HashName | null;
}

const forms: Readonly<Record<string, SignatureForm>> = {
  "1.2.840.113549.1.1.1": { kind: "RSASSA-PKCS1-v1_5", hash: null },
  "1.2.840.113549.1.1.11": { kind: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  "1.2.840.113549.1.1.12": { kind: "RSASSA-PKCS1-v1_5", hash: "SHA-384" },
  "1.2.840.113549.1.1.13": { kind: "RSASSA-PKCS1-v1_5", hash: "SHA-512" },
  "1.2.840.10045.4.3.2": { kind: "ECDSA", hash: "SHA-256" },
  "1.2.840.10045.4.3.3": { kind: "ECDSA", hash: "SHA-384" },
  "1.2.840.10045.4.3.4": { kind: "ECDSA", hash: "SHA-512" },
};
const hashes: Readonly<Record<string, HashName>> = {
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const curves: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  "1.2.840.10045.3.1.7": { name: "P-256", bytes: 32 },
  "1.3.132.0.34": { name: "P-384", bytes: 48 },
  "1.3.132.0.35": { name: "P-521", bytes: 66 },
};

/** The form of an AlgorithmIdentifier of a signature; null for those that are not known, those by SHA-1 among them. */
export function signatureForm(algorithm: DerValue | undefined): SignatureForm | null {
  return forms[oidOf(partsOf(algorithm)[0])] ?? null;
}

/** The hash of an AlgorithmIdentifier; null for those that are not known or not safe any more. */
export function hashNamed(algorithm: DerValue | undefined): HashName | null {
  return hashes[oidOf(partsOf(algorithm)[0])] ?? null;
}

/** A hash by WebCrypto. */
export async function digest(name: HashName, data: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(name, Uint8Array.from(data)));
}

/**
 * Whether the owner of a key signed data, by WebCrypto. False for keys and signatures that cannot be read.
 * @param publicKey SubjectPublicKeyInfo, DER
 */
export async function isSignedBy(
  publicKey: Uint8Array,
  { kind, hash }: SignatureForm,
  signature: Uint8Array,
  data: Uint8Array,
): Promise<boolean> {
  if (hash === null) return false;
  try {
    const curve = kind === "ECDSA" ? curveOf(publicKey) : null;
    const algorithm = curve === null ? { name: kind, hash } : { name: kind, namedCurve: curve.name };
    const key = await crypto.subtle.importKey("spki", Uint8Array.from(publicKey), algorithm, false, [
      "verify",
    ]);
    const raw = curve === null ? signature : joinHalves(signature, curve.bytes);
    return await crypto.subtle.verify({ name: kind, hash }, key, Uint8Array.from(raw), Uint8Array.from(data));
  } catch {
    return false;
  }
}

function curveOf(publicKey: Uint8Array): { readonly name: string; readonly bytes: number } {
  const [algorithm] = partsOf(readDer(publicKey));
  const curve = curves[oidOf(partsOf(algorithm)[1])];
  if (curve === undefined) throw new TypeError("The key is on no known curve.");
  return curve;
}

/** WebCrypto takes the two numbers of an ECDSA signature side by side, certificates have them in DER. */
function joinHalves(signature: Uint8Array, bytes: number): Uint8Array {
  const joined = new Uint8Array(bytes * 2);
  partsOf(readDer(signature)).forEach((half, index) => {
    const digits = contentOf(half, derTags.integer);
    const short = digits.subarray(Math.max(0, digits.length - bytes));
    joined.set(short, (index + 1) * bytes - short.length);
  });
  return joined;
}
