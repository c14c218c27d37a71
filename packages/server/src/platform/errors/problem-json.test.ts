import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  startTestServer,
  strangeId,
  type TestAnswer,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const experiences = "/api/v1/experiences";
const asProblem = { Accept: "application/problem+json" };

describe("application/problem+json", () => {
  let server: TestServer;
  let shop: TestShop;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
    shop = await server.shop();
  });
  afterAll(() => server.stop());

  type Ask = (headers: Record<string, string>) => Promise<TestAnswer>;
  const refusals: [name: string, status: number, ask: Ask][] = [
    ["a path that there is not", 404, (headers) => server.call("GET", "/nowhere", { headers })],
    [
      "a method that a path does not take",
      405,
      (headers) => server.call("DELETE", "/health/live", { headers }),
    ],
    ["a missing credential", 401, (headers) => server.call("GET", experiences, { headers })],
    ["a body that is no JSON", 400, (headers) => shop.call("POST", experiences, { rawBody: "{", headers })],
    [
      "another media type",
      415,
      (headers) =>
        shop.call("POST", experiences, {
          rawBody: "x",
          headers: { "Content-Type": "text/plain", ...headers },
        }),
    ],
    [
      "a body over the limit",
      413,
      (headers) => shop.call("POST", experiences, { rawBody: "x".repeat(1_100_000), headers }),
    ],
    ["values that break rules", 422, (headers) => shop.call("POST", experiences, { body: {}, headers })],
    [
      "a thing that there is not",
      404,
      (headers) => shop.call("GET", `${experiences}/${strangeId("experience")}`, { headers }),
    ],
    [
      "a board that there is not",
      404,
      (headers) => server.call("GET", `/api/v1/queues/${strangeId("queue")}/now-serving`, { headers }),
    ],
    [
      "a stream that there is not",
      404,
      (headers) => server.call("GET", `/api/v1/queues/${strangeId("queue")}/stream`, { headers }),
    ],
  ];

  it.each(refusals)(
    "is what %s is refused as, to those who accept it, with the same facts",
    async (_, status, ask) => {
      const id = { "X-Request-Id": "same" };
      const [plain, problem] = [await ask(id), await ask({ ...id, ...asProblem })];
      expect([plain.status, problem.status]).toEqual([status, status]);
      expect(problem.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
      expect(problem.body).toMatchObject({ ...plain.body, status, instance: "same" });
      for (const [name, value] of plain.headers)
        if (!/^(content-|date|x-ratelimit-|ratelimit)/.test(name))
          expect([name, problem.headers.get(name)]).toEqual([name, value]);
    },
  );

  it("is what a call past its limit is refused as", async () => {
    const tight = await server.shop({ rateLimits: { general: { limit: 1, windowSeconds: 60 } } });
    await tight.call("GET", experiences);
    const plain = await tight.call("GET", experiences);
    const problem = await tight.call("GET", experiences, { headers: asProblem });
    const again = await tight.call("GET", experiences, { headers: asProblem });
    expect(plain.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(problem.body).toMatchObject({ status: 429, title: "Too Many Requests", code: "RATE_LIMITED" });
    expect(again.body.instance).not.toBe(problem.body.instance);
  });

  it("is not for successes, nor for what has no choice", async () => {
    const made = await shop.call("POST", experiences, { body: { name: "Fine" }, headers: asProblem });
    expect(made.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(made.headers.get("vary")).toBe("Origin");
    expect(made.headers.get("content-language")).toBeNull();
  });

  it("lets caches know what it depends on", async () => {
    const judged = await shop.call("GET", `${experiences}/x`);
    expect(judged.headers.get("vary")).toBe("Origin, Accept");
    const open = await server.call("GET", `/api/v1/queues/${strangeId("queue")}/now-serving`);
    expect(open.headers.get("vary")).toBe("Accept");
    expect(open.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("is chosen anew by whoever repeats a key: the answer was kept once", async () => {
    const path = `/api/v1/queues/${strangeId("queue")}/pause`;
    const pause = (accept: Record<string, string>) =>
      shop.call("POST", path, { headers: { "Idempotency-Key": "kept", ...accept } });
    const [problem, plain, again] = [await pause(asProblem), await pause({}), await pause(asProblem)];
    expect(problem.headers.get("idempotent-replayed")).toBeNull();
    expect(problem.body).toMatchObject({ ...plain.body, status: 404 });
    expect(plain.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect([plain, again].map((answer) => answer.headers.get("idempotent-replayed"))).toEqual([
      "true",
      "true",
    ]);
    expect(again.text).toBe(problem.text);
    expect(again.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  });
});
