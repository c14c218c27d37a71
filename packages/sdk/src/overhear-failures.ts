import { StanchionError } from "./stanchion-error.ts";

/** Hears of a failure and of the call that met it, such as `queues.enter`. */
export type FailureListener = (error: StanchionError, call: string) => void;

/**
 * The same object, of whose failing calls the listener hears before the caller does. A call that its own signal ended
 * has not failed.
 */
export function overhearFailures<T extends object>(group: string, target: T, listener?: FailureListener): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const answer: unknown = member.apply(target, args);
        if (answer instanceof Promise)
          answer.catch((error: unknown) => tellFailure(listener, error, `${group}.${String(name)}`));
        return answer;
      };
    },
  });
}

/** Tells the listener, unless the call was ended on purpose. What the listener throws changes nothing for the caller. */
export function tellFailure(listener: FailureListener | undefined, error: unknown, call: string): void {
  if (!(error instanceof StanchionError) || error.code === "ABORTED") return;
  try {
    listener?.(error, call);
  } catch (reason) {
    console.error("onError threw:", reason);
  }
}
