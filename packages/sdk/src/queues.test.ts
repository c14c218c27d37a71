import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StanchionError } from "./stanchion-error.ts";
import {
  clientOf,
  entryWith,
  FakeServer,
  json,
  MemoryStorage,
  queueId,
  receipt,
  refusal,
} from "./testing/fake-server.ts";
import { pass, useFakeTime } from "./testing/fake-time.ts";

const enterRoute = `POST /queues/${queueId}/enter`;
const leaveRoute = `POST /queues/${queueId}/leave`;
const statusRoute = `GET /queues/${queueId}/status`;

let server: FakeServer;
let storage: MemoryStorage;
beforeEach(() => {
  useFakeTime();
  storage = new MemoryStorage();
  server = new FakeServer()
    .on(enterRoute, () => json(201, entryWith()))
    .on(statusRoute, () => json(200, entryWith()))
    .on(leaveRoute, () => json(200, entryWith({ status: "LEFT" })));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe.each(["get", "enter", "status", "leave", "board"] as const)("%s without a queue's id", (call) => {
  it.each(["", undefined, null])("(%j) says so, and asks nobody", async (id) => {
    const heard: unknown[] = [];
    const { queues } = clientOf(server, { onError: (error, name) => heard.push([error.code, name]) });
    const failure = await queues[call](id as string).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StanchionError);
    expect(failure).toMatchObject({ code: "INVALID_ARGUMENT", details: { argument: "queueId" } });
    expect(heard).toEqual([["INVALID_ARGUMENT", `queues.${call}`]]);
    expect(server.seen).toEqual([]);
  });
});

it("a watch without a queue's id shows what is wrong, and asks nobody", async () => {
  const { queues } = clientOf(server);
  const watch = queues.watch("");
  await pass(10_000);
  expect(watch.snapshot.error).toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(server.seen).toEqual([]);
  watch.stop();
});

describe("enter", () => {
  it("makes a guest when there is no session and takes the place", async () => {
    const { queues } = clientOf(server, { fingerprint: "device-1234" });
    await expect(queues.enter(queueId)).resolves.toEqual(entryWith());
    const { headers, init } = server.last(enterRoute);
    expect(headers.get("authorization")).toBe("Bearer access-1");
    expect(headers.get("x-fingerprint")).toBe("device-1234");
    expect(headers.get("idempotency-key")).toMatch(/^[0-9a-f]{32}$/);
    expect(init.body).toBeUndefined();
  });

  it("sends one Idempotency-Key over all tries and another for the next call", async () => {
    const { queues } = clientOf(server);
    server
      .once(enterRoute, () => refusal(500, "INTERNAL_ERROR"))
      .once(enterRoute, () => refusal(409, "IDEMPOTENCY_IN_PROGRESS"))
      .once(enterRoute, () => refusal(401, "TOKEN_EXPIRED"))
      .on("POST /auth/refresh", () => refusal(429, "RATE_LIMITED"));
    const failing = queues.enter(queueId).catch((error) => error.code);
    await pass(200_000);
    expect(await failing).toBe("RATE_LIMITED");
    await queues.enter(queueId);
    const keys = server.seen
      .filter((request) => request.route === enterRoute)
      .map((request) => request.headers.get("idempotency-key"));
    expect(keys.length).toBe(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it("takes the caller's Idempotency-Key", async () => {
    await clientOf(server).queues.enter(queueId, { idempotencyKey: "mine" });
    expect(server.last(enterRoute).headers.get("idempotency-key")).toBe("mine");
  });

  it("gives the place held to who is in the line already", async () => {
    const held = entryWith({ ticket: 7 });
    server.on(enterRoute, () => refusal(409, "ALREADY_IN_QUEUE", { ...held }));
    await expect(clientOf(server).queues.enter(queueId)).resolves.toEqual(held);
  });

  it("throws QUEUE_NOT_OPEN at once, unless it is to wait for the opening", async () => {
    const closed = () => refusal(423, "QUEUE_NOT_OPEN", {}, { "retry-after": "3600" });
    server.once(enterRoute, closed).once(enterRoute, closed).once(enterRoute, closed);
    const { queues } = clientOf(server);
    await expect(queues.enter(queueId)).rejects.toMatchObject({ code: "QUEUE_NOT_OPEN" });
    const waiting = queues.enter(queueId, { waitForOpening: true });
    await pass(7_199_999);
    expect(server.count(enterRoute)).toBe(3);
    await pass(1);
    await expect(waiting).resolves.toMatchObject({ entryId: "ent_1" });
  });

  it("stops waiting for the opening when its signal fires", async () => {
    server.on(enterRoute, () => refusal(423, "QUEUE_NOT_OPEN", {}, { "retry-after": "3600" }));
    const controller = new AbortController();
    const options = { waitForOpening: true, signal: controller.signal };
    const waiting = clientOf(server)
      .queues.enter(queueId, options)
      .catch((error) => error.code);
    await pass(10_000);
    controller.abort();
    expect(await waiting).toBe("ABORTED");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("never makes a new guest in place of a session that is refused", async () => {
    const { auth, queues } = clientOf(server);
    await auth.guest();
    server.once(enterRoute, () => refusal(401, "INVALID_TOKEN"));
    await expect(queues.enter(queueId)).rejects.toMatchObject({ code: "INVALID_TOKEN" });
    expect(server.count("POST /auth/guest")).toBe(1);
    expect(auth.session()).toBeNull();
  });
});

describe("status", () => {
  it("sends the line token of the stored place, also after a reload", async () => {
    await clientOf(server, { storage }).queues.enter(queueId);
    await clientOf(server, { storage }).queues.status(queueId);
    expect(server.last(statusRoute).headers.get("x-line-token")).toBe("line-1");
  });

  it("sends no line token of a place that is over", async () => {
    const { queues } = clientOf(server);
    await queues.enter(queueId);
    await queues.leave(queueId);
    await queues.status(queueId);
    expect(server.last(statusRoute).headers.has("x-line-token")).toBe(false);
  });

  it("forgets a place that the server does not know", async () => {
    const { queues } = clientOf(server, { storage });
    await queues.enter(queueId);
    server.on(statusRoute, () => refusal(404, "NOT_IN_QUEUE"));
    await expect(queues.status(queueId)).rejects.toMatchObject({ code: "NOT_IN_QUEUE" });
    expect(storage.getItem(`stanchion:entry:pk_test_1:${queueId}`)).toBeNull();
  });

  it("gives the receipt of entering again, also after a reload", async () => {
    server.on(enterRoute, () => json(201, entryWith({ receipt })));
    await clientOf(server, { storage }).queues.enter(queueId);
    const again = await clientOf(server, { storage }).queues.status(queueId);
    expect(again.receipt).toEqual(receipt);
  });

  it("makes no session", async () => {
    await expect(clientOf(server).queues.status(queueId)).rejects.toMatchObject({
      code: "AUTHENTICATION_REQUIRED",
    });
    expect(server.seen).toEqual([]);
  });

  it("does not keep the answer for a consumer who is gone meanwhile", async () => {
    const { auth, queues } = clientOf(server, { storage });
    await auth.guest();
    server.once(statusRoute, async () => {
      await auth.guest({ fresh: true });
      return json(200, entryWith());
    });
    await queues.status(queueId);
    expect(storage.getItem(`stanchion:entry:pk_test_1:${queueId}`)).toBeNull();
  });

  it("does not overwrite what happened after it was asked", async () => {
    const { queues } = clientOf(server, { storage });
    await queues.enter(queueId);
    server.once(statusRoute, async () => {
      await queues.leave(queueId);
      return json(200, entryWith());
    });
    await queues.status(queueId);
    const stored = storage.getItem(`stanchion:entry:pk_test_1:${queueId}`) ?? "";
    expect(JSON.parse(stored).entry.status).toBe("LEFT");
  });
});

describe("leave", () => {
  it("gives up the place with an Idempotency-Key", async () => {
    const { queues } = clientOf(server);
    await queues.enter(queueId);
    await expect(queues.leave(queueId)).resolves.toMatchObject({ status: "LEFT" });
    expect(server.last(leaveRoute).headers.has("idempotency-key")).toBe(true);
  });
});

it("sends a fingerprint of its own in a browser, always the same, and none elsewhere", async () => {
  await clientOf(server).queues.enter(queueId);
  expect(server.last(enterRoute).headers.has("x-fingerprint")).toBe(false);
  vi.stubGlobal("document", { addEventListener: () => {}, removeEventListener: () => {} });
  await clientOf(server, { storage }).queues.enter(queueId);
  const first = server.last(enterRoute).headers.get("x-fingerprint");
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  await clientOf(server, { storage }).queues.leave(queueId);
  expect(server.last(leaveRoute).headers.get("x-fingerprint")).toBe(first);
});
