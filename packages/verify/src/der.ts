/** A value of ASN.1 in DER: its tag, what is in it, and all of its bytes. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly bytes: Uint8Array;
}

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of what is marked by a number in a sequence, such as `[0]`. */
export function derMark(number: number, isMadeOfParts = true): number {
  return (isMadeOfParts ? 0xa0 : 0x80) | number;
}

/** The one value that bytes hold; throws a TypeError for anything else. Tags of one byte and lengths of up to 4 are known. */
export function readDer(bytes: Uint8Array): DerValue {
  const [value, ...others] = readAll(bytes);
  if (value === undefined || others.length > 0) throw new TypeError("Expected one value in DER.");
  return value;
}

/** The values inside of one, of which the tag is expected; throws a TypeError for another. */
export function partsOf(value: DerValue | undefined, tag: number = derTags.sequence): DerValue[] {
  return readAll(contentOf(value, tag));
}

/** The bytes inside of a value of an expected tag; throws a TypeError for another. */
export function contentOf(value: DerValue | undefined, tag: number): Uint8Array {
  if (value?.tag !== tag)
    throw new TypeError(`Expected a value with tag ${tag}, got ${value?.tag ?? "none"}.`);
  return value.content;
}

/** An object identifier, such as `1.2.840.113549.1.7.2`. */
export function oidOf(value: DerValue | undefined): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of contentOf(value, derTags.oid)) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join(".");
}

/** Milliseconds since 1970 of a UTCTime or a GeneralizedTime with Z; throws a TypeError for anything else. */
export function timeOf(value: DerValue | undefined): number {
  const text = new TextDecoder().decode(value?.content);
  const isShort = value?.tag === derTags.utcTime;
  const form = isShort
    ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/
    : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/;
  const [, year, month, day, hour, minute, second, fraction = ""] = form.exec(text) ?? [];
  const isTime = isShort || value?.tag === derTags.generalizedTime;
  if (!isTime || year === undefined) throw new TypeError(`${JSON.stringify(text)} is no time.`);
  // RFC 5280: two digits stand for the years from 1950 to 2049.
  const century = isShort ? (Number(year) >= 50 ? "19" : "20") : "";
  const milliseconds = fraction.padEnd(3, "0").slice(0, 3);
  const atMs = Date.parse(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}Z`);
  if (Number.isNaN(atMs)) throw new TypeError(`${JSON.stringify(text)} is no time.`);
  return atMs;
}

/** What may well be true, and is written or signed in a way that is not known here. */
export class UnknownFormError extends TypeError {
  override readonly name = "UnknownFormError";
}

function readAll(bytes: Uint8Array): DerValue[] {
  const values: DerValue[] = [];
  for (let start = 0; start < bytes.length; ) {
    const { length, lengthBytes } = readLength(bytes, start + 1);
    const contentStart = start + 1 + lengthBytes;
    const end = contentStart + length;
    if (end > bytes.length) throw new TypeError("A value in DER is cut off.");
    const tag = bytes[start] ?? 0;
    values.push({
      tag,
      content: bytes.subarray(contentStart, end),
      bytes: bytes.subarray(start, end),
    });
    start = end;
  }
  return values;
}

function readLength(bytes: Uint8Array, at: number): { length: number; lengthBytes: number } {
  const first = bytes[at];
  if (first === 0x80) throw new UnknownFormError("It is written in BER, and not in DER.");
  if (first === undefined || first > 0x84) throw new TypeError("A value in DER has no length.");
  if (first < 0x80) return { length: first, lengthBytes: 1 };
  const count = first & 0x7f;
  const length = bytes.subarray(at + 1, at + 1 + count).reduce((all, byte) => all * 256 + byte, 0);
  return { length, lengthBytes: count + 1 };
}
