/** The most moments that lie in one half-open window of this length. */
export function mostInWindow(moments: readonly number[], length: number): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let most = 0;
  let first = 0;
  for (const [index, moment] of sorted.entries()) {
    while (moment - (sorted[first] ?? 0) >= length) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

/** The most stays that hold at one instant. One that ends as another begins does not overlap it; null: it never ends. */
export function mostAtOnce(
  stays: readonly { readonly from: number; readonly until: number | null }[],
): number {
  const changes = stays.flatMap(({ from, until }) => [
    { at: from, change: 1 },
    ...(until === null ? [] : [{ at: until, change: -1 }]),
  ]);
  changes.sort((a, b) => a.at - b.at || a.change - b.change);
  let present = 0;
  let most = 0;
  for (const { change } of changes) {
    present += change;
    most = Math.max(most, present);
  }
  return most;
}
