import { limits } from "@stanchion/contract";

const segmentRanks = limits.boardSegmentRanks;
const segmentBytes = segmentRanks / 8;

/**
 * Which ranks above the serving one do not wait any more: a bitmap in segments, 1.25 MB for 10 million ranks.
 * Positions are counted from it, not stored: one leaver would otherwise rewrite every row behind.
 */
export interface Departures {
  has(rank: number): boolean;
  add(rank: number): void;
  /** Moves the serving rank: what is not above it counts no more. */
  serveTo(rank: number): void;
  /** How many departed ranks lie above the serving one and below this. */
  countBelow(rank: number): number;
  /** The count of each segment from the serving rank's own on, up to the last that has any. */
  counts(): number[];
  /** The bits of one segment, those up to the serving rank cleared. */
  segment(index: number): Buffer;
  clear(): void;
}

export function createDepartures(): Departures {
  let serving = 0;
  const segments = new Map<number, Uint8Array>();
  // How many departed ranks lie in the segments before each, from the serving one on; made anew when something changed.
  let before: number[] | null = null;

  const countIn = (index: number): number => {
    const bits = segments.get(index);
    if (bits === undefined) return 0;
    const first = index === segmentOf(serving) ? (serving % segmentRanks) + 1 : 0;
    return countBits(bits, first, segmentRanks);
  };

  const sums = (): number[] => {
    if (before !== null) return before;
    const made = [0];
    const start = segmentOf(serving);
    let last = start - 1;
    for (const index of segments.keys()) if (index > last) last = index;
    for (let index = start; index <= last; index += 1) made.push((made.at(-1) ?? 0) + countIn(index));
    before = made;
    return made;
  };

  return {
    has(rank) {
      if (rank <= serving) return false;
      const bits = segments.get(segmentOf(rank));
      const at = rank % segmentRanks;
      return bits !== undefined && ((bits[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
    },
    add(rank) {
      if (rank <= serving) return;
      const index = segmentOf(rank);
      let bits = segments.get(index);
      if (bits === undefined) {
        bits = new Uint8Array(segmentBytes);
        segments.set(index, bits);
      }
      const at = rank % segmentRanks;
      bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
      before = null;
    },
    serveTo(rank) {
      if (rank === serving) return;
      serving = rank;
      before = null;
      const start = segmentOf(rank);
      for (const index of segments.keys()) if (index < start) segments.delete(index);
    },
    countBelow(rank) {
      if (rank <= serving || segments.size === 0) return 0;
      const made = sums();
      const start = segmentOf(serving);
      const index = segmentOf(rank);
      const whole = made[Math.min(index - start, made.length - 1)] ?? 0;
      const bits = segments.get(index);
      if (bits === undefined) return whole;
      const first = index === start ? (serving % segmentRanks) + 1 : 0;
      return whole + countBits(bits, first, rank % segmentRanks);
    },
    counts() {
      const made = sums();
      return made.slice(1).map((sum, index) => sum - (made[index] ?? 0));
    },
    segment(index) {
      const bits = segments.get(index);
      const shown = bits === undefined ? Buffer.alloc(segmentBytes) : Buffer.from(bits);
      if (index === segmentOf(serving)) {
        const served = (serving % segmentRanks) + 1;
        shown.fill(0, 0, served >> 3);
        if (served >> 3 < segmentBytes)
          shown[served >> 3] = (shown[served >> 3] ?? 0) & (0xff << (served & 7));
      }
      return shown;
    },
    clear() {
      serving = 0;
      segments.clear();
      before = null;
    },
  };
}

export function segmentOf(rank: number): number {
  return Math.floor(rank / segmentRanks);
}

/** How many bits from `first` to before `end` are set. */
function countBits(bits: Uint8Array, first: number, end: number): number {
  let count = 0;
  let at = first;
  while (at < end && (at & 7) !== 0) {
    count += ((bits[at >> 3] ?? 0) >> (at & 7)) & 1;
    at += 1;
  }
  while (at + 8 <= end) {
    count += bitsOfByte[bits[at >> 3] ?? 0] ?? 0;
    at += 8;
  }
  while (at < end) {
    count += ((bits[at >> 3] ?? 0) >> (at & 7)) & 1;
    at += 1;
  }
  return count;
}

const bitsOfByte = Uint8Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  let count = 0;
  for (; rest !== 0; rest &= rest - 1) count += 1;
  return count;
});
