import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HeadText, keepAliveSeconds, linesOf } from "./head-text.ts";

const own = ["X-Request-Id", "req_1", "Content-Length", "2"];
const same = ["Content-Type", "text/plain"];
const head = new HeadText(429, linesOf(same));

describe("a head that is written as text", () => {
  const server = createServer((asked, raw: ServerResponse) => {
    if (asked.url === "/text") head.write(raw, linesOf(own));
    else raw.writeHead(429, [...own, ...same]);
    raw.end("no", "latin1");
  });
  server.keepAliveTimeout = keepAliveSeconds * 1_000;
  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => {
    server.close();
  });

  const ask = async (path: string, options: object): Promise<IncomingMessage> => {
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, path, host: "127.0.0.1", ...options });
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    await once(answer, "end");
    return answer;
  };

  for (const [name, options] of [
    ["where the connection stays open", { headers: { Connection: "keep-alive" } }],
    ["where the client ends the connection", { headers: { Connection: "close" } }],
    ["where there is no body", { method: "HEAD", headers: { Connection: "keep-alive" } }],
  ] as const)
    it(`is what Node writes, ${name}`, async () => {
      const [ours, nodes] = [await ask("/text", options), await ask("/node", options)];
      const { date, ...ourHeaders } = ours.headers;
      const { date: nodeDate, ...nodeHeaders } = nodes.headers;
      expect(ourHeaders).toEqual(nodeHeaders);
      expect(Math.abs(Date.parse(date ?? "") - Date.parse(nodeDate ?? ""))).toBeLessThan(5_000);
      expect([ours.statusCode, ours.statusMessage]).toEqual([nodes.statusCode, nodes.statusMessage]);
      expect(ours.httpVersion).toBe(nodes.httpVersion);
    });
});
