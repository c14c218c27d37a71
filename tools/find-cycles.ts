/** One arrow of a graph. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/**
 * Finds one circle through every edge that closes one, each circle once.
 * @returns the nodes of each circle in order; the last leads back to the first
 */
export function findCycles(edges: readonly Edge[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
  const cycles = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const path = findPath(next, to, from);
    if (path !== null) cycles.set([...path].sort().join(" "), path);
  }
  return [...cycles.values()];
}

/** A circle as people read it: `a > b > a`. */
export function describeCycle(cycle: readonly string[]): string {
  return [...cycle, cycle[0]].join(" > ");
}

function findPath(
  next: ReadonlyMap<string, ReadonlySet<string>>,
  start: string,
  end: string,
): string[] | null {
  const cameFrom = new Map<string, string | null>([[start, null]]);
  // A map is walked in the order of insertion, nodes added on the way included: breadth first.
  for (const [node] of cameFrom) {
    if (node === end) return walkBack(cameFrom, end);
    for (const neighbour of next.get(node) ?? []) {
      if (!cameFrom.has(neighbour)) cameFrom.set(neighbour, node);
    }
  }
  return null;
}

function walkBack(cameFrom: ReadonlyMap<string, string | null>, end: string): string[] {
  const path: string[] = [];
  for (let node: string | null = end; node !== null; node = cameFrom.get(node) ?? null) path.unshift(node);
  return path;
}
