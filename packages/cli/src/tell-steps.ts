import type { CheckStep } from "@stanchion/verify";

/** A line for each step of a check: whether it holds, its name, and that in a sentence. */
export function tellSteps(steps: readonly CheckStep[]): string {
  const width = Math.max(...steps.map(({ step }) => step.length));
  return steps
    .map(({ step, holds, says }) => `${holds ? "holds" : "FAILS"}  ${step.padEnd(width)}  ${says}`)
    .join("\n");
}
