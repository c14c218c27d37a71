import { randomFillSync } from "node:crypto";
import { uuidFromBytes } from "@stanchion/contract";

const poolBytes = 16_384;
const pool = new Uint8Array(poolBytes);
let poolAt = poolBytes;

/** 16 random bytes. */
export function randomBytes16(): Uint8Array {
  if (poolAt === poolBytes) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const bytes = pool.slice(poolAt, poolAt + 16);
  poolAt += 16;
  return bytes;
}

/** The 16 bytes of a UUIDv7: 48 bits of milliseconds since 1970, then random bits. */
export function newUuidBytes(nowMs: number): Uint8Array {
  const bytes = randomBytes16();
  const high = Math.floor(nowMs / 0x1_0000_0000);
  const low = nowMs >>> 0;
  bytes[0] = high >>> 8;
  bytes[1] = high;
  bytes[2] = low >>> 24;
  bytes[3] = low >>> 16;
  bytes[4] = low >>> 8;
  bytes[5] = low;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes;
}

/** A new UUIDv7 as 36 characters. */
export function newUuid(nowMs: number): string {
  return uuidFromBytes(newUuidBytes(nowMs));
}
