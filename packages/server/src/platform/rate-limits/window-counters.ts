/**
 * Fixed windows counted in memory for up to millions of keys. Keys are 64 bits, random or hashed under a seed of this process;
 * a slot takes 20 bytes, so a million keys take about 42 MB. (A Map of objects takes 192 MB and more.)
 */
export interface WindowCounters {
  /**
   * Counts one call of a key and answers how many calls its window has had, this one included.
   * The end of the window, in ms since 1970, is then in `windowEndsAtMs`.
   */
  count(high: number, low: number, windowMs: number, nowMs: number): number;
  readonly windowEndsAtMs: number;
  /** How many calls a key's present window has had, counting none. Sets `windowEndsAtMs`, as `count` does. */
  read(high: number, low: number, nowMs: number): number;
  /** Notes what somebody else has counted: so many calls in a window that ends then. Within one window counts only grow. */
  put(high: number, low: number, calls: number, endsAtMs: number, nowMs: number): void;
  /** How many keys are held, ended windows that were not swept yet included. */
  readonly size: number;
  readonly bytesHeld: number;
}

const firstSlots = 1_024;

export function createWindowCounters(): WindowCounters {
  let slots = firstSlots;
  let keys = new Uint32Array(slots * 2);
  let ends = new Float64Array(slots);
  let counts = new Uint32Array(slots);
  let used = 0;
  let endsAtMs = 0;

  const slotOf = (high: number, low: number): number => {
    const mask = slots - 1;
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask;
    while (ends[slot] !== 0 && (keys[slot * 2] !== high || keys[slot * 2 + 1] !== low))
      slot = (slot + 1) & mask;
    return slot;
  };

  // Linear probing cannot forget single keys, so ended windows go when the table is laid anew.
  const rebuild = (nowMs: number): void => {
    const [oldKeys, oldEnds, oldCounts] = [keys, ends, counts];
    let live = 0;
    for (const end of oldEnds) if (end > nowMs) live += 1;
    slots = firstSlots;
    while (slots < live * 2) slots *= 2;
    keys = new Uint32Array(slots * 2);
    ends = new Float64Array(slots);
    counts = new Uint32Array(slots);
    used = live;
    for (let old = 0; old < oldEnds.length; old += 1) {
      const end = oldEnds[old] ?? 0;
      if (end <= nowMs) continue;
      const high = oldKeys[old * 2] ?? 0;
      const low = oldKeys[old * 2 + 1] ?? 0;
      const slot = slotOf(high, low);
      keys[slot * 2] = high;
      keys[slot * 2 + 1] = low;
      ends[slot] = end;
      counts[slot] = oldCounts[old] ?? 0;
    }
  };

  const takeSlot = (high: number, low: number, nowMs: number): number => {
    if (used * 4 >= slots * 3) rebuild(nowMs);
    const slot = slotOf(high >>> 0, low >>> 0);
    if (ends[slot] === 0) {
      used += 1;
      keys[slot * 2] = high;
      keys[slot * 2 + 1] = low;
    }
    return slot;
  };

  return {
    count(high, low, windowMs, nowMs) {
      const slot = takeSlot(high, low, nowMs);
      const end = ends[slot] ?? 0;
      // An end further ahead than a window can reach is left from a clock that was set back.
      if (end <= nowMs || end > nowMs + windowMs) {
        ends[slot] = nowMs + windowMs;
        counts[slot] = 0;
      }
      endsAtMs = ends[slot] ?? 0;
      const count = (counts[slot] ?? 0) + 1;
      counts[slot] = count;
      return count;
    },
    read(high, low, nowMs) {
      const slot = slotOf(high >>> 0, low >>> 0);
      endsAtMs = ends[slot] ?? 0;
      return endsAtMs > nowMs ? (counts[slot] ?? 0) : 0;
    },
    put(high, low, calls, windowEndsAtMs, nowMs) {
      const slot = takeSlot(high, low, nowMs);
      counts[slot] = ends[slot] === windowEndsAtMs ? Math.max(counts[slot] ?? 0, calls) : calls;
      ends[slot] = windowEndsAtMs;
    },
    get windowEndsAtMs() {
      return endsAtMs;
    },
    get size() {
      return used;
    },
    get bytesHeld() {
      return keys.byteLength + ends.byteLength + counts.byteLength;
    },
  };
}
