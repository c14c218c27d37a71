/** Who wants to know what happens to the page. */
export interface PageObserver {
  /** The page is seen again or the network is back: timers and connections may have stood still. */
  onWake(): void;
  /** Another tab changed this key of the storage; null: all of them. */
  onStorage(key: string | null): void;
}

/** Listens to the page where there is one; answers what ends the listening. */
export function listenToPage(observer: PageObserver): () => void {
  if (!globalThis.document || !globalThis.addEventListener) return () => {};
  const listening = new AbortController();
  const { signal } = listening;
  const onVisible = (): void => {
    if (document.visibilityState === "visible") observer.onWake();
  };
  const onShow = (event: PageTransitionEvent): void => {
    // Not on the first show: then everything is new.
    if (event.persisted) observer.onWake();
  };
  document.addEventListener("visibilitychange", onVisible, { signal });
  addEventListener("pageshow", onShow, { signal });
  addEventListener("online", () => observer.onWake(), { signal });
  addEventListener("storage", (event) => observer.onStorage(event.key), { signal });
  return () => listening.abort();
}
