/** One thing that was checked, whether it holds, and that in a sentence. */
export interface CheckStep {
  readonly step: string;
  readonly holds: boolean;
  readonly says: string;
}

/**
 * A step that holds when `findFault` finds none. What throws, because what it reads is not even of its form, does not hold either.
 * @param good what the step says when it holds
 */
export function takeStep(step: string, good: string, findFault: () => string | null): CheckStep {
  const fault = attempt(findFault);
  return { step, holds: fault === null, says: fault ?? good };
}

function attempt(findFault: () => string | null): string | null {
  try {
    return findFault();
  } catch (error) {
    return `What was to be checked ${tellUnreadable(error)}`;
  }
}

/** Why something cannot be read, as the end of a sentence. What is thrown here is a sentence; what the engine says is none, and helps nobody. */
export function tellUnreadable(error: unknown): string {
  const isSentence = error instanceof Error && error.message.endsWith(".");
  return isSentence ? `cannot be read: ${error.message}` : "is not of its form.";
}
