import { brotliDecompressSync, gunzipSync } from "node:zlib";
import {
  clientErrorCodes,
  errorCodes,
  errorPagePath,
  errorsOf,
  errorTable,
  operationNames,
  operationOf,
} from "@stanchion/contract";
import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { Severity } from "csp_evaluator/dist/finding.js";
import { CspParser } from "csp_evaluator/dist/parser.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, startTestServer, type TestServer } from "../../testing/index.ts";
import { relatedCodes } from "./error-advice.ts";

const asBrowser = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
});
afterAll(() => server.stop());

const textOf = async (path: string): Promise<string> => {
  const answer = await fetch(server.url + path, { headers: asBrowser });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.text();
};
const linksOf = (html: string): string[] =>
  [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address = ""]) => address.replaceAll("&amp;", "&"));

describe("the page of an error", () => {
  it.each(errorCodes)("%s says what happened, why, what to do and whether to send it again", async (code) => {
    const html = await textOf(`/docs/errors/${code}`);
    for (const heading of ["What happened", "Why", "What to do", "Send it again?", "Related"])
      expect(html).toContain(`<h2>${heading}</h2>`);
    expect(html).toContain(`HTTP ${errorTable[code].status}`);
    expect(relatedCodes(code)).not.toContain(code);
    for (const name of operationNames)
      if (errorsOf(operationOf(name)).includes(code))
        expect(html).toContain(`<code>${operationOf(name).method} ${operationOf(name).path}</code>`);
  });

  it("shows the example that the contract keeps of it", async () => {
    for (const code of errorCodes) {
      const html = await textOf(`/docs/errors/${code}`);
      expect(html).toContain("<h2>Example</h2>");
      expect(html).toContain(`&quot;code&quot;: &quot;${code}&quot;`);
      expect(html).toContain("curl -i ");
    }
  });

  it("is where the docs of an error body lead", async () => {
    const { docs } = errorOf(await server.call("GET", "/nowhere"));
    expect(await textOf(docs)).toContain("ROUTE_NOT_FOUND");
  });

  it("is found in lower case too", async () => {
    const answer = await fetch(`${server.url}/docs/errors/queue_full`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([308, "/docs/errors/QUEUE_FULL"]);
  });
});

describe("the page of an error that the SDK makes", () => {
  it.each(clientErrorCodes)(
    "%s says so, and what happened, why, what to do and whether to send it again",
    async (code) => {
      const html = await textOf(errorPagePath(code));
      expect(html).toContain("Made by the SDK, not by the server");
      for (const heading of ["What happened", "Why", "What to do", "Send it again?", "Related"])
        expect(html).toContain(`<h2>${heading}</h2>`);
      expect(html).not.toContain("HTTP ");
    },
  );

  it("is found in lower case too", async () => {
    const answer = await fetch(`${server.url}/docs/errors/network_error`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([308, "/docs/errors/NETWORK_ERROR"]);
  });
});

it("has every code in the table of errors", async () => {
  const html = await textOf("/docs/errors");
  for (const code of [...errorCodes, ...clientErrorCodes])
    expect(html).toContain(`href="/docs/errors/${code}"`);
});

it("links to nothing that is not there, section or page, and loads nothing from elsewhere", async () => {
  const seen = new Map<string, string>();
  const wanted = ["/docs"];
  const sections: [from: string, page: string, id: string][] = [];
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (seen.has(path)) continue;
    const html = await textOf(path);
    seen.set(path, html);
    if (!path.startsWith("/docs") || path.startsWith("/docs/assets/")) continue;
    for (const link of linksOf(html)) {
      if (/^https?:/.test(link)) continue;
      const url = new URL(link, `http://docs${path}`);
      wanted.push(url.pathname);
      if (url.hash !== "") sections.push([path, url.pathname, decodeURIComponent(url.hash.slice(1))]);
    }
    expect(html).not.toMatch(/<(script|img|link)[^>]+(src|href)="https?:/);
  }
  const missing = sections.filter(([, page, id]) => !seen.get(page)?.includes(`id="${id}"`));
  expect(missing).toEqual([]);
  expect(seen.size).toBeGreaterThan(errorCodes.length);
});

describe("the headers of a page", () => {
  it.each([
    "/",
    "/docs",
    "/docs/errors",
    "/docs/errors/QUEUE_FULL",
    "/docs/guides/first-launch",
    "/docs/api",
  ])("%s allow nothing that the policy's checkers warn of", async (path) => {
    const answer = await fetch(server.url + path);
    const policy = new CspParser(answer.headers.get("content-security-policy") ?? "").csp;
    const findings = new CspEvaluator(policy).evaluate();
    // "self" is all that is allowed, and this server keeps no files of strangers.
    const grave = findings.filter(({ severity }) => severity <= Severity.MEDIUM);
    expect(grave.map(({ directive, description }) => `${directive}: ${description}`)).toEqual([]);
    const isOwn = path !== "/docs/api";
    if (isOwn) expect(answer.headers.get("content-security-policy")).not.toContain("unsafe");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("let it be kept, and answer 304 to who has it", async () => {
    const first = await fetch(`${server.url}/docs/errors`);
    expect(first.headers.get("cache-control")).toBe("public, max-age=300");
    const etag = first.headers.get("etag") ?? "";
    const again = await fetch(`${server.url}/docs/errors`, { headers: { "If-None-Match": etag } });
    expect([again.status, await again.text()]).toEqual([304, ""]);
    expect(again.headers.get("etag")).toBe(etag);
    const other = await fetch(`${server.url}/docs/errors`, { headers: { "If-None-Match": '"other"' } });
    expect(other.status).toBe(200);
  });

  it("say how it is compressed: brotli before gzip before nothing", async () => {
    const { request } = await import("node:http");
    const raw = (accepted: string): Promise<[encoding: string | undefined, body: Buffer]> =>
      new Promise((resolve, reject) => {
        const asked = request(
          `${server.url}/docs`,
          { headers: { "Accept-Encoding": accepted } },
          (answer) => {
            const chunks: Buffer[] = [];
            answer.on("data", (chunk: Buffer) => chunks.push(chunk));
            answer.on("end", () => resolve([answer.headers["content-encoding"], Buffer.concat(chunks)]));
          },
        );
        asked.on("error", reject);
        asked.end();
      });
    const [none, plain] = await raw("identity");
    const [br, brBody] = await raw("gzip, br");
    const [gzip, gzipBody] = await raw("gzip, br;q=0");
    expect([none, br, gzip]).toEqual([undefined, "br", "gzip"]);
    expect(brotliDecompressSync(brBody)).toEqual(plain);
    expect(gunzipSync(gzipBody)).toEqual(plain);
  });
});

describe("an address with a slash at its end", () => {
  it.each([
    ["/docs/", "/docs"],
    ["/docs/api/", "/docs/api"],
    ["/docs/operations/", "/docs/operations"],
    ["/docs/errors/", "/docs/errors"],
    ["/docs/errors//", "/docs/errors"],
    ["/docs/errors/?find=full", "/docs/errors?find=full"],
    ["/docs/errors/QUEUE_FULL/", "/docs/errors/QUEUE_FULL"],
    ["/docs/errors/queue_full/", "/docs/errors/QUEUE_FULL"],
    ["/docs/errors/TIMEOUT/", "/docs/errors/TIMEOUT"],
    ["/docs/guides/", "/docs/guides"],
    ["/docs/guides/first-launch/", "/docs/guides/first-launch"],
  ])("%s leads to the page without it", async (path, address) => {
    const answer = await fetch(server.url + path, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([308, address]);
    expect((await fetch(server.url + path, { headers: asBrowser })).status).toBe(200);
  });

  it.each([
    "/docs/nothing/",
    "/docs/errors/NOTHING/",
    "/docs//errors",
    "/docs/guides/x/",
    "/docs/errors/QUEUE_FULL/x/",
  ])("%s leads nowhere: there is no such page without it", async (path) => {
    expect((await fetch(server.url + path, { headers: asBrowser, redirect: "manual" })).status).toBe(404);
    expect(errorOf(await server.call("GET", path)).code).toBe("ROUTE_NOT_FOUND");
  });
});

describe("an address where there is no page", () => {
  it("is the contract's error for a program", async () => {
    const answer = await server.call("GET", "/docs/erors", { headers: { Accept: "application/json" } });
    expect(errorOf(answer)).toMatchObject({
      code: "ROUTE_NOT_FOUND",
      details: { didYouMean: "/docs/errors" },
    });
  });

  it("is a page with near codes and the request id for a person", async () => {
    const answer = await fetch(`${server.url}/docs/errors/QUEUE_FILLED`, { headers: asBrowser });
    const html = await answer.text();
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([404, "no-store"]);
    expect(html).toContain('href="/docs/errors/QUEUE_FULL"');
    expect(html).toContain(answer.headers.get("x-request-id"));
  });

  it("echoes nothing of the address", async () => {
    const answer = await fetch(`${server.url}/docs/%3Cscript%3Ealert(1)%3C/script%3E`, {
      headers: asBrowser,
    });
    expect(await answer.text()).not.toContain("alert");
  });

  it("has no other methods", async () => {
    expect(errorOf(await server.call("POST", "/docs/errors/QUEUE_FULL")).code).toBe("METHOD_NOT_ALLOWED");
    expect(errorOf(await server.call("POST", "/docs/nothing/at/all")).code).toBe("ROUTE_NOT_FOUND");
  });
});
