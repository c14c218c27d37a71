import { afterEach, describe, expect, it, vi } from "vitest";
import { createSafeStorage, findLocalStorage, type SessionStorage } from "./storage.ts";
import { MemoryStorage } from "./testing/fake-server.ts";

afterEach(() => void vi.unstubAllGlobals());

const throwing: SessionStorage = {
  getItem: () => {
    throw new Error("denied");
  },
  setItem: () => {
    throw new Error("quota");
  },
  removeItem: () => {
    throw new Error("denied");
  },
};

describe("createSafeStorage", () => {
  it("keeps in memory what the storage refuses", () => {
    const storage = createSafeStorage(throwing);
    storage.setItem("a", "1");
    expect(storage.getItem("a")).toBe("1");
    storage.removeItem("a");
    expect(storage.getItem("a")).toBeNull();
  });

  it("reads what another tab has written", () => {
    const shared = new MemoryStorage();
    const storage = createSafeStorage(shared);
    storage.setItem("a", "1");
    shared.setItem("a", "2");
    expect(storage.getItem("a")).toBe("2");
  });

  it("goes back to the storage once it takes values again", () => {
    const shared = new MemoryStorage();
    const setItem = vi.spyOn(shared, "setItem").mockImplementationOnce(() => {
      throw new Error("quota");
    });
    const storage = createSafeStorage(shared);
    storage.setItem("a", "1");
    expect(shared.getItem("a")).toBeNull();
    storage.setItem("a", "2");
    expect(setItem).toHaveBeenCalledTimes(2);
    expect(shared.getItem("a")).toBe("2");
  });
});

describe("findLocalStorage", () => {
  it("finds none where it throws, and none where there is none", () => {
    vi.stubGlobal("localStorage", undefined);
    expect(findLocalStorage()).toBeNull();
    vi.stubGlobal("localStorage", throwing);
    expect(findLocalStorage()).toBeNull();
  });

  it("finds one that works and leaves nothing in it", () => {
    const working = new MemoryStorage();
    vi.stubGlobal("localStorage", working);
    expect(findLocalStorage()).toBe(working);
    expect(working.values.size).toBe(0);
  });
});
