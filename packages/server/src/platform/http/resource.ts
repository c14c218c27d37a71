/** What every mutable resource shows of its changes. */
export function stampsOf(row: { version: number; createdAt: Date; updatedAt: Date }) {
  return {
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What a merge patch comes to: absent is unchanged, null is `cleared`. */
export function patched<T>(given: T | null | undefined, present: T, cleared: T): T {
  if (given === undefined) return present;
  return given === null ? cleared : given;
}
