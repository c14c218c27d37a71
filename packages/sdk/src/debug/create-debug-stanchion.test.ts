import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFakeStanchion } from "../fake/index.ts";
import type { StanchionOptions } from "../stanchion.ts";
import { boardWith, FakeServer, json, MemoryStorage, queueId, refusal } from "../testing/fake-server.ts";
import { pass, useFakeTime } from "../testing/fake-time.ts";
import { createDebugStanchion, type DebugEvent } from "./index.ts";

const path = `/api/v1/queues/${queueId}`;

describe("createDebugStanchion", () => {
  let server: FakeServer;
  let lines: string[];
  let events: DebugEvent[];
  const write = (line: string, event: DebugEvent): void => {
    lines.push(line);
    events.push(event);
  };
  const optionsOf = (more: Partial<StanchionOptions> = {}): StanchionOptions => ({
    publishableKey: "pk_test_1",
    baseUrl: "https://line.test",
    storage: new MemoryStorage(),
    random: () => 0.5,
    fetch: server.fetch,
    ...more,
  });
  beforeEach(() => {
    useFakeTime();
    server = new FakeServer();
    lines = [];
    events = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("tells each request with its status, duration, request id and the code of a refusal, and then the failure", async () => {
    const named = { id: queueId, name: "", status: "OPEN" };
    const overloaded = () => refusal(503, "OVERLOADED", {}, { "x-request-id": "req_1" });
    server
      .once(`GET /queues/${queueId}`, async () => {
        await new Promise((resolve) => setTimeout(resolve, 35));
        return json(200, named, { "x-request-id": "req_0" });
      })
      .on(`GET /queues/${queueId}`, overloaded);
    const heard: string[] = [];
    const onError: StanchionOptions["onError"] = ({ code }, call) => heard.push(`${call} ${code}`);
    const stanchion = createDebugStanchion(optionsOf({ onError }), { write });
    const answer = stanchion.queues.get(queueId);
    await pass(35);
    await answer;
    const refused = stanchion.queues.get(queueId).catch(() => lines.push("caught"));
    await pass(300_000);
    await refused;
    const tried = `stanchion GET ${path} 503 OVERLOADED 0 ms req_1`;
    expect(lines).toEqual([
      `stanchion GET ${path} 200 35 ms req_0`,
      tried,
      tried,
      tried,
      "stanchion queues.get failed: OVERLOADED 503 req_1 /docs",
      "caught",
    ]);
    expect(heard).toEqual(["queues.get OVERLOADED"]);
    expect(events[1]).toEqual({
      kind: "request",
      method: "GET",
      path,
      status: 503,
      durationMs: 0,
      requestId: "req_1",
      code: "OVERLOADED",
      isStream: false,
    });
  });

  it("tells of requests without an answer, and of those that were ended", async () => {
    const fetch = vi.fn().mockRejectedValue(new TypeError("no network"));
    const stanchion = createDebugStanchion(optionsOf({ fetch }), { write });
    const controller = new AbortController();
    const asked = stanchion.queues.get(queueId, { signal: controller.signal }).catch(() => {});
    await pass(0);
    fetch.mockImplementation(server.fetch);
    server.on(`GET /queues/${queueId}`, () => new Promise(() => {}));
    await pass(1_000);
    controller.abort();
    await asked;
    await pass(0);
    expect(lines).toEqual([
      `stanchion GET ${path} no answer NETWORK_ERROR 0 ms`,
      expect.stringMatching(/^stanchion GET \S+ no answer ABORTED \d+ ms$/),
    ]);
  });

  it("tells how a watch stands when it begins, and whenever phase, connection or what stands in the way change", async () => {
    server.on(`GET /queues/${queueId}/now-serving`, () => refusal(503, "OVERLOADED"));
    const stanchion = createDebugStanchion(optionsOf(), { write });
    const watch = stanchion.queues.watch(queueId);
    await pass(0);
    server.stream.send("board", boardWith());
    await pass(0);
    server.stream.send("board", boardWith({ version: 2 }));
    await pass(0);
    server.stream.end();
    await pass(1_900);
    watch.stop();
    const ofWatch = lines.filter((line) => line.startsWith("stanchion watch"));
    expect(ofWatch).toEqual([
      `stanchion watch ${queueId} outside connecting`,
      `stanchion watch ${queueId} outside stream`,
      `stanchion watch ${queueId} outside polling`,
      `stanchion watch ${queueId} outside polling OVERLOADED`,
      `stanchion watch ${queueId} outside offline OVERLOADED`,
    ]);
    expect(lines).toContain(`stanchion GET ${path}/stream 200 stream 0 ms`);
  });

  it("goes to console.debug by itself, and changes nothing where what writes throws", async () => {
    const debug = vi.spyOn(console, "debug").mockImplementation(() => {});
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    server.on(`GET /queues/${queueId}`, () => json(200, { id: queueId, name: "", status: "OPEN" }));
    await createDebugStanchion(optionsOf()).queues.get(queueId);
    expect(debug.mock.calls).toEqual([[`stanchion GET ${path} 200 0 ms`]]);
    const broken = () => {
      throw new Error("full");
    };
    await createDebugStanchion(optionsOf(), { write: broken }).queues.get(queueId);
    expect(error).toHaveBeenCalledOnce();
  });

  it("tells no key, token, code or body, whatever the client sends and is answered", async () => {
    vi.useRealTimers();
    const fake = createFakeStanchion();
    const queue = fake.addQueue();
    const draw = fake.addDraw();
    const secrets = new Set<string>([fake.publishableKey]);
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const answer = await fake.surroundings.fetch(input, init);
      if (answer.headers.get("content-type")?.includes("json"))
        collectSecrets(await answer.clone().json(), secrets);
      const sent = new Headers(init?.headers);
      for (const name of ["authorization", "x-fingerprint", "x-line-token", "idempotency-key"])
        if (sent.has(name)) secrets.add((sent.get(name) ?? "").replace(/^\w+ /, ""));
      return answer;
    };
    const { publishableKey, url: baseUrl, surroundings } = fake;
    const fingerprint = "a-device-of-somebody";
    const options = { publishableKey, baseUrl, ...surroundings, fetch, fingerprint };
    const stanchion = createDebugStanchion(options, { write });
    await stanchion.auth.requestCode("fan@example.com");
    secrets.add(fake.codeFor("fan@example.com") ?? "").add("fan@example.com");
    const { consumerId } = await stanchion.queues.enter(queue.id);
    await stanchion.auth.verifyCode("fan@example.com", fake.codeFor("fan@example.com") ?? "");
    const watch = stanchion.queues.watch(queue.id);
    queue.admit(stanchion.auth.session()?.consumerId ?? consumerId);
    const { admission } = await stanchion.queues.status(queue.id);
    expect(admission?.token).toBeTruthy();
    await stanchion.draws.enter(draw.id);
    await stanchion.auth.refresh();
    // Passed for an id, by mistake.
    await stanchion.queues.get(admission?.token ?? "").catch(() => {});
    await stanchion.queues.get(publishableKey).catch(() => {});
    watch.stop();
    expect(secrets.size).toBeGreaterThan(8);
    const told = JSON.stringify([lines, events]);
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(lines).toContainEqual(
      expect.stringMatching(/^stanchion GET \/api\/v1\/queues\/… 404 QUEUE_NOT_FOUND/),
    );
  });

  it("is in no bundle of who does not import it", async () => {
    const input = fileURLToPath(new URL("../index.ts", import.meta.url));
    const bundle = await rolldown({ input, platform: "browser" });
    const { output } = await bundle.generate({ format: "esm" });
    const modules = output.flatMap((part) => (part.type === "chunk" ? part.moduleIds : []));
    expect(modules.filter((id) => id.includes("/debug/"))).toEqual([]);
  });
});

/** Every text that an answer holds under a name of something secret. */
function collectSecrets(value: unknown, secrets: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member === "string" && /token$|code$|salt|signature/i.test(name) && !/^[A-Z_]+$/.test(member))
      secrets.add(member);
    collectSecrets(member, secrets);
  }
}
