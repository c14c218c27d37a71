import { createHash } from "node:crypto";
import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { Severity } from "csp_evaluator/dist/finding.js";
import { CspParser } from "csp_evaluator/dist/parser.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../testing/index.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isWorker: false });
});
afterAll(() => server.stop());

test("is one document that asks nobody else for anything, and may be kept for a while", async () => {
  const answer = await fetch(`${server.url}/verify?draw=draw_1`);
  const html = await answer.text();
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  expect(answer.headers.get("cache-control")).toBe("public, max-age=300");
  expect(html).not.toMatch(/<(?:script|link|img)[^>]+(?:src|href)="(?!data:)/);
  expect(answer.headers.get("content-encoding")).toBe("gzip");
  const plain = await fetch(`${server.url}/verify`, { headers: { "Accept-Encoding": "identity" } });
  expect([plain.headers.get("content-encoding"), await plain.text()]).toEqual([null, html]);
});

test("has a policy that lets its own script and style work and nothing else", async () => {
  const answer = await fetch(`${server.url}/verify`);
  const html = await answer.text();
  const policy = answer.headers.get("content-security-policy") ?? "";
  for (const [tag, directive] of [
    ["script", "script-src"],
    ["style", "style-src"],
  ]) {
    const [, inside = ""] = new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(html) ?? [];
    const digest = createHash("sha256").update(inside).digest("base64");
    expect(policy).toContain(`${directive} 'sha256-${digest}'`);
  }
  const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
  expect(findings.filter(({ severity }) => severity <= Severity.MEDIUM)).toEqual([]);
});

test("is small enough for a phone", async () => {
  const answer = await fetch(`${server.url}/verify`);
  expect(Number(answer.headers.get("content-length"))).toBeLessThanOrEqual(69_632);
});
