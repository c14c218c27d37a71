import { afterEach, describe, expect, it, vi } from "vitest";
import { listenToPage } from "./page-events.ts";

afterEach(() => void vi.unstubAllGlobals());

/** A page as far as the listening goes. */
function stubPage() {
  const page = new EventTarget();
  const target = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("document", target);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  return { page, target };
}

describe("listenToPage", () => {
  it("does nothing where there is no page", () => {
    const stop = listenToPage({ onWake: vi.fn(), onStorage: vi.fn() });
    expect(stop).not.toThrow();
  });

  it("hears that the page is seen again, shown again or on the network again", () => {
    const { page, target } = stubPage();
    const onWake = vi.fn();
    listenToPage({ onWake, onStorage: vi.fn() });
    target.dispatchEvent(new Event("visibilitychange"));
    page.dispatchEvent(new Event("online"));
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect(onWake).toHaveBeenCalledTimes(3);
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    target.visibilityState = "hidden";
    target.dispatchEvent(new Event("visibilitychange"));
    expect(onWake).toHaveBeenCalledTimes(3);
  });

  it("hears which key another tab changed, and nothing once it has ended", () => {
    const { page, target } = stubPage();
    const onStorage = vi.fn();
    const onWake = vi.fn();
    const stop = listenToPage({ onWake, onStorage });
    page.dispatchEvent(Object.assign(new Event("storage"), { key: "a" }));
    stop();
    page.dispatchEvent(Object.assign(new Event("storage"), { key: "b" }));
    expect(onStorage.mock.calls).toEqual([["a"]]);
    target.dispatchEvent(new Event("visibilitychange"));
    page.dispatchEvent(new Event("online"));
    page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));
    expect(onWake).not.toHaveBeenCalled();
  });
});
