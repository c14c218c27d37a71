/** Requests that no HTTP client of good manners sends: each gets one answer, in the contract's shape, on a connection in the right state. */
import { gzipSync } from "node:zlib";
import { type ErrorCode, limits } from "@stanchion/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkRefusal,
  exchangeBytes,
  type RawAnswer,
  startTestServer,
  strangeId,
  type TestServer,
  type TestShop,
} from "../../testing/index.ts";

const origin = "https://shop.example";
const queues = "/api/v1/queues";
/** Proves that the connection still serves: it is sent behind the strange request, and must be answered. */
const goodBye = "GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

let server: TestServer;
let shop: TestShop;
let port: number;
let log: string[];
beforeAll(async () => {
  log = [];
  server = await startTestServer({ isWorker: false, onLog: (line) => log.push(line) });
  shop = await server.shop();
  port = Number(new URL(server.url).port);
});
afterAll(() => server.stop());

const head = (line: string, ...headers: string[]): string => [line, ...headers, "", ""].join("\r\n");
const asSecret = (): string => `Authorization: Bearer ${shop.secretKey}`;
const asPage = (): string => `X-Publishable-Key: ${shop.publishableKey}`;
const json = "Content-Type: application/json";
const known = ["Host: a", "X-Request-Id: mine", `Origin: ${origin}`];

/** The only answer, after which the connection has ended. */
async function lastAnswer(...parts: (string | Buffer)[]): Promise<RawAnswer> {
  const answers = await exchangeBytes(port, parts);
  expect(answers.map((answer) => answer.status)).toHaveLength(1);
  return answers[0] as RawAnswer;
}

/** The only answer, after which the connection has served one request more. */
async function answerAndMore(...parts: (string | Buffer)[]): Promise<RawAnswer> {
  const answers = await exchangeBytes(port, [...parts, goodBye]);
  expect(answers).toHaveLength(2);
  expect(answers[1]).toMatchObject({ status: 200, text: '{"status":"live"}' });
  return answers[0] as RawAnswer;
}

function expectMine(answer: RawAnswer, code: ErrorCode): Record<string, unknown> {
  const body = checkRefusal(answer, code);
  expect(body.requestId).toBe("mine");
  expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  expect(answer.headers.get("access-control-expose-headers")).toContain("X-Request-Id");
  expect(answer.headers.get("vary")).toBe("Origin, Accept");
  return body.details;
}

describe("the router", () => {
  it.each<[string, string, Record<string, unknown>]>([
    ["a near address", "GET /api/v1/queue", { didYouMean: queues }],
    ["a slash at the end", `GET ${queues}/`, { didYouMean: queues }],
    ["two slashes in front", `GET /${queues}`, { didYouMean: queues }],
    ["two slashes inside", "GET /api//v1/queues", { didYouMean: queues }],
    ["an escaped slash", "GET /api%2Fv1/queues", { didYouMean: queues }],
    ["another case", "GET /API/v1/queues", { didYouMean: queues }],
    ["a parameter behind a semicolon", `GET ${queues};a=b`, { didYouMean: queues }],
    ["dots that lead out", "GET /api/v1/../../etc/passwd", {}],
    ["escaped dots", "GET /%2e%2e/%2e%2e/etc/passwd", {}],
    ["dots that lead elsewhere", `GET ${queues}/../experiences`, {}],
    ["nothing near", "GET /zebras", {}],
    ["TRACE of nothing", "TRACE /zebras", {}],
    ["an absolute address", "GET http://other.example/api/v1/quues", { didYouMean: queues }],
    ["an asset that is none", "GET /assets/no-such-file.js", {}],
    ["a page of the reference that is none", "GET /docs/errors/NO_SUCH_CODE", {}],
  ])("misses %s with 404 and goes on", async (_, line, details) => {
    expect(expectMine(await answerAndMore(head(`${line} HTTP/1.1`, ...known)), "ROUTE_NOT_FOUND")).toEqual(
      details,
    );
  });

  it.each([
    ["TRACE", queues],
    ["QUERY", queues],
    ["M-SEARCH", queues],
    ["PUT", queues],
    ["GET", "/api/v1/auth/guest"],
    ["GET", "/api/v1/auth/guest?a=b"],
    ["GET", "/api/v1/auth/guest#fragment"],
    ["GET", "http://other.example/api/v1/auth/guest"],
    ["GET", "/api/v1/auth/g%75est"],
  ])("answers %s %s with 405, names what is taken, and goes on", async (method, target) => {
    const answer = await answerAndMore(head(`${method} ${target} HTTP/1.1`, ...known));
    const details = expectMine(answer, "METHOD_NOT_ALLOWED");
    expect(details).toEqual({ method, allow: answer.headers.get("allow")?.split(", ") });
  });

  it.each(["*", "/zebras", queues, "/api/v1/queues/%zz"])(
    "answers OPTIONS of %s with 204",
    async (target) => {
      const [answer] = await exchangeBytes(port, [head(`OPTIONS ${target} HTTP/1.1`, ...known), goodBye]);
      if (target.includes("%")) return void expectMine(answer as RawAnswer, "MALFORMED_REQUEST");
      expect(answer).toMatchObject({ status: 204, text: "" });
      expect(answer?.headers.get("x-request-id")).toBe("mine");
    },
  );

  it.each([
    ["an authority", "other.example:443", "ROUTE_NOT_FOUND"],
    ["an address that there is", queues, "METHOD_NOT_ALLOWED"],
  ] as const)("answers CONNECT of %s and hangs up", async (_, target, code) => {
    expectMine(await lastAnswer(head(`CONNECT ${target} HTTP/1.1`, ...known)), code);
  });

  it.each(["%zz", "%", "%ff", "%c3%28", "%ed%a0%80"])(
    "cannot read the escape %s, and goes on",
    async (id) => {
      expectMine(await answerAndMore(head(`GET ${queues}/${id} HTTP/1.1`, ...known)), "MALFORMED_REQUEST");
    },
  );

  it.each(["%00", "a%2Fb", "%2e%2e", "..;", "%F0%9F%8E%9F", `${strangeId("queue")}%00`])(
    "takes %s for an id, which names nothing",
    async (id) => {
      const request = head(`GET ${queues}/${id} HTTP/1.1`, "Host: a", asSecret());
      checkRefusal(await answerAndMore(request), "QUEUE_NOT_FOUND");
    },
  );

  it("refuses an address over 8 KiB, and goes on", async () => {
    for (const target of [
      `/${"x".repeat(9_000)}`,
      `${queues}?search=${"x".repeat(9_000)}`,
      `${queues}/${"x".repeat(9_000)}`,
    ])
      expectMine(await answerAndMore(head(`GET ${target} HTTP/1.1`, ...known)), "URI_TOO_LONG");
  });

  it("answers HEAD of what it misses without a body, and goes on", async () => {
    for (const [target, status] of [
      ["/zebras", 404],
      ["/api/v1/auth/guest", 405],
    ] as const) {
      const request = head(`HEAD ${target} HTTP/1.1`, "Host: a", "Connection: close");
      const answers = await exchangeBytes(port, [request], { toHead: true });
      expect(answers).toMatchObject([{ status, text: "" }]);
      expect(Number(answers[0]?.headers.get("content-length"))).toBeGreaterThan(100);
    }
  });
});

describe("a request that is no HTTP/1", () => {
  it.each<[string, string | Buffer]>([
    ["words", "hello there\r\n\r\n"],
    ["an unknown method", head(`FOO ${queues} HTTP/1.1`, ...known)],
    ["a method in small letters", head(`get ${queues} HTTP/1.1`, ...known)],
    ["a method of 9,000 letters", head(`${"G".repeat(9_000)} / HTTP/1.1`, ...known)],
    ["no address", head("GET HTTP/1.1", ...known)],
    ["an address without a slash", head("GET health/live HTTP/1.1", ...known)],
    ["a query alone", head("GET ?a=b HTTP/1.1", ...known)],
    ["bytes beyond ASCII in the address", Buffer.from(head("GET /caf\u00e9 HTTP/1.1", ...known), "latin1")],
    ["HTTP/0.9", "GET /health/live\r\n\r\n"],
    ["HTTP/1.2", head("GET /health/live HTTP/1.2", ...known)],
    ["HTTP/2.0 in a request line", head("GET /health/live HTTP/2.0", ...known)],
    ["HTTP/3.0 in a request line", head("GET /health/live HTTP/3.0", ...known)],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["the hello of TLS", Buffer.from("160301020001000001fc0303", "hex")],
    ["a folded header", head("GET /health/live HTTP/1.1", ...known, "X-A: b", " c")],
    ["a header without a colon", head("GET /health/live HTTP/1.1", ...known, "NoColon")],
    ["a space before the colon", head("GET /health/live HTTP/1.1", ...known, "X-A : b")],
    ["line feeds alone", "GET /health/live HTTP/1.1\nHost: a\n\n"],
    ["carriage returns alone", "GET /health/live HTTP/1.1\rHost: a\r\r"],
    [
      "a length and chunks",
      head(`POST ${queues} HTTP/1.1`, ...known, "Content-Length: 2", "Transfer-Encoding: chunked"),
    ],
    ["two lengths", head(`POST ${queues} HTTP/1.1`, ...known, "Content-Length: 2", "Content-Length: 3")],
    ["a length below nothing", head(`POST ${queues} HTTP/1.1`, ...known, "Content-Length: -1")],
    ["a length with a sign", head(`POST ${queues} HTTP/1.1`, ...known, "Content-Length: +2")],
    [
      "a length of 23 digits",
      head(`POST ${queues} HTTP/1.1`, ...known, "Content-Length: 99999999999999999999999"),
    ],
    [
      "chunked not as the last encoding",
      head(`POST ${queues} HTTP/1.1`, ...known, "Transfer-Encoding: chunked, gzip"),
    ],
  ])("is refused for %s, and the connection ends", async (_, bytes) => {
    const answer = await lastAnswer(bytes);
    checkRefusal(answer, "MALFORMED_REQUEST");
    expect(answer.headers.get("connection")).toBe("close");
  });

  it("is told to the page that sent it, as far as its head can be read", async () => {
    const answer = await lastAnswer(
      head("GET / HTTP/1.1", ...known, "Accept: application/problem+json", "Broken"),
    );
    expectMine(answer, "MALFORMED_REQUEST");
    expect(answer.headers.get("content-type")).toContain("problem+json");
    const tooLarge = await lastAnswer(head("GET / HTTP/1.1", ...known, `Cookie: ${"x".repeat(20_000)}`));
    expectMine(tooLarge, "HEADERS_TOO_LARGE");
  });

  it("is refused for 3,000 headers as too large", async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `a${index}: b`);
    checkRefusal(
      await lastAnswer(head("GET /health/live HTTP/1.1", "Host: a", ...many)),
      "HEADERS_TOO_LARGE",
    );
  });

  it("is refused where the client stops in the middle of the head", async () => {
    const answers = await exchangeBytes(port, ["GET / HTTP/1.1\r\nHo"], { ending: "half-closes" });
    expect(answers).toHaveLength(1);
    checkRefusal(answers[0], "MALFORMED_REQUEST");
  });

  it("is refused once, however much of it comes", async () => {
    const pieces = Array.from({ length: 50 }, () => Buffer.alloc(10_000, 1));
    checkRefusal(await lastAnswer("garbage\r\n\r\n", ...pieces), "MALFORMED_REQUEST");
  });

  it.each<[string, string[]]>([
    ["no Host", ["X-Request-Id: mine", `Origin: ${origin}`]],
    ["two Hosts", [...known, "Host: b"]],
    ["two credentials", [...known, "Authorization: Bearer a", "Authorization: Bearer b"]],
  ])("is refused for %s, and the connection goes on", async (_, headers) => {
    expectMine(await answerAndMore(head("GET /health/live HTTP/1.1", ...headers)), "MALFORMED_REQUEST");
  });

  it.each([
    ["h2c", ["Connection: close, Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAA"]],
    ["a web socket", ["Connection: close, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]],
  ])("may ask for %s and is answered in HTTP/1.1", async (_, headers) => {
    expect((await lastAnswer(head("GET /health/live HTTP/1.1", "Host: a", ...headers))).status).toBe(200);
  });
});

describe("requests one behind the other", () => {
  it("are answered in their order, also where the second is garbage and the first takes its time", async () => {
    const slow = head(`GET ${queues} HTTP/1.1`, "Host: a", asSecret(), "X-Request-Id: first");
    for (const first of [[slow], [slow, slow], [head("GET /health/live HTTP/1.1", "Host: a")]]) {
      const answers = await exchangeBytes(port, [...first, "GARBAGE\r\n\r\n"]);
      expect(answers.map((answer) => answer.status)).toEqual([...first.map(() => 200), 400]);
      checkRefusal(answers.at(-1), "MALFORMED_REQUEST");
    }
  });

  it("are not read behind garbage", async () => {
    checkRefusal(await lastAnswer("GARBAGE\r\n\r\n", goodBye), "MALFORMED_REQUEST");
  });

  it("end with the stream that one of them opened", async () => {
    const queue = await shop.queue();
    const stream = head(`GET ${queues}/${queue.id}/stream HTTP/1.0`, "Host: a");
    const text = await new Promise<string>((resolve, reject) => {
      import("node:net").then(({ connect }) => {
        const socket = connect(port, "127.0.0.1");
        let read = "";
        socket.on("data", (data) => {
          read += data;
          if (read.includes("event: board")) socket.write("GARBAGE\r\n\r\n");
        });
        socket.on("error", reject);
        socket.on("close", () => resolve(read));
        socket.write(stream.replace("1.0", "1.1"));
      }, reject);
    });
    expect(text).not.toContain("HTTP/1.1 400");
  });
});

describe("a body", () => {
  const post = (...headers: string[]): string =>
    head(`POST ${queues} HTTP/1.1`, "Host: a", json, asSecret(), ...headers);
  const guest = (...headers: string[]): string =>
    head("POST /api/v1/auth/guest HTTP/1.1", ...known, json, asPage(), ...headers);

  it("over the limit by its length is refused without being waited for, and the connection ends", async () => {
    for (const bytes of [limits.bodyBytesMax + 1, 9_999_999_999]) {
      const answer = await lastAnswer(post(`Content-Length: ${bytes}`));
      expect(checkRefusal(answer, "PAYLOAD_TOO_LARGE").details).toEqual({ limitBytes: limits.bodyBytesMax });
      expect(answer.headers.get("connection")).toBe("close");
    }
  });

  it("over the limit is refused in a way that whoever still sends can read", async () => {
    const large = "x".repeat(4 * limits.bodyBytesMax);
    checkRefusal(await lastAnswer(post(`Content-Length: ${large.length}`), large), "PAYLOAD_TOO_LARGE");
  });

  it("over the limit in chunks is refused when it gets there, and the connection ends", async () => {
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const chunks = Array.from({ length: 40 }, () => chunk);
    checkRefusal(await lastAnswer(post("Transfer-Encoding: chunked"), ...chunks), "PAYLOAD_TOO_LARGE");
  });

  it("that breaks off in its chunks is refused as the page's that sent it", async () => {
    const answer = await lastAnswer(guest("Transfer-Encoding: chunked"), "2\r\n{}\r\nzz\r\n");
    expectMine(answer, "MALFORMED_REQUEST");
  });

  it("in an encoding that is not chunked is refused", async () => {
    checkRefusal(await lastAnswer(post("Transfer-Encoding: identity")), "MALFORMED_REQUEST");
    const request = head(`POST ${queues} HTTP/1.1`, ...known, "Transfer-Encoding: identity");
    expectMine(await lastAnswer(request), "SECRET_KEY_REQUIRED");
  });

  it("that breaks off after its request was refused gets no second answer", async () => {
    const request = head(`POST ${queues} HTTP/1.1`, ...known, json, "Transfer-Encoding: chunked");
    expectMine(await lastAnswer(request, "2\r\n{}\r\nzz\r\n"), "SECRET_KEY_REQUIRED");
  });

  it("that ends before its length is answered where the client still listens", async () => {
    const answers = await exchangeBytes(port, [guest("Content-Length: 10"), "{}"], { ending: "half-closes" });
    expect(answers).toHaveLength(1);
    expectMine(answers[0] as RawAnswer, "MALFORMED_REQUEST");
  });

  it("longer than its length begins the next request, which is none", async () => {
    const answers = await exchangeBytes(port, [guest("Content-Length: 2"), "{}{}\r\n\r\n"]);
    expect(answers.map((answer) => answer.status)).toEqual([201, 400]);
    checkRefusal(answers[1], "MALFORMED_REQUEST");
  });

  it("of a refused call is not waited for, and the connection goes on behind it", async () => {
    const request = head(`POST ${queues} HTTP/1.1`, ...known, json, "Content-Length: 20000");
    expectMine(await answerAndMore(request, "x".repeat(20_000)), "SECRET_KEY_REQUIRED");
  });

  describe("that waits for 100 Continue", () => {
    const expecting = "Expect: 100-continue";

    it("is asked for once the call may be made", async () => {
      const answers = await exchangeBytes(port, [
        guest("Content-Length: 2", expecting, "Connection: close"),
        "{}",
      ]);
      expect(answers.map((answer) => answer.status)).toEqual([100, 201]);
    });

    it.each<[string, () => string, ErrorCode]>([
      ["is too large", () => post("Content-Length: 9999999999", expecting), "PAYLOAD_TOO_LARGE"],
      [
        "comes without a credential",
        () => head(`POST ${queues} HTTP/1.1`, "Host: a", json, "Content-Length: 2", expecting),
        "SECRET_KEY_REQUIRED",
      ],
      [
        "goes nowhere",
        () => head("POST /zebras HTTP/1.1", "Host: a", json, "Content-Length: 2", expecting),
        "ROUTE_NOT_FOUND",
      ],
    ])("is never asked for where it %s, and the connection ends", async (_, request, code) => {
      checkRefusal(await lastAnswer(request()), code);
    });

    it("is not asked for where there is none after all", async () => {
      const request = head(`GET ${queues} HTTP/1.1`, "Host: a", asSecret(), expecting);
      expect((await lastAnswer(request)).status).toBe(200);
    });
  });

  describe("of another kind", () => {
    const body = '{"name":"Typed","admitRate":1}';
    const typed = (...headers: string[]): string =>
      head(`POST ${queues} HTTP/1.1`, "Host: a", asSecret(), `Content-Length: ${body.length}`, ...headers);

    it.each<[string, string[]]>([
      ["text", ["Content-Type: text/plain"]],
      ["problem+json", ["Content-Type: application/problem+json"]],
      ["a vendor's JSON", ["Content-Type: application/vnd.x+json"]],
      ["a merge patch", ["Content-Type: application/merge-patch+json"]],
      ["a form", ["Content-Type: application/x-www-form-urlencoded"]],
      ["JSON in UTF-16", ["Content-Type: application/json; charset=utf-16"]],
      ["JSON in Latin-1", ["Content-Type: application/json; charset=latin1"]],
      ["JSON and something else", [json, "Content-Type: text/plain"]],
      ["something else and JSON", ["Content-Type: text/plain", json]],
      ["nothing said", []],
      ["nothing behind the colon", ["Content-Type:"]],
      ["JSON packed by gzip, in words only", [json, "Content-Encoding: gzip"]],
    ])("is refused: %s; and the connection goes on", async (_, headers) => {
      checkRefusal(await answerAndMore(typed(...headers), body), "UNSUPPORTED_MEDIA_TYPE");
    });

    it("is refused: JSON that is really packed by gzip", async () => {
      const packed = gzipSync(body);
      const request = post("Content-Encoding: gzip", `Content-Length: ${packed.length}`);
      checkRefusal(await answerAndMore(request, packed), "UNSUPPORTED_MEDIA_TYPE");
    });

    it.each<[string, string[]]>([
      ["UTF-8 in capitals", ["Content-Type: application/json; charset=UTF-8"]],
      ["UTF-8 in quotes", ['Content-Type: application/json; charset="utf-8"']],
      ["JSON said twice", [json, json]],
      ["not packed, in words", [json, "Content-Encoding: identity"]],
    ])("is taken: %s", async (name, headers) => {
      const named = body.replace("Typed", name);
      const request = typed(...headers).replace(/Content-Length: \d+/, `Content-Length: ${named.length}`);
      expect((await answerAndMore(request, named)).status).toBe(201);
    });
  });
});

describe("the request id", () => {
  it("is a new one where several are sent", async () => {
    const request = head("GET /zebras HTTP/1.1", "Host: a", "X-Request-Id: a", "X-Request-Id: b");
    expect(checkRefusal(await answerAndMore(request), "ROUTE_NOT_FOUND").requestId).toMatch(/^req_/);
  });

  it("finds what Node's parser refused in the log", async () => {
    const { requestId } = checkRefusal(await lastAnswer("GARBAGE\r\n\r\n"), "MALFORMED_REQUEST");
    expect(log.filter((line) => line.includes(requestId))).toHaveLength(1);
  });
});

describe("pages and streams", () => {
  it("refuse a queue that there is not in the words of whoever asks", async () => {
    const id = strangeId("queue");
    for (const path of [`/q/${id}`, "/q/nonsense", `${queues}/${id}/stream`, `${queues}/nonsense/stream`]) {
      const answer = await answerAndMore(head(`GET ${path} HTTP/1.1`, ...known));
      expect(checkRefusal(answer, "QUEUE_NOT_FOUND").requestId).toBe("mine");
    }
    const page = await answerAndMore(head(`GET /q/${id} HTTP/1.1`, ...known, "Accept: text/html"));
    expect(page.status).toBe(404);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("x-request-id")).toBe("mine");
    expect(page.text).toContain("mine");
  });
});
