/**
 * Lets the first Ctrl-C, SIGTERM or SIGHUP do `cleanUp`, after which the process ends as by that signal; the next one ends it at
 * once. Answers how to leave signals alone again.
 */
export function cleanUpOnSignals(work: {
  cleanUp(): Promise<void>;
  /** Said when it begins, and when it is given up. */
  said: { readonly begun: string; givenUp(): string };
  say(line: string): void;
}): () => void {
  const { cleanUp, said, say } = work;
  let begunAtMs: number | null = null;
  const leave = (): void => {
    for (const signal of signals) process.off(signal, on);
  };
  const end = (signal: NodeJS.Signals): void => {
    leave();
    process.kill(process.pid, signal);
  };
  const on = (signal: NodeJS.Signals): void => {
    if (begunAtMs !== null) {
      if (performance.now() - begunAtMs < samePressMs) return;
      say(said.givenUp());
      end(signal);
      return;
    }
    begunAtMs = performance.now();
    say(said.begun);
    cleanUp()
      .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
      .finally(() => end(signal));
  };
  for (const signal of signals) process.on(signal, on);
  return leave;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** A terminal and npm may each pass on one press of Ctrl-C. */
const samePressMs = 1_000;
