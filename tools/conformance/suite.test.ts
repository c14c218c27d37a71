/** The suite itself: it must be able to fail. A server is given a lie to tell, a table a row that is none. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { errorTable } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "../../packages/server/src/testing/index.ts";
import { checkExchange, type ErrorRows } from "./check-exchange.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { ConformanceServer } from "./conformance-server.ts";
import { type ReceivedAnswer, sendRequest } from "./exchange.ts";
import { type RunResult, runCases } from "./run-cases.ts";
import { readDocument } from "./served-document.ts";

type Lie = (answer: ReceivedAnswer) => ReceivedAnswer;

const noKey: ConformanceCase = {
  code: "SECRET_KEY_REQUIRED",
  operation: "listQueues",
  needs: [],
  cause: "no key",
  provoke: (ctx) => ctx.send("GET", "/api/v1/queues"),
};
const invalidName: ConformanceCase = {
  code: "VALIDATION_ERROR",
  operation: "createExperience",
  needs: [],
  cause: "an empty name",
  async provoke(ctx) {
    await ctx.asShop("GET", "/api/v1/experiences");
    return ctx.asShop("POST", "/api/v1/experiences", {
      body: { name: "" },
      headers: { "X-Request-Id": "mine" },
    });
  },
};

const withBody = (change: (body: Record<string, unknown>) => unknown): Lie => {
  return (answer) =>
    // The pages for people stay as they are.
    answer.status >= 400 && answer.headers.get("content-type")?.startsWith("application/json")
      ? { ...answer, text: JSON.stringify(change(JSON.parse(answer.text))) }
      : answer;
};
const withHeader = (name: string, value: string | null): Lie => {
  return (answer) => {
    const headers = new Headers(answer.headers);
    if (value === null) headers.delete(name);
    else headers.set(name, value);
    return { ...answer, headers };
  };
};

describe("the conformance suite", () => {
  let real: TestServer;
  let liar: Server;
  let lie: Lie = (answer) => answer;
  let server: ConformanceServer;

  beforeAll(async () => {
    real = await startTestServer({ isWorker: false });
    liar = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const { host: _, connection: __, "content-length": ___, ...headers } = request.headers;
      const { url: path = "/", method = "GET" } = request;
      const body = parts.length === 0 ? null : Buffer.concat(parts).toString();
      const sent = { method, path, headers: headers as Record<string, string>, body, isRaw: false };
      const told = lie(await sendRequest(real.url, sent));
      const named = [...told.headers].filter(([name]) => !["content-length", "connection"].includes(name));
      response.writeHead(told.status, Object.fromEntries(named));
      response.end(told.text);
    });
    await new Promise<void>((resolve) => void liar.listen(0, "127.0.0.1", resolve));
    const shop = await real.shop();
    server = {
      url: `http://127.0.0.1:${(liar.address() as AddressInfo).port}`,
      secretKey: shop.secretKey,
      facilities: {},
      document: readDocument((await real.call("GET", "/openapi.json")).body),
      shared: new Map(),
      casesAtOnce: 1,
      close: async () => {},
    };
  });
  afterAll(async () => {
    liar.close();
    liar.closeAllConnections();
    await real.stop();
  });

  const run = (
    cases: readonly ConformanceCase[],
    options: { rows?: ErrorRows; mustReachAll?: boolean; pairsOutOfReach?: [] } = {},
  ): Promise<RunResult> => {
    const { SECRET_KEY_REQUIRED, VALIDATION_ERROR } = errorTable;
    const servers = { with: async () => server, close: async () => {} };
    return runCases({
      cases,
      servers,
      rows: { SECRET_KEY_REQUIRED, VALIDATION_ERROR },
      mustReachAll: false,
      ...options,
    });
  };
  const driftUnder = async (told: Lie): Promise<string> => {
    lie = told;
    const { drift } = await run([noKey, invalidName]);
    lie = (answer) => answer;
    return drift.join("\n");
  };

  it("finds nothing wrong with a server that keeps the contract", async () => {
    const result = await run([noKey, invalidName]);
    expect(result.drift).toEqual([]);
    expect(result.codes).toEqual({ covered: 2, total: 2 });
    expect(result.requests).toBe(3);
  });

  it("takes a 304 only from a read that declares it, when it was asked with an ETag", () => {
    const faultsOf = (path: string, headers: Record<string, string>): readonly string[] =>
      checkExchange(
        {
          request: { method: "GET", path, headers, body: null, isRaw: false },
          answer: {
            status: 304,
            text: "",
            headers: new Headers({ "X-Request-Id": "req_1", "Access-Control-Allow-Origin": "*" }),
          },
        },
        errorTable,
        server.document,
      ).faults.filter((fault) => fault.includes("304"));
    const queue = "/api/v1/queues/queue_01kf1v6rq8fzz9m3c5x7t2w4n0";
    expect(faultsOf(`${queue}/departed/0`, { "if-none-match": '"1.0"' })).toEqual([]);
    expect(faultsOf(`${queue}/departed/0`, {})).toEqual(["a 304 to who did not say what it has"]);
    expect(faultsOf(`${queue}/now-serving`, { "if-none-match": '"1.0"' })).toEqual([
      "readBoard answered 304; declared is 200",
      "the served document declares no 304 for readBoard",
    ]);
  });

  it.each<[string, Lie, string]>([
    [
      "another status",
      (answer) => ({ ...answer, status: answer.status === 401 ? 403 : answer.status }),
      "the status is 403",
    ],
    ["another error", withBody((body) => ({ ...body, error: "forbidden" })), "error is"],
    [
      "a code that is none",
      withBody((body) => ({ ...body, code: "NO_SUCH_CODE" })),
      "is no row of the contract",
    ],
    ["retryable the other way", withBody((body) => ({ ...body, retryable: true })), "retryable is true"],
    [
      "a member more",
      withBody((body) => ({ ...body, stack: "" })),
      "has a member that the contract does not: stack",
    ],
    ["a member less", withBody(({ details: _, ...body }) => body), "has no details"],
    ["another request's id", withBody((body) => ({ ...body, requestId: "req_other" })), "requestId is"],
    ["an empty message", withBody((body) => ({ ...body, message: " " })), "the message is empty"],
    [
      "a message with a gap",
      withBody((body) => ({ ...body, message: "Wait {retryAfter} s" })),
      "is not filled",
    ],
    [
      "issues in another shape",
      withBody((body) => ({ ...body, issues: [{ field: "name" }] })),
      "issue 0: its members are field",
    ],
    [
      "an issue's path as a text",
      withBody((body) => ({
        ...body,
        issues: [
          { kind: "validation", type: "required", expected: "a", received: "b", message: "c", path: "name" },
        ],
      })),
      "path is no list",
    ],
    [
      "docs that lead nowhere",
      withBody((body) => ({ ...body, docs: "/docs/errors/NOTHING" })),
      "docs does not lead",
    ],
    [
      "a stack",
      withBody((body) => ({ ...body, message: "broken at handle (server.ts:12)" })),
      "gives away a stack",
    ],
    [
      "SQL",
      withBody((body) => ({ ...body, details: { cause: "select id from api_keys" } })),
      "gives away SQL",
    ],
    [
      "a path",
      withBody((body) => ({ ...body, details: { file: "/usr/src/node_modules/x" } })),
      "gives away a path",
    ],
    [
      "a host",
      withBody((body) => ({ ...body, details: { cause: "connect ECONNREFUSED" } })),
      "gives away an address",
    ],
    [
      "a page of a proxy",
      (answer) => ({
        ...answer,
        text: "<h1>Bad Gateway</h1>",
        status: 502,
        headers: new Headers({ "Content-Type": "text/html" }),
      }),
      "a naked 502",
    ],
    [
      "304 to a read that has no ETag",
      (answer) => (answer.status === 200 ? { ...answer, status: 304, text: "" } : answer),
      "declares no 304 for listExperiences",
    ],
    ["no request id", withHeader("X-Request-Id", null), "no X-Request-Id"],
    [
      "a request id of its own for the caller's",
      withHeader("X-Request-Id", "req_01kf1v6rq8fzz9m3c5x7t2w4n0"),
      "the caller's X-Request-Id mine became",
    ],
    [
      "a content type without charset",
      withHeader("Content-Type", "application/json"),
      "Content-Type is application/json instead",
    ],
    ["a cacheable error", withHeader("Cache-Control", "public, max-age=60"), "Cache-Control is public"],
    ["no challenge", withHeader("WWW-Authenticate", null), "no WWW-Authenticate"],
    ["no language", withHeader("Content-Language", null), "no Content-Language"],
    ["no rate-limit headers", withHeader("RateLimit", null), "the rate-limit headers are not all there"],
    [
      "two stories of the limit",
      withHeader("X-RateLimit-Remaining", "1"),
      "the two kinds of rate-limit headers differ",
    ],
    [
      "a success with a member more",
      (answer) =>
        answer.status === 200 && answer.text.startsWith('{"data"')
          ? { ...answer, text: answer.text.replace("{", '{"extra":1,') }
          : answer,
      "outside the served document",
    ],
    [
      "a status that is not declared",
      (answer) => (answer.status === 200 ? { ...answer, status: 202 } : answer),
      "declares no 202 for listExperiences",
    ],
    [
      "a code that the operation does not declare",
      withBody((body) => ({ ...body, error: "conflict", code: "QUEUE_FULL" })),
      "is no row of the contract",
    ],
  ])("sees %s", async (_, told, fault) => {
    expect(await driftUnder(told)).toContain(fault);
  });

  it("sees a code that the operation does not declare", async () => {
    lie = (answer) =>
      answer.status === 401
        ? { ...answer, status: 409, text: answer.text.replace("SECRET_KEY_REQUIRED", "QUEUE_FULL") }
        : answer;
    const { SECRET_KEY_REQUIRED, QUEUE_FULL } = errorTable;
    const { drift } = await run([noKey], { rows: { SECRET_KEY_REQUIRED, QUEUE_FULL } });
    lie = (answer) => answer;
    expect(drift.join("\n")).toContain("listQueues does not declare QUEUE_FULL");
  });

  it("fails for a row that has no case, and for one whose status is another", async () => {
    const { SECRET_KEY_REQUIRED, QUEUE_FULL } = errorTable;
    const { drift } = await run([noKey], {
      rows: { SECRET_KEY_REQUIRED: { ...SECRET_KEY_REQUIRED, status: 403 }, QUEUE_FULL },
    });
    expect(drift).toContain("the row QUEUE_FULL has no case: add one in tools/conformance/cases");
    expect(drift.join("\n")).toContain("the status is 401; the row's is 403");
  });

  it("fails for a case whose code its operation does not declare", async () => {
    const { drift } = await run([noKey, invalidName, { ...noKey, code: "QUEUE_FULL" }]);
    expect(drift).toContain("there is a case of QUEUE_FULL for listQueues, which does not declare it");
  });

  it("fails for a case that comes to another code, or to another operation", async () => {
    const wrongCode = { ...noKey, code: "INVALID_TOKEN" } as const;
    expect((await run([wrongCode])).drift.join("\n")).toContain("it came to GET /api/v1/queues → 401");
    const wrongPlace = { ...noKey, operation: "listSequences" } as const;
    expect((await run([wrongPlace])).drift.join("\n")).toContain("it came to GET /api/v1/queues → 401");
  });

  it("fails for a case whose set-up fails, and goes on with the others", async () => {
    const broken: ConformanceCase = { ...noKey, provoke: (ctx) => ctx.need("clock") as never };
    const result = await run([broken, invalidName]);
    expect(result.drift.join("\n")).toContain('uses "clock" and does not say that it needs it');
    expect(result.codes.covered).toBe(1);
  });

  it("fails for a declared pair that no request brought about, where all are to be reached", async () => {
    const { drift, pairs } = await run([noKey, invalidName], { mustReachAll: true, pairsOutOfReach: [] });
    expect(drift).toContain(
      "listQueues declares INVALID_TOKEN, and no request brought it about: add a case, or take it out",
    );
    expect(pairs.covered).toBe(2);
  });
});
