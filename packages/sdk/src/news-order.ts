import type { News } from "./topic.ts";

const restoredMsMin = 10_000;

/**
 * Chooses the newer of two. News come by several ways and out of order, so a lower version is old; only one that was
 * written 10 s later is of a server that has gone back (a restore), and is believed.
 */
export function chooseNews<N extends News>(known: N | null, offered: N): N {
  if (known === null || offered.version > known.version) return offered;
  const laterMs = Date.parse(offered.asOf) - Date.parse(known.asOf);
  return laterMs > (offered.version < known.version ? restoredMsMin : 0) ? offered : known;
}
