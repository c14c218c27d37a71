import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StanchionError } from "./stanchion-error.ts";
import { boardWith, clientOf, FakeServer, json, queueId, refusal, silence } from "./testing/fake-server.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";

const queueRoute = `GET /queues/${queueId}`;
const boardRoute = `GET /queues/${queueId}/now-serving`;
const queue = { id: queueId, name: "Drop", status: "OPEN" };

let server: FakeServer;
beforeEach(() => {
  useFakeTime();
  server = new FakeServer().on(queueRoute, () => json(200, queue));
});
afterEach(() => void vi.useRealTimers());

/** Settles a failing call without an unhandled rejection on the way. */
function failureOf(call: Promise<unknown>): Promise<StanchionError> {
  return call.then(
    () => Promise.reject(new Error("did not fail")),
    (error) => error,
  );
}

describe("every call", () => {
  it("sends the key and the caller's headers, and no cookies", async () => {
    await clientOf(server, { headers: { "X-Forwarded-For": "192.0.2.1" } }).queues.get(queueId);
    const { headers, init } = server.last(queueRoute);
    expect(headers.get("x-publishable-key")).toBe("pk_test_1");
    expect(headers.get("accept")).toBe("application/json");
    expect(headers.get("x-forwarded-for")).toBe("192.0.2.1");
    expect(headers.has("authorization")).toBe(false);
    expect(init.credentials).toBe("omit");
  });

  it("sends no key where everybody may read, so that no preflight is needed", async () => {
    server.on(boardRoute, () => json(200, boardWith()));
    await clientOf(server).queues.board(queueId);
    expect([...server.last(boardRoute).headers.keys()]).toEqual(["accept"]);
  });

  it("cannot leave its path through an id", async () => {
    server.on("GET /queues/..%2Fx%3Fy", () => json(200, queue));
    await expect(clientOf(server).queues.get("../x?y")).resolves.toEqual(queue);
  });
});

describe("retries", () => {
  it("survives two failures of the network, with growing waits", async () => {
    const broken = (): never => {
      throw new TypeError("fetch failed");
    };
    server.once(queueRoute, broken).once(queueRoute, broken);
    const call = clientOf(server).queues.get(queueId);
    await pass(10_000);
    await expect(call).resolves.toEqual(queue);
    const times = server.seen.map((request) => request.atMs);
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 750, 2_250]);
  });

  it("gives up after three tries and says why", async () => {
    server.on(queueRoute, () => {
      throw new TypeError("fetch failed");
    });
    const failure = failureOf(clientOf(server).queues.get(queueId));
    await pass(60_000);
    expect(await failure).toMatchObject({ code: "NETWORK_ERROR", status: 0, retryable: true });
    expect(server.count(queueRoute)).toBe(3);
  });

  it("waits as long as Retry-After says", async () => {
    server.once(queueRoute, () => refusal(503, "DEPLOYING", {}, { "retry-after": "9" }));
    const call = clientOf(server).queues.get(queueId);
    await pass(8_999);
    expect(server.count(queueRoute)).toBe(1);
    await pass(1);
    await expect(call).resolves.toEqual(queue);
  });

  it("does not try another 4xx again", async () => {
    server.on(queueRoute, () => refusal(404, "QUEUE_NOT_FOUND"));
    const failure = await failureOf(clientOf(server).queues.get(queueId));
    expect(failure).toMatchObject({ code: "QUEUE_NOT_FOUND", requestId: "req_1", retryable: false });
    expect(server.count(queueRoute)).toBe(1);
  });

  it("ends a try that takes too long", async () => {
    server.on(queueRoute, silence);
    const failure = failureOf(clientOf(server, { timeoutMs: 2_000 }).queues.get(queueId));
    await pass(20_000);
    expect(await failure).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(server.count(queueRoute)).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends a try that stands still and hears no signal", async () => {
    const client = clientOf(server, { timeoutMs: 2_000, fetch: () => new Promise(() => {}) });
    const failure = failureOf(client.queues.get(queueId));
    await pass(20_000);
    expect(await failure).toMatchObject({ code: "TIMEOUT", retryable: true });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("calls what is not JSON INVALID_RESPONSE", async () => {
    server.on(queueRoute, () => new Response("<html>", { status: 200 }));
    expect(await failureOf(clientOf(server).queues.get(queueId))).toMatchObject({
      code: "INVALID_RESPONSE",
      status: 200,
      retryable: false,
    });
  });
});

describe("the signal", () => {
  it("ends a call that is under way", async () => {
    server.on(queueRoute, silence);
    const controller = new AbortController();
    const failure = failureOf(clientOf(server).queues.get(queueId, { signal: controller.signal }));
    await pass(10);
    controller.abort();
    expect(await failure).toMatchObject({ code: "ABORTED", retryable: false });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends the long wait after a 429", async () => {
    server.on(queueRoute, () => refusal(429, "RATE_LIMITED", {}, { "retry-after": "55" }));
    const controller = new AbortController();
    const failure = failureOf(clientOf(server).queues.get(queueId, { signal: controller.signal }));
    await pass(1_000);
    controller.abort();
    expect(await failure).toBeInstanceOf(StanchionError);
    expect(await failure).toMatchObject({ code: "ABORTED" });
    expect(server.count(queueRoute)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends nothing when it fired before", async () => {
    const failure = await failureOf(clientOf(server).queues.get(queueId, { signal: AbortSignal.abort() }));
    expect(failure.code).toBe("ABORTED");
    expect(server.seen).toEqual([]);
  });
});
