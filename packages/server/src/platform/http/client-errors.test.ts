import { connect } from "node:net";
import { type ErrorBody, type ErrorCode, errorTable } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../log.ts";
import { createMetrics } from "../metrics/index.ts";
import { createHttpServer } from "./http-server.ts";

/** What comes back until the server closes, for bytes that `fetch` would never send. */
function exchange(port: number, ...parts: (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
    for (const part of parts) socket.write(part);
  });
}

function expectRefusal(text: string, code: ErrorCode): void {
  const [head = "", body = ""] = text.split("\r\n\r\n");
  const [statusLine, ...lines] = head.split("\r\n");
  const headers = new Map(
    lines.map((line): [string, string] => [
      line.slice(0, line.indexOf(":")).toLowerCase(),
      line.slice(line.indexOf(":") + 2),
    ]),
  );
  const row = errorTable[code];
  expect(statusLine).toMatch(new RegExp(`^HTTP/1.1 ${row.status} [A-Z]`));
  const error = JSON.parse(body) as ErrorBody;
  expect(error).toMatchObject({ error: row.error, code, details: {}, docs: `/docs/errors/${code}` });
  expect(error.requestId).toBe(headers.get("x-request-id"));
  expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("content-language")).toBe("en");
  expect(headers.get("content-length")).toBe(String(Buffer.byteLength(body)));
}

describe("what Node's own HTTP parser refuses", () => {
  const app = createHttpServer({
    clock: { now: () => Date.now() },
    log: createLog("silent"),
    metrics: createMetrics(),
    trustProxy: ["loopback"],
    publicUrl: () => null,
    isDraining: () => false,
    maintenance: () => null,
    timeouts: { headersMs: 100, requestMs: 200, checkMs: 20 },
  });
  app.post("/echo", (request) => ({ body: request.body }));
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
    expectRefusal(await exchange(port, bytes), "MALFORMED_REQUEST");
  });

  it("is 431 where the headers are too large", async () => {
    const headers = `X-Large: ${"x".repeat(20_000)}\r\n`;
    expectRefusal(await exchange(port, `GET / HTTP/1.1\r\nHost: a\r\n${headers}\r\n`), "HEADERS_TOO_LARGE");
  });

  it("is 414 where the address alone is larger than all headers may be", async () => {
    const address = `/${"x".repeat(20_000)}`;
    expectRefusal(await exchange(port, `GET ${address} HTTP/1.1\r\nHost: a\r\n\r\n`), "URI_TOO_LONG");
  });

  it("is 408 where the headers do not come", async () => {
    expectRefusal(await exchange(port, "GET / HTTP/1.1\r\nHost: a\r\n"), "REQUEST_TIMEOUT");
  });

  it("is 408 where the body does not come", async () => {
    const head =
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{";
    expectRefusal(await exchange(port, head), "REQUEST_TIMEOUT");
  });

  it("is nothing where the client expects something we do not know: the request is answered", async () => {
    const request = "GET /nowhere HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\nConnection: close\r\n\r\n";
    expectRefusal(await exchange(port, request), "ROUTE_NOT_FOUND");
  });

  it("leaves an HTTP/1.0 client without a host alone", async () => {
    expectRefusal(await exchange(port, "GET /nowhere HTTP/1.0\r\n\r\n"), "ROUTE_NOT_FOUND");
  });
});
