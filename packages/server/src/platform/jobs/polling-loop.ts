/** What a worker does again and again, with a pause in between. */
export interface PollingLoop {
  /** Begins no round any more and waits for the one under way. */
  stop(): Promise<void>;
}

export interface PollingLoopInput {
  readonly pollMs: number;
  /** Asks `isStopped` between its steps, and leaves the rest to whoever comes next. */
  round(isStopped: () => boolean): Promise<void>;
  /** Hears of the first failure in a row: a database that is away is told once. */
  onFailure(error: unknown): void;
}

/** Begins at once; a round that fails is tried again after the pause. */
export function startPollingLoop({ pollMs, round, onFailure }: PollingLoopInput): PollingLoop {
  let isStopped = false;
  let isFailing = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const loop = (): void => {
    running = round(() => isStopped)
      .then(() => {
        isFailing = false;
      })
      .catch((error: unknown) => {
        if (!isFailing) onFailure(error);
        isFailing = true;
      })
      .finally(() => {
        if (!isStopped) timer = setTimeout(loop, pollMs);
      });
  };
  loop();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
