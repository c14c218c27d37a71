import type { StanchionError } from "@stanchion/sdk";
import type { PlaceState, SharedPlace } from "./shared-place.ts";

const askAgainMs = 10_000;
const mountMsMax = 5_000;

const waits = new WeakMap<object, Promise<void>>();

/** What a component throws that cannot show the place yet: a promise that resolves when it may, or a refusal that no waiting mends. */
export function obstacleOf<Snapshot extends { readonly error: StanchionError | null }>(
  place: SharedPlace<Snapshot>,
  isKnown: (state: Snapshot) => boolean,
): Promise<void> | StanchionError {
  const { error } = place.state;
  if (isRefusal(error)) return error;
  return whenSettled(place, (state) => isKnown(state) || isRefusal(state.error));
}

function isRefusal(error: StanchionError | null): error is StanchionError {
  return error !== null && !error.retryable;
}

/**
 * Resolves when the place is settled; the same promise to all who wait for it. A component that waits is not mounted and could stop
 * nothing, so the watch is held for it: for 10 s at a time, after which whoever still waits asks again, and for 5 s until it has
 * mounted.
 */
function whenSettled<Snapshot>(
  place: SharedPlace<Snapshot>,
  isSettled: (state: PlaceState<Snapshot>) => boolean,
): Promise<void> {
  const known = waits.get(place);
  if (known !== undefined) return known;
  const wait = new Promise<void>((resolve) => {
    const letGo = place.hold();
    const unsubscribe = place.subscribe(() => isSettled(place.state) && end());
    const timer = setTimeout(end, askAgainMs);
    function end(): void {
      clearTimeout(timer);
      unsubscribe();
      waits.delete(place);
      setTimeout(letGo, mountMsMax);
      resolve();
    }
    if (isSettled(place.state)) end();
  });
  // What has ended already is known to nobody.
  if (!isSettled(place.state)) waits.set(place, wait);
  return wait;
}

/** The digest is what frameworks know a page by that goes on in the browser on purpose, and do not report. */
export function endOnServer(): never {
  throw Object.assign(new Error("What is shown here is known in the browser only: the fallback is sent."), {
    digest: "BAILOUT_TO_CLIENT_SIDE_RENDERING",
  });
}
