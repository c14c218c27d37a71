import { once } from "node:events";
import { connect } from "node:net";
import type { ErrorCode } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkRefusal, exchangeBytes, type RawAnswer } from "../../testing/index.ts";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics/index.ts";
import { jsonAnswer, writeAnswer } from "./call.ts";
import { createHttpServer } from "./http-server.ts";

async function expectRefusal(
  port: number,
  code: ErrorCode,
  ...parts: (string | Buffer)[]
): Promise<RawAnswer> {
  const answers = await exchangeBytes(port, parts);
  expect(answers).toHaveLength(1);
  expect(checkRefusal(answers[0], code).docs).toBe(`/docs/errors/${code}`);
  return answers[0] as RawAnswer;
}

describe("what Node's own HTTP parser refuses", () => {
  const lines: string[] = [];
  const app = createHttpServer({
    clock: { now: () => Date.now() },
    log: createLog("debug", (line) => lines.push(line)),
    metrics: createMetrics(),
    trustProxy: ["loopback"],
    publicUrl: () => null,
    isDraining: () => false,
    maintenance: () => null,
    timeouts: { headersMs: 100, requestMs: 200, checkMs: 20 },
  });
  app.post("/echo", (request, reply) => writeAnswer(request, reply, jsonAnswer(200, request.body ?? null)));
  app.get("/late", async (request, reply) => {
    await new Promise((resolve) => setImmediate(resolve));
    writeAnswer(request, reply, jsonAnswer(200, "late"));
  });
  let port = 0;
  beforeAll(async () => {
    port = Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
  });
  afterAll(() => app.close());

  it.each<[string, string | Buffer]>([
    ["naked garbage", "hello\r\n\r\n"],
    ["bytes of TLS", Buffer.from("16030100a5010000a10303", "hex")],
    ["a space in the address", "GET /a b c HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a control character in a header", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n"],
    ["two lengths", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na"],
    [
      "a length and chunks",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ["broken chunks", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
  ])("is answered in the contract's shape for %s", async (_, bytes) => {
    await expectRefusal(port, "MALFORMED_REQUEST", bytes);
  });

  it("is 431 where the headers are too large", async () => {
    const headers = `X-Large: ${"x".repeat(20_000)}\r\n`;
    await expectRefusal(port, "HEADERS_TOO_LARGE", `GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`);
  });

  it("is 414 where the address alone is larger than all headers may be", async () => {
    const address = `/${"x".repeat(20_000)}`;
    await expectRefusal(port, "URI_TOO_LONG", `GET ${address} HTTP/1.1\r\nHost: a\r\n\r\n`);
  });

  it("is 408 where the headers do not come", async () => {
    await expectRefusal(port, "REQUEST_TIMEOUT", "GET / HTTP/1.1\r\nHost: a\r\n");
  });

  it("is 408 where the body does not come", async () => {
    const head =
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
    await expectRefusal(port, "REQUEST_TIMEOUT", head);
  });

  it("is 408 for the very request whose body does not come, as the page's that sent it", async () => {
    const head = "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nOrigin: https://a.example\r\n";
    const body = "Content-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
    const answer = await expectRefusal(port, "REQUEST_TIMEOUT", head + body);
    expect(answer.headers.get("x-request-id")).toBe("mine");
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://a.example");
    expect(answer.headers.get("connection")).toBe("close");
  });

  it("is nothing more where the body of a refused request does not come", async () => {
    const head = "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{";
    await expectRefusal(port, "ROUTE_NOT_FOUND", head);
  });

  it("is answered after what was asked before it", async () => {
    const answers = await exchangeBytes(port, ["GET /late HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n"]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 408]);
  });

  it("is nobody's fault, and not answered, where the client goes away in the middle of its body", async () => {
    const head = "POST /echo HTTP/1.1\r\nHost: a\r\nX-Request-Id: gone\r\nContent-Type: application/json\r\n";
    const socket = connect(port, "127.0.0.1");
    socket.write(`${head}Content-Length: 10\r\n\r\n{`);
    await once(app.server, "request");
    socket.resetAndDestroy();
    await expect.poll(() => lines.filter((line) => line.includes('"gone"'))).toHaveLength(1);
    expect(lines.find((line) => line.includes('"gone"'))).toContain('"level":"debug"');
  });

  it("is nothing where the client expects something we do not know: the request is answered", async () => {
    const request = "GET /nowhere HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n";
    await expectRefusal(port, "ROUTE_NOT_FOUND", request);
  });

  it("leaves an HTTP/1.0 client without a host alone", async () => {
    await expectRefusal(port, "ROUTE_NOT_FOUND", "GET /nowhere HTTP/1.0\r\n\r\n");
  });
});
