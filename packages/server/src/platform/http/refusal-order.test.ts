import { type ErrorCode, limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const experiences = "/api/v1/experiences";
const queues = "/api/v1/queues";
const text = { "Content-Type": "text/plain" };
const foreign = { Origin: "https://elsewhere.example" };
const tooLarge = "x".repeat(limits.bodyBytesMax + 1);
const strangeQueue = `${queues}/${strangeId("queue")}`;

/** Each case has at least two faults; the one that comes first in the contract's order must be told. */
describe("of several faults the first is told", () => {
  let server: TestServer;
  let shop: TestShop;
  let other: TestShop;
  /** One whose calls are spent. */
  let spent: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    const one = { limit: 1, windowSeconds: 60 };
    [shop, other, spent] = await Promise.all([
      server.shop(),
      server.shop(),
      server.shop({ rateLimits: { general: one, entry: one } }),
    ]);
    await spent.call("GET", experiences);
  });
  afterAll(() => server.stop());

  type Case = [string, ErrorCode, () => Promise<TestAnswer>];
  it.each<Case>([
    [
      "no route, no credential, not JSON",
      "ROUTE_NOT_FOUND",
      () => server.call("POST", "/api/v1/quues", { rawBody: "x", headers: text }),
    ],
    [
      "no route, a body too large",
      "ROUTE_NOT_FOUND",
      () => server.call("POST", "/api/v1/quues", { rawBody: tooLarge }),
    ],
    [
      "no such method, no credential, broken JSON",
      "METHOD_NOT_ALLOWED",
      () => server.call("PUT", experiences, { rawBody: "{" }),
    ],
    [
      "no credential, not JSON",
      "SECRET_KEY_REQUIRED",
      () => server.call("POST", experiences, { rawBody: "x", headers: text }),
    ],
    [
      "no credential, a body too large",
      "SECRET_KEY_REQUIRED",
      () => server.call("POST", experiences, { rawBody: tooLarge }),
    ],
    [
      "a wrong credential, a foreign origin",
      "INVALID_TOKEN",
      () => server.call("GET", experiences, { bearer: "sk_test_x", headers: foreign }),
    ],
    [
      "no credential, an id that is none",
      "PUBLISHABLE_KEY_REQUIRED",
      () => server.call("GET", `${queues}/x`),
    ],
    [
      "too many calls, a foreign origin, not JSON",
      "RATE_LIMITED",
      () => spent.call("POST", experiences, { rawBody: "x", headers: { ...text, ...foreign } }),
    ],
    [
      "a foreign origin, a body too large",
      "ORIGIN_NOT_ALLOWED",
      () => shop.call("POST", experiences, { rawBody: tooLarge, headers: foreign }),
    ],
    [
      "a foreign origin, not JSON",
      "ORIGIN_NOT_ALLOWED",
      () => shop.call("POST", experiences, { rawBody: "x", headers: { ...text, ...foreign } }),
    ],
    [
      "too large, not JSON",
      "PAYLOAD_TOO_LARGE",
      () => shop.call("POST", experiences, { rawBody: tooLarge, headers: text }),
    ],
    [
      "not JSON, no such thing",
      "UNSUPPORTED_MEDIA_TYPE",
      () => shop.call("PATCH", strangeQueue, { rawBody: "x", headers: text }),
    ],
    [
      "not JSON, a bad idempotency key",
      "UNSUPPORTED_MEDIA_TYPE",
      () => shop.call("POST", queues, { rawBody: "x", headers: { ...text, "Idempotency-Key": "a b" } }),
    ],
    ["broken JSON, no such thing", "INVALID_JSON", () => shop.call("PATCH", strangeQueue, { rawBody: "{" })],
    [
      "an unknown field, a bad idempotency key",
      "UNKNOWN_FIELD",
      () =>
        shop.call("POST", queues, {
          body: { name: "a", admitRate: 1, x: 1 },
          headers: { "Idempotency-Key": "a b" },
        }),
    ],
    [
      "an unknown field, no such thing",
      "UNKNOWN_FIELD",
      () => shop.call("PATCH", strangeQueue, { body: { x: 1 } }),
    ],
    [
      "an unknown parameter, no such thing",
      "INVALID_PARAMETER",
      () => shop.call("GET", `${strangeQueue}?x=1`),
    ],
    [
      "a bad If-Match, no such thing",
      "INVALID_PARAMETER",
      () => shop.call("PATCH", strangeQueue, { body: {}, headers: { "If-Match": "x" } }),
    ],
    [
      "an unknown field, a broken rule",
      "UNKNOWN_FIELD",
      () => shop.call("POST", experiences, { body: { name: "", x: 1 } }),
    ],
    [
      "a bad idempotency key, a broken rule",
      "INVALID_IDEMPOTENCY_KEY",
      () => shop.call("POST", experiences, { body: { name: "" }, headers: { "Idempotency-Key": "" } }),
    ],
    [
      "no such thing, a broken rule",
      "QUEUE_NOT_FOUND",
      () => shop.call("PATCH", strangeQueue, { body: { name: "" } }),
    ],
  ])("%s: %s", async (_, code, ask) => {
    const answer = await ask();
    expect(errorOf(answer).code).toBe(code);
  });

  it("an idempotency key used before for another thing comes before there being no such thing", async () => {
    const queue = await shop.queue();
    const headers = { "Idempotency-Key": "for-one-thing" };
    await shop.call("POST", `${queues}/${queue.id}/pause`, { headers });
    const answer = await shop.call("POST", `${strangeQueue}/pause`, { headers });
    expect(errorOf(answer).code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("another's thing comes before a broken rule", async () => {
    const queue = await other.queue();
    const answer = await shop.call("PATCH", `${queues}/${queue.id}`, { body: { name: "" } });
    expect(errorOf(answer).code).toBe("OTHER_ORGANIZATION");
  });

  it("a broken rule comes before an old version", async () => {
    const queue = await shop.queue();
    const headers = { "If-Match": '"99"' };
    const answer = await shop.call("PATCH", `${queues}/${queue.id}`, { body: { name: "" }, headers });
    expect(errorOf(answer).code).toBe("VALIDATION_ERROR");
  });

  it("a broken rule comes before an id that is taken", async () => {
    const { body } = await shop.call("POST", experiences, { body: { name: "First", slug: "first" } });
    await shop.call("POST", experiences, { body: { name: "Second" } });
    const again = { id: body.id, name: "Second" };
    expect(errorOf(await shop.call("POST", experiences, { body: again })).code).toBe("VALIDATION_ERROR");
    const itself = { id: body.id, name: "First", slug: "first" };
    expect(errorOf(await shop.call("POST", experiences, { body: itself })).code).toBe("ALREADY_EXISTS");
  });

  it("a thing that is not there comes before a malformed fingerprint, and that before not being open", async () => {
    const fan = await shop.fan();
    const malformed = { "X-Fingerprint": "x" };
    expect(errorOf(await fan.enter(strangeId("queue"), malformed)).code).toBe("QUEUE_NOT_FOUND");
    const early = await shop.queue({ openAt: "2099-01-01T00:00:00Z", requireFingerprint: true });
    expect(errorOf(await fan.enter(early.id, malformed)).code).toBe("FP003");
    expect(errorOf(await fan.enter(early.id)).code).toBe("FP001");
    expect(errorOf(await fan.enter(early.id, { "X-Fingerprint": "a-good-one" })).code).toBe("QUEUE_NOT_OPEN");
  });

  it("being in already comes before closed, and closed before full", async () => {
    const queue = await shop.queue({ capacity: 1 });
    const [first, second] = await Promise.all([shop.fan(), shop.fan()]);
    await first.enter(queue.id);
    expect(errorOf(await second.enter(queue.id)).code).toBe("QUEUE_FULL");
    expect(errorOf(await first.enter(queue.id)).code).toBe("ALREADY_IN_QUEUE");
    await shop.call("POST", `${queues}/${queue.id}/close`);
    expect(errorOf(await first.enter(queue.id)).code).toBe("ALREADY_IN_QUEUE");
    expect(errorOf(await second.enter(queue.id)).code).toBe("QUEUE_CLOSED");
  });
});
