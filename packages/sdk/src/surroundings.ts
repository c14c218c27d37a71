/** What the client takes from outside itself: the network, the clock, the dice, the wait. Tests replace it. */
export interface Surroundings {
  readonly fetch: typeof fetch;
  /** 0 to below 1. */
  readonly random: () => number;
  /** The local clock, in ms since 1970. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects when the signal fires. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

type PlainInit = Omit<RequestInit, "headers"> & { readonly headers: Readonly<Record<string, string>> };

/** A `fetch` as this client calls it. */
export type PlainFetch = (url: string, init: PlainInit) => Promise<Response>;

/** What calls are sent with. */
export interface CallSurroundings extends Omit<Surroundings, "fetch"> {
  readonly fetch: PlainFetch;
}

/** What was given, and the world as it is for the rest. */
export function surroundingsOf(options: Partial<Surroundings>): Surroundings {
  return {
    // Looked up at each call, and called as a function of the global object, which browsers insist on.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    random: options.random ?? Math.random,
    now: options.now ?? Date.now,
    wait: options.wait ?? waitFor,
  };
}

const sliceMsMax = 30_000;

/**
 * Waits in slices against the wall clock: a timer stands still while a laptop sleeps and overflows after 24 days.
 * Rejects with the signal's reason.
 */
export function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const endsAtMs = Date.now() + ms;
    let leftMs = ms;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const waitSlice = (): void => {
      const sliceMs = Math.min(Math.max(leftMs, 0), sliceMsMax);
      timer = setTimeout(() => {
        // The smaller of both: a clock that is set back does not make the wait longer.
        leftMs = Math.min(leftMs - sliceMs, endsAtMs - Date.now());
        if (leftMs > 0) return waitSlice();
        signal?.removeEventListener("abort", stop);
        resolve();
      }, sliceMs);
    };
    if (signal?.aborted) return stop();
    signal?.addEventListener("abort", stop, { once: true });
    waitSlice();
  });
}
