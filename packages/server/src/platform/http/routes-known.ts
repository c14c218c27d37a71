import { operationNames, operationOf } from "@stanchion/contract";

const patterns = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

/** Notes a path that answers, in the contract's spelling with braces, so that misses can tell 404 from 405. */
export function noteRoute(method: string, path: string): void {
  const known = patterns.get(path) ?? {
    pattern: new RegExp(`^${path.replace(/[.]/g, "\\.").replace(/\{\w+\}|\*/g, "[^/]+")}$`),
    methods: new Set<string>(),
  };
  known.methods.add(method);
  if (method === "GET") known.methods.add("HEAD");
  patterns.set(path, known);
}

for (const name of operationNames) noteRoute(operationOf(name).method, operationOf(name).path);

/** The methods that the path takes; empty where there is no such path. */
export function methodsOf(path: string): string[] {
  const methods = new Set<string>();
  for (const route of patterns.values())
    if (route.pattern.test(path)) for (const method of route.methods) methods.add(method);
  return methods.size === 0 ? [] : [...methods, "OPTIONS"].sort();
}

const distanceMax = 4;
const missedCharactersMax = 200;

/** The known path that is nearest to a missed one, or null where none is near. */
export function nearestPath(missed: string): string | null {
  if (missed.length > missedCharactersMax) return null;
  const given = missed.split("/");
  // In a short address a few letters are all of it.
  const nearMax = Math.min(distanceMax, Math.ceil(missed.length / 4));
  let best: { path: string; distance: number } | null = null;
  for (const path of patterns.keys()) {
    // Everything short is near it, and nobody who calls an operation means it.
    if (path === "/") continue;
    const known = path.split("/");
    const spelled = known
      .map((part, index) => (part.startsWith("{") ? given[index] || part : part))
      .join("/");
    if (Math.abs(missed.length - spelled.length) > nearMax) continue;
    const distance = editDistance(missed, spelled);
    if (distance <= nearMax && (best === null || distance < best.distance)) best = { path, distance };
  }
  return best?.path ?? null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
