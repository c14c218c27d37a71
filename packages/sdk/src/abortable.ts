import { abortedError } from "./stanchion-error.ts";

/**
 * Lets one of several callers stop waiting for work that they share, without stopping the work.
 *
 * @throws {StanchionError} ABORTED by the signal; else what the work throws.
 */
export function abortable<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(abortedError(signal.reason));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
