/** Resolves so many ms later. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const retryMsMin = 2_000;
const retryMsMax = 60_000;

/** The pause after so many failed tries: ever longer, and not the same for everybody who waits. */
export function waitToRetry(tries: number): Promise<void> {
  const ms = Math.min(retryMsMax, retryMsMin * 2 ** Math.min(tries - 1, 5));
  return wait(ms * (0.5 + Math.random() / 2));
}
