import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, type CallState, writeAnswer } from "./call.ts";
import { keepAliveSeconds } from "./head-text.ts";

const verdict = {
  isAllowed: true,
  rateClass: "entry",
  limit: 10,
  remaining: 9,
  windowSeconds: 60,
  windowEndsAtMs: 1_772_366_459_001,
  secondsLeft: 60,
} as const;
const call: CallState = {
  requestId: "req_1",
  startedAtMs: 0,
  operation: "enterQueue",
  actor: { kind: "anyone" },
  key: null,
  verdict: null,
  allowOrigin: null,
  proofNonce: null,
};
const location = ["Location", "/api/v1/queues/queue_1/status"];

describe("an answer that goes out as text", () => {
  let answered: Answer = { status: 200 };
  let state = call;
  const server = createServer((asked, raw) => {
    // Nothing else of either is looked at.
    const from = { call: state, method: asked.method, raw: asked } as unknown as FastifyRequest;
    writeAnswer(from, { raw, hijack: () => {} } as unknown as FastifyReply, answered);
  });
  server.keepAliveTimeout = keepAliveSeconds * 1_000;
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
  });

  const ask = async (answer: Answer, options: object) => {
    answered = answer;
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, host: "127.0.0.1", ...options });
    asked.end();
    const [answerOf] = (await once(asked, "response")) as [IncomingMessage];
    let body = "";
    for await (const piece of answerOf.setEncoding("utf8")) body += piece;
    const head = answerOf.rawHeaders.map((text, at, all) => (all[at - 1] === "Date" ? "now" : text));
    return { status: answerOf.statusCode, head, body };
  };

  const calls: readonly (readonly [string, Partial<CallState>, readonly string[] | undefined])[] = [
    ["with nothing of its own", {}, undefined],
    ["with a limit and headers of its own", { verdict }, location],
    [
      "of another call in the same second",
      { verdict: { ...verdict, windowEndsAtMs: 1_772_366_459_400 } },
      location,
    ],
    [
      "of a call in the next second",
      { verdict: { ...verdict, windowEndsAtMs: 1_772_366_460_001 } },
      location,
    ],
    ["of a second call", { verdict: { ...verdict, remaining: 8, secondsLeft: 12 } }, undefined],
    ["to a page, with a nonce", { verdict, allowOrigin: "https://shop.example", proofNonce: "n0" }, location],
    ["to any page", { allowOrigin: "*" }, undefined],
  ];
  for (const [name, given, headers] of calls)
    for (const options of [
      { method: "POST", headers: { Connection: "keep-alive" } },
      { method: "GET", headers: { Connection: "close" } },
      { method: "HEAD", headers: { Connection: "keep-alive" } },
    ])
      it(`is what Node makes of the same, ${name}, for ${options.method}`, async () => {
        state = { ...call, ...given };
        const own = headers === undefined ? {} : { headers };
        const answer: Answer = { status: 201, body: '{"ticket":1}', ...own };
        expect(await ask({ ...answer, isAscii: true }, options)).toEqual(await ask(answer, options));
      });
});
