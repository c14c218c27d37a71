import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer } from "../testing/index.ts";

describe("the server's own address", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ isWorker: false });
  });
  afterAll(() => server.stop());
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(server.url + path, { headers, redirect: "manual" });

  it("has a page that says what runs here and what to do next, and leads to the documentation", async () => {
    const answer = await get("/");
    const html = await answer.text();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    for (const path of ["/docs", "/docs/api", "/docs/errors", "/docs/guides/first-launch", "/health/ready"]) {
      expect(html).toContain(`href="${path}"`);
      expect((await get(path)).status).toBe(200);
    }
    expect(html).toContain("stanchion -- init");
  });

  it("loads nothing from elsewhere, holds no script or style of its own, and is not for search engines", async () => {
    const answer = await get("/");
    const html = await answer.text();
    expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; /);
    expect(answer.headers.get("content-security-policy")).not.toContain("unsafe");
    expect(html).not.toMatch(/<style|style=|<script>|(src|href)="https?:/);
    expect(html).toContain('<meta name="robots" content="noindex">');
  });

  it("names no line while there is no demo, and the demo's once it is there", async () => {
    await (await server.shop()).queue();
    const before = await get("/");
    expect(await before.text()).not.toContain("/q/");
    server.server.api?.startPage.show({ name: "The <demo> drop", path: "/q/queue_1" });
    const after = await (await get("/", { "If-None-Match": before.headers.get("etag") ?? "" })).text();
    expect(after).toContain('href="/q/queue_1"');
    expect(after).toContain("The &lt;demo&gt; drop");
  });

  it.each(["/favicon.svg", "/favicon.ico"])("has an icon at %s that may be kept", async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=86400");
    expect(await answer.text()).toMatch(/^<svg /);
    const known = { "If-None-Match": answer.headers.get("etag") ?? "" };
    expect((await get(path, known)).status).toBe(304);
  });

  it("takes nothing but GET and HEAD, and is not what a mistyped address is taken for", async () => {
    const refused = await server.call("POST", "/");
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect((await fetch(`${server.url}/`, { method: "HEAD" })).status).toBe(200);
    expect(errorOf(await server.call("GET", "/x")).details).toEqual({});
  });
});
