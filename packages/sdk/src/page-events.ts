/** Who wants to know what happens to the page. */
export interface PageObserver {
  /** The page is seen again or the network is back: timers and connections may have stood still. */
  onWake(): void;
  /** Another tab changed this key of the storage; null: all of them. */
  onStorage(key: string | null): void;
}

/** Listens to the page where there is one; answers what ends the listening. */
export function listenToPage(observer: PageObserver): () => void {
  if (typeof document === "undefined" || typeof addEventListener !== "function") return () => {};
  const onVisible = (): void => {
    if (document.visibilityState === "visible") observer.onWake();
  };
  const onShow = (event: PageTransitionEvent): void => {
    // Not on the first show: then everything is new.
    if (event.persisted) observer.onWake();
  };
  const onOnline = (): void => observer.onWake();
  const onStorage = (event: StorageEvent): void => observer.onStorage(event.key);
  document.addEventListener("visibilitychange", onVisible);
  addEventListener("pageshow", onShow);
  addEventListener("online", onOnline);
  addEventListener("storage", onStorage);
  return () => {
    document.removeEventListener("visibilitychange", onVisible);
    removeEventListener("pageshow", onShow);
    removeEventListener("online", onOnline);
    removeEventListener("storage", onStorage);
  };
}
