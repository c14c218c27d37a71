import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

/** What is derived from STANCHION_SECRET: one key for each purpose, and encryption at rest. */
export interface Secrets {
  /** A MAC of 16 bytes over the data, under the key of this purpose. */
  mac(purpose: MacPurpose, data: Uint8Array): Buffer;
  isMac(purpose: MacPurpose, data: Uint8Array, mac: Uint8Array): boolean;
  encrypt(plain: Uint8Array): Buffer;
  /** Throws where the secret is another than the one that encrypted. */
  decrypt(sealed: Uint8Array): Buffer;
}

export type MacPurpose = "access-token" | "refresh-token" | "line-token" | "page-key";
const purposes: readonly MacPurpose[] = ["access-token", "refresh-token", "line-token", "page-key"];

const macBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/** @example const secrets = createSecrets(process.env.STANCHION_SECRET) */
export function createSecrets(secret: string): Secrets {
  const derive = (label: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "stanchion", label, 32));
  const keys = new Map(purposes.map((purpose) => [purpose, derive(`mac/${purpose}`)]));
  const sealKey = derive("seal");
  const mac = (purpose: MacPurpose, data: Uint8Array): Buffer => {
    const key = keys.get(purpose);
    if (key === undefined) throw new Error(`no key for ${purpose}`);
    return createHmac("sha256", key).update(data).digest().subarray(0, macBytes);
  };
  return {
    mac,
    isMac: (purpose, data, given) => given.length === macBytes && timingSafeEqual(mac(purpose, data), given),
    encrypt: (plain) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", sealKey, nonce);
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt: (sealed) => {
      const decipher = createDecipheriv("aes-256-gcm", sealKey, sealed.subarray(0, nonceBytes));
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      return Buffer.concat([
        decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)),
        decipher.final(),
      ]);
    },
  };
}
