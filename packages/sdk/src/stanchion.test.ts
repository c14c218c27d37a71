import { describe, expect, it, vi } from "vitest";
import { Stanchion } from "./stanchion.ts";
import { FakeServer, json } from "./testing/fake-server.ts";

const options = { publishableKey: "pk_test_1", baseUrl: "https://line.test" };

describe("Stanchion", () => {
  it("refuses a secret key, and what is no key", () => {
    expect(() => new Stanchion({ ...options, publishableKey: "sk_live_1" })).toThrow(/secret key/);
    expect(() => new Stanchion({ ...options, publishableKey: "" })).toThrow(TypeError);
  });

  it("refuses a malformed fingerprint", () => {
    expect(() => new Stanchion({ ...options, fingerprint: "short" })).toThrow(TypeError);
    expect(() => new Stanchion({ ...options, fingerprint: "good-one_1.2:3" })).not.toThrow();
  });

  it("takes a base address with a slash at its end", async () => {
    const server = new FakeServer().on("GET /queues/q", () =>
      json(200, { id: "q", name: "", status: "OPEN" }),
    );
    const client = new Stanchion({ ...options, baseUrl: "https://line.test//", fetch: server.fetch });
    await client.queues.get("q");
    expect(server.count("GET /queues/q")).toBe(1);
  });

  it("calls the global fetch as a function of the global object", async () => {
    const seen: unknown[] = [];
    vi.stubGlobal("fetch", function (this: unknown) {
      seen.push(this);
      return Promise.resolve(json(200, { id: "q", name: "", status: "OPEN" }));
    });
    await new Stanchion(options).queues.get("q");
    vi.unstubAllGlobals();
    expect(seen).toEqual([globalThis]);
  });

  it("tells onError of a failing call before its caller, and not of a cancelled one", async () => {
    const refusal = {
      error: "not_found",
      code: "QUEUE_NOT_FOUND",
      message: "",
      details: {},
      requestId: "req_1",
    };
    const server = new FakeServer().on("GET /queues/q", () => json(404, refusal));
    const told: string[] = [];
    const client = new Stanchion({
      ...options,
      fetch: server.fetch,
      onError: (error, call) => told.push(`${call} ${error.code}`),
    });
    await client.queues.get("q").catch(() => told.push("caught"));
    await client.queues.get("q", { signal: AbortSignal.abort() }).catch(() => told.push("cancelled"));
    expect(told).toEqual(["queues.get QUEUE_NOT_FOUND", "caught", "cancelled"]);
  });
});
