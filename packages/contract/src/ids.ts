/**
 * Ids as they cross the wire: TypeIDs, a prefix for the kind, an underscore and a UUID in base32.
 * Inside, and in the database, an id is the UUID alone, as 36 lower-case characters.
 */
export const idPrefixes = {
  organization: "org",
  apiKey: "key",
  consumer: "cons",
  product: "prod",
  variant: "var",
  experience: "exp",
  sequence: "seq",
  queue: "queue",
  draw: "draw",
  entry: "ent",
  admission: "adm",
  order: "order",
  request: "req",
  auditRecord: "aud",
  member: "mem",
  session: "sess",
  invitation: "inv",
  webhookEndpoint: "whe",
  webhookDelivery: "whd",
  event: "evt",
  hook: "hook",
} as const;

export type IdKind = keyof typeof idPrefixes;

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const characterValues = new Int8Array(128).fill(-1);
for (let index = 0; index < 32; index += 1) characterValues[alphabet.charCodeAt(index)] = index;

const hexPairs: string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const hexCodes = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** The UUID of 16 bytes as 36 characters. Written out, and in one piece, as base32 is below. */
export function uuidFromBytes(b: Uint8Array): string {
  const h = (index: number): number => hexCodes[(b[index] ?? 0) >>> 4] ?? 0;
  const l = (index: number): number => hexCodes[(b[index] ?? 0) & 15] ?? 0;
  // biome-ignore format: two characters for each byte
  return String.fromCharCode(
    h(0), l(0), h(1), l(1), h(2), l(2), h(3), l(3), 45,
    h(4), l(4), h(5), l(5), 45, h(6), l(6), h(7), l(7), 45, h(8), l(8), h(9), l(9), 45,
    h(10), l(10), h(11), l(11), h(12), l(12), h(13), l(13), h(14), l(14), h(15), l(15),
  );
}

/** The 16 bytes of a UUID of 36 characters, which the caller knows to be one. */
export function bytesFromUuid(uuid: string): Uint8Array {
  const bytes = new Uint8Array(16);
  let at = 0;
  for (let index = 0; index < 16; index += 1) {
    if (uuid.charCodeAt(at) === 45) at += 1;
    bytes[index] = (hexValue(uuid.charCodeAt(at)) << 4) | hexValue(uuid.charCodeAt(at + 1));
    at += 2;
  }
  return bytes;
}

function hexValue(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}

const characterCodes = Uint8Array.from(alphabet, (character) => character.charCodeAt(0));

// 26 characters of 5 bits hold the 128 bits with two zero bits in front. Written out, and made in one piece, since it runs for
// every id of every answer: a text that is put together from 26 is walked through again by whoever reads or sends it.
function base32FromBytes(b: Uint8Array): string {
  const n = (index: number): number => b[index] ?? 0;
  const c = (value: number): number => characterCodes[value & 31] ?? 0;
  const high = (n(0) << 24) | (n(1) << 16) | (n(2) << 8) | n(3);
  return String.fromCharCode(
    c(high >>> 29),
    c(high >>> 24),
    c(high >>> 19),
    c(high >>> 14),
    c(high >>> 9),
    c(high >>> 4),
    c(((high << 1) & 30) | (n(4) >>> 7)),
    c(n(4) >>> 2),
    c(((n(4) << 3) & 24) | (n(5) >>> 5)),
    c(n(5)),
    c(n(6) >>> 3),
    c(((n(6) << 2) & 28) | (n(7) >>> 6)),
    c(n(7) >>> 1),
    c(((n(7) << 4) & 16) | (n(8) >>> 4)),
    c(((n(8) << 1) & 30) | (n(9) >>> 7)),
    c(n(9) >>> 2),
    c(((n(9) << 3) & 24) | (n(10) >>> 5)),
    c(n(10)),
    c(n(11) >>> 3),
    c(((n(11) << 2) & 28) | (n(12) >>> 6)),
    c(n(12) >>> 1),
    c(((n(12) << 4) & 16) | (n(13) >>> 4)),
    c(((n(13) << 1) & 30) | (n(14) >>> 7)),
    c(n(14) >>> 2),
    c(((n(14) << 3) & 24) | (n(15) >>> 5)),
    c(n(15)),
  );
}

/**
 * The id on the wire of a UUID.
 *
 * @example encodeId("queue", "0190fd2e-7c4a-7bbb-8abc-0123456789ab") // "queue_01j3yjwz2afexrnf0148…"
 */
export function encodeId(kind: IdKind, uuid: string): string {
  return `${idPrefixes[kind]}_${base32FromBytes(bytesFromUuid(uuid))}`;
}

/** As {@link encodeId}, from the 16 bytes. */
export function encodeIdBytes(kind: IdKind, bytes: Uint8Array): string {
  return `${idPrefixes[kind]}_${base32FromBytes(bytes)}`;
}

/** The UUID inside an id of this kind, or null where the text is no such id. Accepts nothing but the one canonical spelling. */
export function decodeId(kind: IdKind, id: string): string | null {
  const prefix = idPrefixes[kind];
  const start = prefix.length + 1;
  if (id.length !== start + 26 || !id.startsWith(prefix) || id.charCodeAt(start - 1) !== 95) return null;
  let bits = 0;
  let bitCount = 0;
  let hex = "";
  for (let index = 0; index < 26; index += 1) {
    const code = id.charCodeAt(start + index);
    const value = code < 128 ? (characterValues[code] ?? -1) : -1;
    if (value < 0 || (index === 0 && value > 7)) return null;
    bits = (bits << 5) | value;
    bitCount += index === 0 ? 3 : 5;
    while (bitCount >= 8) {
      bitCount -= 8;
      hex += hexPairs[(bits >>> bitCount) & 255];
      if (hex.length === 8 || hex.length === 13 || hex.length === 18 || hex.length === 23) hex += "-";
    }
    bits &= 255;
  }
  return hex;
}
