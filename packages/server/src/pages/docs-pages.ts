import { createHash } from "node:crypto";
import { type ErrorCode, errorCodes, errorPagePath, errorTable, isRetryable } from "@stanchion/contract";
import type { FastifyInstance } from "fastify";
import { apiError } from "../platform/errors/index.ts";
import { noteRoute, writeAnswer } from "../platform/http/index.ts";

/** The error reference, a page for each code: every error body names its own. */
export function registerDocsPages(app: FastifyInstance): void {
  page(app, "/docs", () => indexPage());
  page(app, "/docs/errors/:code", (params) => {
    const code = errorCodes.find((known) => known === params.code);
    if (code === undefined) throw apiError("ROUTE_NOT_FOUND");
    return errorPage(code);
  });
}

function page(
  app: FastifyInstance,
  url: string,
  render: (params: Record<string, string | undefined>) => string,
): void {
  noteRoute("GET", url.replace(/:(\w+)/g, "{$1}"));
  app.get(url, (request, reply) => {
    const body = render(request.params as Record<string, string | undefined>);
    writeAnswer(request, reply, {
      status: 200,
      body,
      contentType: "text/html; charset=utf-8",
      headers: [
        "Cache-Control",
        "public, max-age=300",
        "Content-Security-Policy",
        `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`,
        "X-Content-Type-Options",
        "nosniff",
      ],
    });
    app.noteSuccess(request, 200);
  });
}

function indexPage(): string {
  const rows = errorCodes.map((code) => {
    const row = errorTable[code];
    return `<tr><td>${row.status}</td><td><code>${row.error}</code></td><td><a href="${errorPagePath(code)}"><code>${code}</code></a></td><td>${escapeHtml(row.when)}</td></tr>`;
  });
  return layout(
    "Error reference",
    `<p>Every answer that is not a success has one shape: <code>error</code>, <code>message</code>, <code>code</code>, <code>details</code>, <code>requestId</code>, <code>retryable</code> and <code>docs</code>. The whole API is described at <a href="/openapi.json">/openapi.json</a>.</p>
<table><thead><tr><th>Status</th><th>error</th><th>code</th><th>When</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`,
  );
}

function errorPage(code: ErrorCode): string {
  const row = errorTable[code];
  return layout(
    code,
    `<p><strong>${row.status}</strong> <code>${row.error}</code></p>
<h2>What happened</h2><p>${escapeHtml(row.when)}</p>
<h2>What to do</h2><p>${escapeHtml(row.todo)}</p>
<h2>Try again?</h2><p>${isRetryable(code) ? "Yes: the same request may succeed later, unchanged. Respect Retry-After." : "No: the same request will be refused again."}</p>
<h2>Message</h2><p>${escapeHtml(row.message)}</p>
<p><a href="/docs">All errors</a></p>`,
  );
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const style =
  "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}table{border-collapse:collapse}td,th{text-align:left;padding:.3rem .8rem .3rem 0;vertical-align:top;border-bottom:1px solid #8884}code{font-size:.9em}";

const styleHash = createHash("sha256").update(style).digest("base64");

function layout(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title} - Stanchion</title><style>${style}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`;
}
