/** How long one thing took, over several rounds. */
export interface Timing {
  readonly name: string;
  readonly count: number;
  /** Milliseconds of each round, in order. */
  readonly ms: readonly number[];
}

/** Takes the time of a thing in every round, after one that is not counted. */
export async function takeTime(
  name: string,
  count: number,
  rounds: number,
  work: () => unknown,
): Promise<Timing> {
  await work();
  const ms: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const beganAtMs = performance.now();
    await work();
    ms.push(performance.now() - beganAtMs);
  }
  return { name, count, ms };
}

/** The middle one, the least and the most. */
export function spreadOf({ ms }: Pick<Timing, "ms">): { median: number; least: number; most: number } {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), least: at(0), most: at(sorted.length - 1) };
}

export function printTimings(rounds: number, timings: readonly Timing[]): void {
  console.log(`\nmedians of ${rounds} rounds\n`);
  console.log("| what | of how many | ms | least | most |\n|---|---:|---:|---:|---:|");
  for (const timing of timings) {
    const { median, least, most } = spreadOf(timing);
    const shown = [median, least, most].map((ms) => ms.toFixed(ms < 10 ? 3 : 0)).join(" | ");
    console.log(`| ${timing.name} | ${timing.count.toLocaleString("en")} | ${shown} |`);
  }
}
