/** What a proof says of its list: how many entries, how many of them of each level, and how many numbers were taken out for which reason. */
export interface EntryCounts {
  readonly count: number;
  readonly levels: Readonly<Record<string, number>>;
  /** Of a draw; null where the proof says nothing of it. */
  readonly removals: Readonly<Record<string, number>> | null;
}

/** Reads a proof of whatever shape. Null as long as its list is not fixed. */
export function countEntries(proof: unknown): EntryCounts | null {
  const { count, n, levels, removals } = Object(proof);
  const size = count ?? n;
  if (typeof size !== "number") return null;
  const numbers = Object.entries(Object(levels)).filter((row): row is [string, number] => {
    return typeof row[1] === "number";
  });
  return {
    count: size,
    levels: Object.fromEntries(numbers),
    removals: Array.isArray(removals) ? countReasons(removals) : null,
  };
}

function countReasons(removals: readonly unknown[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const removal of removals) {
    const reason = String(Object(removal).reason);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** @param isCounted whether the list was read, so that the numbers are more than what the proof says */
export function tellEntries({ count, levels, removals }: EntryCounts, isCounted: boolean): string {
  const ofLevels = Object.entries(levels).map(([name, entries]) => `${entries} ${levelNames[name] ?? name}`);
  const whence = isCounted ? "" : "By the proof, not counted here: ";
  const parts = ofLevels.length === 0 ? "" : `: ${ofLevels.join(", ")}`;
  const told = `${whence}${count} ${count === 1 ? "entry" : "entries"}${parts}.`;
  return removals === null ? told : `${told}\n${tellRemovals(removals)}`;
}

/** As they are called at the check in a browser. */
const levelNames: Readonly<Record<string, string>> = {
  guest: "of guests",
  confirmed: "with a confirmed address",
  external: "with an account of the shop",
};

function tellRemovals(removals: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(removals);
  if (reasons.length === 0) return "Nobody was removed before the close.";
  const total = reasons.reduce((sum, [, times]) => sum + times, 0);
  return `Removed before the close: ${total} (${reasons.map(([name, times]) => `${name} ${times}`).join(", ")}).`;
}
