/**
 * Finds out whether a text came twice, in 8 bytes for each: what is kept of one is 64 bits that depend on all of it. A text that
 * came twice is never missed; of a million that are all different, two look the same once in some thirty million times.
 */
export function watchForRepeats(): RepeatWatch {
  let words = new Uint32Array(2048);
  let count = 0;
  return {
    add(text) {
      if (count * 2 === words.length) {
        const more = new Uint32Array(words.length * 2);
        more.set(words);
        words = more;
      }
      const [high, low] = mix(text);
      words[count * 2] = high;
      words[count * 2 + 1] = low;
      count += 1;
    },
    hasRepeat() {
      const sorted = new BigUint64Array(words.buffer.slice(0, count * 8)).sort();
      return sorted.some((value, index) => index > 0 && value === sorted[index - 1]);
    },
  };
}

export interface RepeatWatch {
  add(text: string): void;
  /** Whether any text was added twice. */
  hasRepeat(): boolean;
}

function mix(text: string): [number, number] {
  let [high, low] = [0x9e3779b9, 0x7f4a7c15];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
    low = Math.imul(low ^ (code + at), 0xc2b2ae35);
    low ^= low >>> 16;
  }
  return [high, low];
}
