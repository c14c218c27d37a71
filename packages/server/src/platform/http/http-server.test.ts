import { type ErrorBody, errorCodes, limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, strangeId, type TestServer, type TestShop } from "../../testing/index.ts";
import { ApiError } from "../errors/index.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics/index.ts";
import { jsonAnswer, writeAnswer } from "./call.ts";
import { createHttpServer, type HttpServerOptions } from "./http-server.ts";

const experiences = "/api/v1/experiences";

describe("the HTTP server", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  describe("the request id", () => {
    it.each(["a", "A-b_9", "x".repeat(64)])("is kept where it is well-formed: %s", async (given) => {
      const answer = await server.call("GET", "/nowhere", { headers: { "X-Request-Id": given } });
      expect(answer.headers.get("x-request-id")).toBe(given);
      expect(errorOf(answer).requestId).toBe(given);
      const success = await shop.call("GET", experiences, { headers: { "X-Request-Id": given } });
      expect(success.headers.get("x-request-id")).toBe(given);
    });

    it.each(["", "a b", "a.b", "é", "<script>", "x".repeat(65)])(
      "is replaced where it is not: %s",
      async (given) => {
        const answer = await server.call("GET", "/nowhere", { headers: { "X-Request-Id": given } });
        const requestId = answer.headers.get("x-request-id");
        expect(requestId).toMatch(/^req_[0-9a-z]{26}$/);
        expect(errorOf(answer).requestId).toBe(requestId);
      },
    );

    it("is another one for every request", async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => server.call("GET", "/health/live")));
      expect(new Set(answers.map((answer) => answer.headers.get("x-request-id"))).size).toBe(50);
    });
  });

  describe("an address that is none", () => {
    it.each([
      ["/api/v1/experience", "/api/v1/experiences"],
      ["/api/v1/auth/guest/", "/api/v1/auth/guest"],
      ["/api/v1/quues", "/api/v1/queues"],
      [`/api/v1/queues/${strangeId("queue")}/entr`, "/api/v1/queues/{queueId}/enter"],
      ["/helth/live", "/health/live"],
    ])("%s is 404 and names the near %s", async (path, near) => {
      const answer = await server.call("GET", path);
      expect(errorOf(answer)).toMatchObject({ code: "ROUTE_NOT_FOUND", details: { didYouMean: near } });
    });

    it.each(["/api/v1/zebras", "/x", "/index.php", `/${"x/".repeat(3_000)}`, "/docs/errors/NO_SUCH_CODE"])(
      "%s is 404 and names nothing where nothing is near",
      async (path) => {
        const answer = await server.call("GET", path);
        expect(errorOf(answer)).toMatchObject({ code: "ROUTE_NOT_FOUND", details: {} });
      },
    );

    it("with a broken escape is refused as unreadable", async () => {
      expect(errorOf(await server.call("GET", "/api/v1/queues/%zz")).code).toBe("MALFORMED_REQUEST");
    });

    it.each(["queue_", "1", "..%2f..", "queue_01H455VB4PEX5VSKNK084SN02Q"])(
      "for an id in the path that is none, %s, is the thing's own 404",
      async (id) => {
        const answer = await shop.call("GET", `/api/v1/queues/${id}`);
        expect(errorOf(answer).code).toBe("QUEUE_NOT_FOUND");
      },
    );
  });

  describe("a method that an address does not take", () => {
    it.each([
      ["PUT", experiences, "GET, HEAD, OPTIONS, POST"],
      ["DELETE", experiences, "GET, HEAD, OPTIONS, POST"],
      ["POST", `${experiences}/${strangeId("experience")}`, "DELETE, GET, HEAD, OPTIONS, PATCH"],
      ["GET", "/api/v1/auth/guest", "OPTIONS, POST"],
      ["POST", "/health/live", "GET, HEAD, OPTIONS"],
      ["POST", "/docs", "GET, HEAD, OPTIONS"],
      ["PROPFIND", "/health/live", "GET, HEAD, OPTIONS"],
    ])("%s %s is 405 with what it does take", async (method, path, allow) => {
      const answer = await server.call(method, path);
      expect(errorOf(answer)).toMatchObject({ code: "METHOD_NOT_ALLOWED", details: { method } });
      expect(answer.headers.get("allow")).toBe(allow);
      expect(errorOf(answer).details.allow).toEqual(allow.split(", "));
    });

    it("is told so without a body for HEAD", async () => {
      const answer = await server.call("HEAD", "/api/v1/auth/guest");
      expect([answer.status, answer.text]).toEqual([405, ""]);
    });
  });

  describe("HEAD", () => {
    it.each([
      "/health/live",
      "/openapi.json",
      "/.well-known/jwks.json",
      "/docs",
      "/docs/errors/INVALID_JSON",
    ])("of %s is answered as GET without the body", async (path) => {
      const [head, get] = await Promise.all([server.call("HEAD", path), server.call("GET", path)]);
      expect(head.text).toBe("");
      expect(head.status).toBe(get.status);
      for (const name of ["content-type", "content-length", "cache-control"])
        expect(head.headers.get(name)).toBe(get.headers.get(name));
    });

    it("needs the same credential and counts against the same limit as GET", async () => {
      expect((await server.call("HEAD", experiences)).status).toBe(401);
      const answer = await shop.call("HEAD", experiences);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("x-ratelimit-limit")).not.toBeNull();
    });
  });

  describe("sizes", () => {
    it("refuses a body over 1 MiB, and takes one of exactly that", async () => {
      const bodyOf = (bytes: number): string => `{"name":"${"x".repeat(bytes - 11)}"}`;
      const over = await shop.call("POST", experiences, { rawBody: bodyOf(limits.bodyBytesMax + 1) });
      expect(errorOf(over)).toMatchObject({
        code: "PAYLOAD_TOO_LARGE",
        details: { limitBytes: limits.bodyBytesMax },
      });
      const most = await shop.call("POST", experiences, { rawBody: bodyOf(limits.bodyBytesMax) });
      expect(errorOf(most).issues?.[0]).toMatchObject({ type: "max_length" });
    });

    it("refuses an address over 8 KiB, known or not", async () => {
      for (const path of [experiences, "/nowhere"]) {
        const over = await shop.call("GET", `${path}?search=${"x".repeat(limits.urlBytesMax)}`);
        expect(errorOf(over).code).toBe("URI_TOO_LONG");
      }
    });
  });

  describe("media types", () => {
    it.each([
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/json; charset=utf-16",
      "application/json; charset=iso-8859-1",
      "application/jsonp",
      "application/merge-patch+json",
      "json",
      "",
    ])("refuses a body as %s", async (type) => {
      const answer = await shop.call("POST", experiences, {
        rawBody: new TextEncoder().encode('{"name":"a"}'),
        headers: { "Content-Type": type },
      });
      expect(errorOf(answer).code).toBe("UNSUPPORTED_MEDIA_TYPE");
    });

    it.each([
      "application/json",
      "application/json; charset=utf-8",
      'Application/JSON; Charset="UTF-8"',
      "application/json;charset=utf8",
      "application/json; profile=x",
    ])("takes a body as %s", async (type) => {
      const answer = await shop.call("POST", experiences, {
        rawBody: JSON.stringify({ name: `Typed ${type}` }),
        headers: { "Content-Type": type },
      });
      expect(answer.status).toBe(201);
    });

    it("needs none where there is no body", async () => {
      const queue = await shop.queue();
      for (const headers of [{}, { "Content-Type": "text/plain" }])
        expect((await shop.call("POST", `/api/v1/queues/${queue.id}/pause`, { headers })).status).toBe(200);
    });

    it("asks for a body where one is needed", async () => {
      for (const headers of [{}, { "Content-Type": "application/json" }])
        expect(errorOf(await shop.call("POST", experiences, { headers })).code).toBe("BODY_REQUIRED");
    });
  });

  describe("what every error has", () => {
    it("is given as problem+json to those who accept it, with the same facts", async () => {
      const headers = { Accept: "application/problem+json, application/json;q=0.5", "X-Request-Id": "mine" };
      const plain = await shop.call("POST", experiences, {
        body: { name: "" },
        headers: { "X-Request-Id": "mine" },
      });
      const problem = await shop.call("POST", experiences, { body: { name: "" }, headers });
      expect(problem.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      expect(plain.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(problem.body).toEqual({
        ...plain.body,
        type: plain.body.docs,
        title: "Unprocessable Entity",
        status: 422,
        detail: plain.body.message,
        instance: "mine",
      });
    });

    it("is not to be stored by anyone, as every answer of one person's", async () => {
      const answers = [
        await server.call("GET", "/nowhere"),
        await server.call("POST", "/api/v1/auth/guest"),
        await shop.call("POST", experiences),
        await shop.call("GET", experiences),
      ];
      for (const answer of answers) expect(answer.headers.get("cache-control")).toBe("no-store");
    });

    it("leads to a page about it, by a relative address where there is no public one", async () => {
      const { docs } = errorOf(await server.call("GET", "/nowhere", { headers: { Host: "evil.example" } }));
      expect(docs).toBe("/docs/errors/ROUTE_NOT_FOUND");
      for (const code of errorCodes) {
        const page = await server.call("GET", `/docs/errors/${code}`);
        expect(page.status).toBe(200);
        expect(page.text).toContain(code);
      }
    });
  });
});

describe("the HTTP server with a public address", () => {
  it("names the error pages by it", async () => {
    const server = await startTestServer({
      isWorker: false,
      env: { PUBLIC_URL: "https://line.example.com/" },
    });
    const { docs } = errorOf(await server.call("GET", "/nowhere"));
    expect(docs).toBe("https://line.example.com/docs/errors/ROUTE_NOT_FOUND");
    await server.stop();
  });
});

describe("what breaks inside", () => {
  const lines: string[] = [];
  const secret = "select * from api_keys at db.internal";

  function openApp(options: Partial<HttpServerOptions> = {}) {
    return createHttpServer({
      clock: { now: () => Date.now() },
      log: createLog("debug", (line) => lines.push(line)),
      metrics: createMetrics(),
      trustProxy: ["loopback"],
      publicUrl: () => null,
      isDraining: () => false,
      maintenance: () => null,
      ...options,
    });
  }

  it.each<[string, unknown]>([
    ["an error", new Error(secret)],
    ["a text", secret],
    ["an object", { message: secret, statusCode: 404, code: "SOME_CODE" }],
    ["a number", 42],
    ["null", null],
    ["undefined", undefined],
    ["an error that says it is the caller's", Object.assign(new Error(secret), { statusCode: 418 })],
  ])("is a 500 that tells nothing where a handler throws %s", async (_, thrown) => {
    const app = openApp();
    app.get("/thrown", () => {
      throw thrown;
    });
    app.get("/rejected", () => Promise.reject(thrown));
    for (const url of ["/thrown", "/rejected"]) {
      const answer = await app.inject({ url, headers: { "x-request-id": "the-one" } });
      expect(answer.statusCode).toBe(500);
      expect(answer.json<ErrorBody>()).toMatchObject({
        error: "internal_error",
        code: "INTERNAL_ERROR",
        details: {},
        requestId: "the-one",
        retryable: true,
      });
      expect(answer.body).not.toContain("select");
      expect(lines.at(-1)).toContain("the-one");
    }
    await app.close();
  });

  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const throwsWhenRead = (): never => {
    throw new Error(secret);
  };
  it.each<[string, unknown]>([
    ["details that go round", new ApiError("QUEUE_FULL", { details: circular })],
    ["a BigInt in the details", new ApiError("QUEUE_FULL", { details: { capacity: 1n } })],
    [
      "details that cannot be read",
      new ApiError("QUEUE_FULL", {
        details: {
          get capacity() {
            return throwsWhenRead();
          },
        },
      }),
    ],
    [
      "an error whose code cannot be read",
      Object.defineProperty(new Error("a"), "code", { get: throwsWhenRead }),
    ],
    [
      "an error whose stack cannot be read",
      Object.defineProperty(new Error("a"), "stack", { get: throwsWhenRead }),
    ],
    [
      "an error whose message cannot be read",
      Object.defineProperty(new Error("a"), "message", { get: throwsWhenRead }),
    ],
    [
      "an error that causes itself",
      Object.assign(new Error("a"), {
        get cause() {
          return this;
        },
      }),
    ],
    [
      "something that refuses every look at it",
      new Proxy(
        {},
        {
          get: throwsWhenRead,
          getPrototypeOf: throwsWhenRead,
          ownKeys: throwsWhenRead,
          has: throwsWhenRead,
          getOwnPropertyDescriptor: throwsWhenRead,
        },
      ),
    ],
    ["a function", throwsWhenRead],
    ["a symbol", Symbol(secret)],
  ])("is a 500 also where %s is thrown", async (_, thrown) => {
    const app = openApp();
    app.get("/rejected", () => Promise.reject(thrown));
    const answer = await app.inject({ url: "/rejected", headers: { "x-request-id": "the-odd-one" } });
    expect(answer.statusCode).toBe(500);
    expect(answer.json<ErrorBody>()).toMatchObject({
      code: "INTERNAL_ERROR",
      details: {},
      requestId: "the-odd-one",
    });
    expect(answer.body).not.toContain("select");
    expect(answer.headers["x-request-id"]).toBe("the-odd-one");
    expect(lines.at(-1)).toContain("the-odd-one");
    await app.close();
  });

  it("is answered once where a handler breaks after its answer", async () => {
    const app = openApp();
    app.get("/twice", async (request, reply) => {
      writeAnswer(request, reply, jsonAnswer(200, "first"));
      throw new Error(secret);
    });
    const answer = await app.inject({ url: "/twice" });
    expect([answer.statusCode, answer.body]).toEqual([200, '"first"']);
    await app.close();
  });

  it("is logged with its stack and its code under the request id", async () => {
    const app = openApp();
    app.get("/thrown", () => {
      throw new Error("the cause of it");
    });
    await app.inject({ url: "/thrown", headers: { "x-request-id": "logged-one" } });
    const entry = JSON.parse(lines.find((line) => line.includes("logged-one")) ?? "{}");
    expect(entry).toMatchObject({ level: "error", requestId: "logged-one", code: "INTERNAL_ERROR" });
    expect(entry.err.stack).toContain("the cause of it");
    await app.close();
  });

  it("gives way to everything else while the process stops: 503 also for what there is not, seen by browsers", async () => {
    const app = openApp({ isDraining: () => true });
    const answer = await app.inject({ url: "/nowhere", headers: { origin: "https://shop.example" } });
    expect(answer.json<ErrorBody>().code).toBe("DEPLOYING");
    expect(answer.headers).toMatchObject({
      "retry-after": "3",
      connection: "close",
      "access-control-allow-origin": "https://shop.example",
    });
    await app.close();
  });
});
