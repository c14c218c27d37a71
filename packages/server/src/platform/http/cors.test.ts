import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  errorOf,
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const guest = "/api/v1/auth/guest";
const listed = "https://shop.example";
const exposed = [
  "X-Request-Id",
  "Retry-After",
  "X-RateLimit-Limit",
  "X-RateLimit-Remaining",
  "X-RateLimit-Reset",
  "RateLimit",
  "RateLimit-Policy",
  "ETag",
  "Location",
  "Idempotent-Replayed",
];

describe("browsers of other origins", () => {
  let server: TestServer;
  let shop: TestShop;
  let live: TestShop;
  let open: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    [shop, live, open] = await Promise.all([
      server.shop({ allowedOrigins: [listed, "https://tickets.example:8443"] }),
      server.shop({ isLive: true }),
      server.shop(),
    ]);
  });
  afterAll(() => server.stop());

  const start = ({ publishableKey }: TestShop, origin: string): Promise<TestAnswer> =>
    server.call("POST", guest, { publishableKey, headers: { Origin: origin } });
  const allowed = (answer: TestAnswer): string | null => answer.headers.get("access-control-allow-origin");

  describe("a preflight", () => {
    const ask = (path: string, origin: string): Promise<TestAnswer> =>
      server.call("OPTIONS", path, {
        headers: {
          Origin: origin,
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": "authorization,idempotency-key",
        },
      });

    it.each([guest, "/nowhere", `/api/v1/queues/${strangeId("queue")}/enter`])(
      "of %s gets 204 for any origin, without credentials",
      async (path) => {
        const answer = await ask(path, "https://anyone.example");
        expect(answer.status).toBe(204);
        expect(answer.text).toBe("");
        expect(allowed(answer)).toBe("https://anyone.example");
        expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
        expect(answer.headers.get("vary")).toBe("Origin");
      },
    );

    it("allows every header and method that an operation takes", async () => {
      const answer = await ask(guest, listed);
      const headers = answer.headers.get("access-control-allow-headers")?.toLowerCase().split(", ");
      for (const name of [
        "authorization",
        "content-type",
        "idempotency-key",
        "if-match",
        "x-fingerprint",
        "x-line-token",
        "x-publishable-key",
        "x-request-id",
      ])
        expect(headers).toContain(name);
      const methods = answer.headers.get("access-control-allow-methods")?.split(", ");
      expect(methods).toEqual(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);
    });

    it("never allows null", async () => {
      expect(allowed(await ask(guest, "null"))).toBeNull();
    });
  });

  it("on an organization's list are let in, and can read what they need", async () => {
    for (const origin of [listed, "https://tickets.example:8443"]) {
      const answer = await start(shop, origin);
      expect(answer.status).toBe(201);
      expect(allowed(answer)).toBe(origin);
      expect(answer.headers.get("vary")).toBe("Origin");
      const readable = answer.headers.get("access-control-expose-headers")?.split(", ");
      expect(readable).toEqual(expect.arrayContaining(exposed));
    }
  });

  it.each([
    "https://shop.example.evil.example",
    "https://evilshop.example",
    "https://www.shop.example",
    "http://shop.example",
    "https://shop.example:444",
    "https://shop.example/",
    "https://SHOP.example",
    "https://shop.example, https://evil.example",
    "shop.example",
    "null",
  ])("that are not on it are refused: %s", async (origin) => {
    const answer = await start(shop, origin);
    expect(errorOf(answer)).toMatchObject({ code: "ORIGIN_NOT_ALLOWED", details: { origin } });
    expect(allowed(answer)).toBe(/^https?:\/\/[^/, ]+$/.test(origin) ? origin : null);
  });

  it("are all let in with a test key where there is no list, but for null", async () => {
    expect((await start(open, "https://anyone.example")).status).toBe(201);
    expect(errorOf(await start(open, "null")).code).toBe("ORIGIN_NOT_ALLOWED");
  });

  it("are refused with a live key where there is no list, but for the server's own", async () => {
    expect(errorOf(await start(live, "https://anyone.example")).code).toBe("ORIGIN_NOT_ALLOWED");
    expect((await start(live, new URL(server.url).origin)).status).toBe(201);
    const otherPort = new URL(server.url);
    otherPort.port = "1";
    expect(errorOf(await start(live, otherPort.origin)).code).toBe("ORIGIN_NOT_ALLOWED");
  });

  it("never use a secret key, wherever it would be taken", async () => {
    for (const origin of [listed, new URL(server.url).origin, "null"])
      for (const [method, path] of [
        ["GET", "/api/v1/experiences"],
        ["POST", guest],
      ] as const) {
        const answer = await shop.call(method, path, { headers: { Origin: origin } });
        expect(errorOf(answer).code).toBe("ORIGIN_NOT_ALLOWED");
        expect(errorOf(answer).message).toContain("secret key");
      }
  });

  it("can read every refusal, also those given before there is an operation", async () => {
    const headers = { Origin: listed };
    const { publishableKey } = shop;
    const answers = [
      await server.call("GET", "/nowhere", { headers }),
      await server.call("GET", guest, { headers }),
      await server.call("POST", guest, { headers }),
      await server.call("GET", "/api/v1/queues/%zz", { headers }),
      await server.call("POST", guest, { headers, publishableKey, rawBody: "{" }),
      await server.call("GET", `${guest}?${"x".repeat(9_000)}`, { headers }),
      await server.call("GET", `/api/v1/queues/${strangeId("queue")}`, { headers, publishableKey }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([404, 405, 401, 400, 400, 414, 404]);
    for (const answer of answers) {
      expect(allowed(answer)).toBe(listed);
      expect(answer.headers.get("access-control-expose-headers")).toContain("X-Request-Id");
    }
  });

  it("read what is open to all as anyone, whatever their origin", async () => {
    const queue = await live.queue();
    for (const path of [
      `/api/v1/queues/${queue.id}/now-serving`,
      `/api/v1/queues/${queue.id}/departed/0`,
      `/api/v1/queues/${strangeId("queue")}/now-serving`,
      "/.well-known/jwks.json",
      "/openapi.json",
    ])
      for (const origin of ["https://anyone.example", "null"])
        expect(allowed(await server.call("GET", path, { headers: { Origin: origin } }))).toBe("*");
  });

  it("are told their own origin where an id is empty, since such an address is none", async () => {
    const answer = await server.call("GET", "/api/v1/queues//now-serving", { headers: { Origin: listed } });
    expect([answer.status, allowed(answer)]).toEqual([404, listed]);
  });

  it("get no permission where none was asked for", async () => {
    expect(allowed(await server.call("GET", "/nowhere"))).toBeNull();
    expect(allowed(await server.call("POST", guest, { publishableKey: open.publishableKey }))).toBeNull();
  });
});
