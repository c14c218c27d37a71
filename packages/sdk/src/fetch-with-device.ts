import type { ServerClock } from "./server-clock.ts";
import type { PlainFetch } from "./surroundings.ts";

/**
 * A `fetch` whose sessions are bound to a key of this device, where the browser can keep one. What does so is loaded when a
 * session starts or is used.
 */
export function fetchWithDevice(name: string, fetch: PlainFetch, clock: ServerClock): PlainFetch {
  return async (url, init) => {
    const isBound = init.headers.Authorization?.startsWith("DPoP");
    const isWanted = globalThis.indexedDB && (isBound || url.includes("/auth/"));
    const device =
      isWanted &&
      (await import("./device.ts").catch((error) => {
        // It comes with the next try: a bound session must not be taken for one whose key is lost.
        if (isBound) throw error;
      }));
    return device ? device.fetchAsDevice(name, fetch, clock, url, init) : fetch(url, init);
  };
}
