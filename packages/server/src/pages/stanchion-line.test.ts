import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
});
afterAll(() => server.stop());

test.each([
  ["/stanchion-line.js", "text/javascript; charset=utf-8"],
  ["/stanchion-line.css", "text/css; charset=utf-8"],
  ["/stanchion-line-uk.json", "application/json; charset=utf-8"],
])("%s can be loaded by other sites, is kept for a while and not sent again", async (path, type) => {
  const inside = path.endsWith(".json") ? "languageLabel" : "stanchion-line";
  const answer = await fetch(server.url + path);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe(type);
  expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  expect(answer.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  expect(await answer.text()).toContain(inside);
  const etag = answer.headers.get("etag") ?? "";
  for (const [offered, sent] of [
    ["br, gzip", "br"],
    ["gzip", "gzip"],
    ["identity", null],
  ] as const) {
    const packed = await fetch(server.url + path, { headers: { "Accept-Encoding": offered } });
    expect([packed.headers.get("content-encoding"), packed.headers.get("vary")]).toEqual([
      sent,
      expect.stringContaining("Accept-Encoding"),
    ]);
    expect(await packed.text()).toContain(inside);
  }
  const again = await fetch(server.url + path, { headers: { "If-None-Match": etag } });
  expect([again.status, again.headers.get("etag")]).toEqual([304, etag]);
});
