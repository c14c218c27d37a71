import { randomFillSync } from "node:crypto";
import { uuidFromBytes } from "@stanchion/contract";

const poolBytes = 16_384;
const pool = new Uint8Array(poolBytes);
const poolAsBuffer = Buffer.from(pool.buffer);
let poolAt = poolBytes;

/** 16 random bytes. */
export function randomBytes16(): Uint8Array {
  const from = takeRandom16();
  return pool.slice(from, from + 16);
}

/** 16 random bytes as hex. */
export function randomHex16(): string {
  const from = takeRandom16();
  return poolAsBuffer.toString("hex", from, from + 16);
}

/** The 16 bytes of a UUIDv7: 48 bits of milliseconds since 1970, then random bits. */
export function newUuidBytes(nowMs: number): Uint8Array {
  return asUuid7(randomBytes16(), nowMs);
}

const lent = new Uint8Array(16);

/** As {@link newUuidBytes}, in bytes that are the next caller's too: for who makes a text of them at once. */
export function lendUuidBytes(nowMs: number): Uint8Array {
  const from = takeRandom16();
  for (let index = 6; index < 16; index += 1) lent[index] = pool[from + index] ?? 0;
  return asUuid7(lent, nowMs);
}

/** Where in the pool 16 bytes begin that nobody has had. */
function takeRandom16(): number {
  if (poolAt === poolBytes) {
    randomFillSync(pool);
    poolAt = 0;
  }
  poolAt += 16;
  return poolAt - 16;
}

function asUuid7(bytes: Uint8Array, nowMs: number): Uint8Array {
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
