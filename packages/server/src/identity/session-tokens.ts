import { bytesFromUuid, limits, uuidFromBytes } from "@stanchion/contract";
import { apiError } from "../platform/errors/index.ts";
import type { Secrets } from "../platform/secrets.ts";

/** Who a session's tokens speak for. */
export interface SessionSubject {
  readonly organizationId: string;
  readonly isLive: boolean;
  readonly consumerId: string;
  readonly familyId: string;
}

/** A subject, and whether it has shown that an address is its own. */
export interface TokenSubject extends SessionSubject {
  readonly isConfirmed: boolean;
  /** Has it an account of the shop's own? */
  readonly isExternal: boolean;
  /** The thumbprint (RFC 7638) of the key that the session's device must prove; null: whoever has the tokens is believed. */
  readonly deviceKey: Uint8Array | null;
}

/** What an access token says, as bytes: nearly every request reads one, and few need more than the consumer's id, or it as text. */
export class AccessClaims {
  readonly isLive: boolean;
  readonly isConfirmed: boolean;
  readonly isExternal: boolean;
  readonly consumerBytes: Buffer;
  readonly deviceKey: Buffer | null;
  readonly expiresAtMs: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.isLive = hasFlag(bytes, liveFlag);
    this.isConfirmed = hasFlag(bytes, confirmedFlag);
    this.isExternal = hasFlag(bytes, externalFlag);
    this.consumerBytes = bytes.subarray(18, 34);
    this.deviceKey = deviceKeyOf(bytes);
    this.expiresAtMs = bytes.readUInt32BE(50) * 1000;
    this.#bytes = bytes;
  }

  get familyBytes(): Buffer {
    return this.#bytes.subarray(34, 50);
  }

  isOfOrganization(organizationBytes: Uint8Array): boolean {
    return this.#bytes.compare(organizationBytes, 0, 16, 2, 18) === 0;
  }
}

export interface RefreshClaims extends TokenSubject {
  /** 0 for the token of the session's start, then one more with each rotation. */
  readonly generation: number;
  readonly expiresAtSeconds: number;
}

// version, flags, organization 16, consumer 16, family 16, expiry u32, generation u32 (0 in access tokens), MAC 16, and a zero:
// 75 bytes are 100 characters without unused bits, so a token has one spelling. One that is bound to a key has the key's
// thumbprint before the MAC, and two zeros: 108 bytes, 144 characters.
interface Layout {
  readonly version: number;
  readonly macAt: number;
  readonly bytes: number;
}
const unbound: Layout = { version: 1, macAt: 58, bytes: 75 };
const bound: Layout = { version: 2, macAt: 90, bytes: 108 };
/** How long an access token is as bytes, at most. */
export const accessTokenBytesMax: number = bound.bytes;
const boundCharacters = 144;
const unboundCharacters = 100;
const deviceKeyAt = 58;
const liveFlag = 1;
const confirmedFlag = 2;
const externalFlag = 4;

function write(
  secrets: Secrets,
  purpose: "access-token" | "refresh-token",
  subject: TokenSubject,
  expiresAtSeconds: number,
  generation: number,
): string {
  const layout = subject.deviceKey === null ? unbound : bound;
  const bytes = Buffer.alloc(layout.bytes);
  bytes[0] = layout.version;
  bytes[1] =
    (subject.isLive ? liveFlag : 0) |
    (subject.isConfirmed ? confirmedFlag : 0) |
    (subject.isExternal ? externalFlag : 0);
  bytes.set(bytesFromUuid(subject.organizationId), 2);
  bytes.set(bytesFromUuid(subject.consumerId), 18);
  bytes.set(bytesFromUuid(subject.familyId), 34);
  bytes.writeUInt32BE(expiresAtSeconds, 50);
  bytes.writeUInt32BE(generation, 54);
  if (subject.deviceKey !== null) bytes.set(subject.deviceKey, deviceKeyAt);
  secrets.writeMac(purpose, bytes.subarray(0, layout.macAt), bytes, layout.macAt);
  return bytes.toString("base64url");
}

function layoutOf(characters: number): Layout | null {
  if (characters === unboundCharacters) return unbound;
  return characters === boundCharacters ? bound : null;
}

/** Tokens whose MAC was found good lately, as bytes. */
export interface GoodTokens {
  has(token: Uint8Array): boolean;
  add(token: Uint8Array): void;
}

function read(
  secrets: Secrets,
  purpose: "access-token" | "refresh-token",
  token: string,
  good?: GoodTokens,
): Buffer {
  const layout = layoutOf(token.length);
  const bytes = layout === null ? null : Buffer.from(token, "base64url");
  if (layout === null || bytes?.length !== layout.bytes) throw apiError("INVALID_TOKEN");
  const { version, macAt } = layout;
  if (bytes[0] !== version) throw apiError("INVALID_TOKEN");
  if (good?.has(bytes)) return bytes;
  const isOurs =
    bytes[layout.bytes - 1] === 0 &&
    (layout === unbound || bytes[layout.bytes - 2] === 0) &&
    secrets.isMacAt(purpose, bytes, macAt);
  if (!isOurs) throw apiError("INVALID_TOKEN");
  good?.add(bytes);
  return bytes;
}

/** An access token, good for an hour. Verified by its MAC alone. */
export function issueAccessToken(secrets: Secrets, subject: TokenSubject, nowMs: number): string {
  return write(secrets, "access-token", subject, Math.floor(nowMs / 1000) + limits.accessTokenSeconds, 0);
}

/** Throws INVALID_TOKEN or TOKEN_EXPIRED. `good`: tokens of this kind that need not be checked by the MAC again. */
export function readAccessToken(
  secrets: Secrets,
  token: string,
  nowMs: number,
  good?: GoodTokens,
): AccessClaims {
  const claims = new AccessClaims(read(secrets, "access-token", token, good));
  if (claims.expiresAtMs <= nowMs) throw apiError("TOKEN_EXPIRED");
  return claims;
}

/** A refresh token of this generation. The same arguments give the same token: a successor is derived, never stored. */
export function issueRefreshToken(secrets: Secrets, claims: RefreshClaims): string {
  return write(secrets, "refresh-token", claims, claims.expiresAtSeconds, claims.generation);
}

/** Throws INVALID_TOKEN or TOKEN_EXPIRED. */
export function readRefreshToken(secrets: Secrets, token: string, nowMs: number): RefreshClaims {
  const bytes = read(secrets, "refresh-token", token);
  const expiresAtSeconds = bytes.readUInt32BE(50);
  if (expiresAtSeconds * 1000 <= nowMs) throw apiError("TOKEN_EXPIRED");
  return { ...subjectOf(bytes), generation: bytes.readUInt32BE(54), expiresAtSeconds };
}

function hasFlag(bytes: Buffer, flag: number): boolean {
  return ((bytes[1] ?? 0) & flag) !== 0;
}

function deviceKeyOf(bytes: Buffer): Buffer | null {
  return bytes[0] === bound.version ? bytes.subarray(deviceKeyAt, bound.macAt) : null;
}

function subjectOf(bytes: Buffer): TokenSubject {
  return {
    organizationId: uuidFromBytes(bytes.subarray(2, 18)),
    isLive: hasFlag(bytes, liveFlag),
    isConfirmed: hasFlag(bytes, confirmedFlag),
    isExternal: hasFlag(bytes, externalFlag),
    consumerId: uuidFromBytes(bytes.subarray(18, 34)),
    familyId: uuidFromBytes(bytes.subarray(34, 50)),
    deviceKey: deviceKeyOf(bytes),
  };
}
