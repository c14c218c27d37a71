const lockWaitMsMax = 30_000;

/**
 * Runs one thing at a time across the tabs of a browser, where it has locks. A tab that holds the lock for too long
 * does not stop the others: they go on without it.
 */
export async function withTabLock<T>(name: string, run: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (locks === undefined) return run();
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), lockWaitMsMax);
  let hasLock = false;
  try {
    return await locks.request(name, { signal: giveUp.signal }, () => {
      clearTimeout(timer);
      hasLock = true;
      return run();
    });
  } catch (error) {
    if (hasLock) throw error;
    return run();
  } finally {
    clearTimeout(timer);
  }
}
