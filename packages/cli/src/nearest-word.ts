/**
 * The one of the known words that is spelled most like another; null where none is near.
 *
 * @example nearestWord("recipt", ["json", "receipt"]) === "receipt"
 */
export function nearestWord<Word extends string>(word: string, known: readonly Word[]): Word | null {
  const [nearest] = known
    .map((one) => ({ one, steps: editSteps(word, one) }))
    .sort((a, b) => a.steps - b.steps);
  return nearest !== undefined && nearest.steps <= Math.max(2, word.length / 3) ? nearest.one : null;
}

/** How many letters must be put in, taken out or exchanged to make one word of the other. */
function editSteps(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries())
      next.push(
        Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + (letter === other ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
