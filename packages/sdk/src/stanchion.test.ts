import { describe, expect, it, vi } from "vitest";
import { Stanchion } from "./stanchion.ts";
import { clientOf, entryWith, FakeServer, json, MemoryStorage, queueId } from "./testing/fake-server.ts";

const options = { publishableKey: "pk_test_1", baseUrl: "https://line.test" };

describe("Stanchion", () => {
  it("refuses a secret key, and what is no key", () => {
    expect(() => new Stanchion({ ...options, publishableKey: "sk_live_1" })).toThrow(/secret key/);
    expect(() => new Stanchion({ ...options, publishableKey: "" })).toThrow(TypeError);
    expect(() => new Stanchion({ ...options, formerKeys: ["pk_test_2", "sk_test_1"] })).toThrow(/secret key/);
  });

  it("goes on with the session and the place that are kept by a former key, under the new one", async () => {
    const server = new FakeServer()
      .on(`POST /queues/${queueId}/enter`, () => json(201, entryWith()))
      .on(`GET /queues/${queueId}/status`, () => json(200, entryWith()));
    const storage = new MemoryStorage();
    const before = clientOf(server, { storage, publishableKey: "pk_test_1" });
    await before.queues.enter(queueId);
    const after = clientOf(server, {
      storage,
      publishableKey: "pk_test_3",
      formerKeys: ["pk_test_2", "pk_test_1"],
    });
    expect(after.auth.session()).toEqual(before.auth.session());
    await after.queues.enter(queueId);
    const { headers } = server.last(`POST /queues/${queueId}/enter`);
    expect(headers.get("x-publishable-key")).toBe("pk_test_3");
    expect(headers.get("authorization")).toBe("Bearer access-1");
    expect(server.count("POST /auth/guest")).toBe(1);
    const alone = clientOf(server, { storage, publishableKey: "pk_test_3" });
    expect(alone.auth.session()).toBeNull();
    expect((await alone.auth.guest()).consumerId).toBe("cons_2");
    // What is kept by the own key comes first.
    const both = clientOf(server, { storage, publishableKey: "pk_test_3", formerKeys: ["pk_test_1"] });
    expect(both.auth.session()?.consumerId).toBe("cons_2");
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
