import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";

/** What is derived from STANCHION_SECRET: one key for each purpose, and encryption at rest. */
export interface Secrets {
  /** A MAC of 16 bytes over the data, under the key of this purpose. */
  mac(purpose: MacPurpose, data: Uint8Array): Buffer;
  isMac(purpose: MacPurpose, data: Uint8Array, mac: Uint8Array): boolean;
  encrypt(plain: Uint8Array): Buffer;
  /** Throws where the secret is another than the one that encrypted. */
  decrypt(sealed: Uint8Array): Buffer;
  /** Encrypts under a key that needs both the server's secret and a word that only the caller has. */
  sealUnder(word: string, plain: Uint8Array): Buffer;
  /** Throws where the word or the server's secret is another. */
  openUnder(word: string, sealed: Uint8Array): Buffer;
}

export type MacPurpose =
  | "access-token"
  | "refresh-token"
  | "line-token"
  | "page-key"
  | "mail-address"
  | "one-time-code"
  | "member-address"
  | "known-device"
  | "recovery-code"
  | "rate-limits"
  | "proof-nonce";

const macBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/** @example const secrets = createSecrets(process.env.STANCHION_SECRET) */
export function createSecrets(secret: string): Secrets {
  const derive = (label: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "stanchion", label, 32));
  const macs = {
    "access-token": createMac(derive("mac/access-token")),
    "refresh-token": createMac(derive("mac/refresh-token")),
    "line-token": createMac(derive("mac/line-token")),
    "page-key": createMac(derive("mac/page-key")),
    "mail-address": createMac(derive("mac/mail-address")),
    "one-time-code": createMac(derive("mac/one-time-code")),
    "member-address": createMac(derive("mac/member-address")),
    "known-device": createMac(derive("mac/known-device")),
    "recovery-code": createMac(derive("mac/recovery-code")),
    "rate-limits": createMac(derive("mac/rate-limits")),
    "proof-nonce": createMac(derive("mac/proof-nonce")),
  } satisfies Record<MacPurpose, (data: Uint8Array) => Buffer>;
  const sealKey = derive("seal");
  const wordSalt = derive("seal-under-a-word");
  const keyOfWord = (word: string): Buffer =>
    Buffer.from(hkdfSync("sha256", word, wordSalt, "seal-under-a-word", 32));
  const mac: Secrets["mac"] = (purpose, data) => macs[purpose](data);
  return {
    mac,
    isMac: (purpose, data, given) => given.length === macBytes && timingSafeEqual(mac(purpose, data), given),
    encrypt: (plain) => seal(sealKey, plain),
    decrypt: (sealed) => open(sealKey, sealed),
    sealUnder: (word, plain) => seal(keyOfWord(word), plain),
    openUnder: (word, sealed) => open(keyOfWord(word), sealed),
  };
}

function seal(key: Buffer, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  return Buffer.concat([
    decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes)),
    decipher.final(),
  ]);
}

const blockBytes = 64;

/**
 * HMAC-SHA256 cut to 16 bytes, put together from two one-shot hashes: 0.8 µs, where a Hmac object takes 2.4 µs
 * (and 12 µs when it is given the key as bytes). A token is checked and another one made for nearly every request.
 */
function createMac(key: Buffer): (data: Uint8Array) => Buffer {
  const pad = (byte: number): Buffer => {
    const block = Buffer.alloc(blockBytes, byte);
    for (const [index, value] of key.entries()) block[index] = value ^ byte;
    return block;
  };
  const outer = Buffer.concat([pad(0x5c), Buffer.alloc(32)]);
  const innerPad = pad(0x36);
  const inners = new Map<number, Buffer>();
  return (data) => {
    let inner = inners.get(data.length);
    if (inner === undefined) {
      inner = Buffer.concat([innerPad, data]);
      if (inners.size < 512) inners.set(data.length, inner);
    } else inner.set(data, blockBytes);
    outer.write(hash("sha256", inner, "binary"), blockBytes, "latin1");
    return Buffer.from(hash("sha256", outer, "binary").slice(0, macBytes), "latin1");
  };
}
