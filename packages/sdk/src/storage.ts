/**
 * Where the session and the places in line are kept; synchronous, as `localStorage` is.
 *
 * @example
 * const values = new Map<string, string>();
 * const storage: SessionStorage = {
 *   getItem: (key) => values.get(key) ?? null,
 *   setItem: (key, value) => void values.set(key, value),
 *   removeItem: (key) => void values.delete(key),
 * };
 */
export interface SessionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Wraps a storage that may throw (private mode, quota, policy): what it does not take is kept in memory. */
export function createSafeStorage(preferred: SessionStorage | null): SessionStorage {
  const memory = new Map<string, string>();
  return {
    getItem(key) {
      const kept = memory.get(key);
      if (kept !== undefined) return kept;
      return attempt(() => preferred?.getItem(key)) ?? null;
    },
    setItem(key, value) {
      memory.delete(key);
      const isStored = attempt(() => {
        preferred?.setItem(key, value);
        return preferred !== null;
      });
      if (isStored !== true) memory.set(key, value);
    },
    removeItem(key) {
      memory.delete(key);
      attempt(() => preferred?.removeItem(key));
    },
  };
}

/** The browser's `localStorage`, or null where there is none or it does not work. */
export function findLocalStorage(): SessionStorage | null {
  const found = attempt(() => {
    const { localStorage } = globalThis;
    const probe = "stanchion:probe";
    localStorage.setItem(probe, "1");
    const isWorking = localStorage.getItem(probe) === "1";
    localStorage.removeItem(probe);
    return isWorking ? localStorage : null;
  });
  return found ?? null;
}

// A storage that throws is the same to us as one that holds nothing.
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
