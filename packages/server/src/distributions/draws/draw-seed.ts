import { createHash } from "node:crypto";

export interface SeedParts {
  readonly rulesHash: Buffer;
  readonly root: Buffer;
  /** How many leaves the tree has. */
  readonly count: number;
  readonly serverSeed: Buffer;
  /** The signature of the beacon's round; empty without one. */
  readonly beacon: Buffer;
}

/** What decides a draw: rules, list and chance, under one hash. */
export function makeDrawSeed({ rulesHash, root, count, serverSeed, beacon }: SeedParts): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(count));
  return createHash("sha256")
    .update("fair-draw-v1/draw\0")
    .update(rulesHash)
    .update(root)
    .update(size)
    .update(serverSeed)
    .update(beacon)
    .digest();
}
