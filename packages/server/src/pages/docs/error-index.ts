import { type ErrorCode, errorCodes, errorPagePath, errorTable } from "@stanchion/contract";
import { clientErrorsHtml } from "./client-error-page.ts";
import { retryAdvice } from "./error-advice.ts";
import { escapeHtml, proseHtml } from "./html.ts";
import type { DocsPage } from "./page-layout.ts";

/** Every code in one table, which can be filtered where scripts run. */
export function errorIndexPage(): DocsPage {
  const content = `<h1>Errors</h1>
<p class="lead">Every answer that is not a success has one shape, whoever asked and whatever broke. Switch on its <code>code</code>; its <code>docs</code> leads to a page here.</p>
<div class="filter" hidden><label for="filter">Find a code, a status or a word</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="QUEUE_FULL, 409, token …"><output id="filter-count" for="filter"></output></div>
<table class="errors"><thead><tr><th scope="col">Code</th><th scope="col">Status</th><th scope="col">Type</th><th scope="col">When</th></tr></thead>
<tbody>
${errorCodes.map(rowHtml).join("\n")}
</tbody></table>
<p id="filter-none" hidden>No code has these words.</p>
${clientErrorsHtml()}
<h2 id="shape">The shape</h2>
<div class="table" tabindex="0" role="region" aria-label="Members of an error"><table><thead><tr><th scope="col">Member</th><th scope="col">What it is</th></tr></thead><tbody>
${members.map(([name, text]) => `<tr><td><code>${name}</code></td><td>${proseHtml(text)}</td></tr>`).join("\n")}
</tbody></table></div>
<p>With <code>Accept: application/problem+json</code> the same facts come as RFC 9457 has them.</p>`;
  return { title: "Errors", section: "errors", content };
}

const members: readonly [name: string, text: string][] = [
  ["error", "The type, snake_case: the kind of refusal."],
  ["code", "Finer than the type: what to switch on. It never changes its meaning."],
  ["message", "For a person: what happened and what to do next."],
  ["details", "Facts that a program can use; empty when there are none."],
  [
    "issues",
    "Each broken rule of a field: `type`, `expected`, `received`, `message` and the `path`, whose last element is the field.",
  ],
  ["requestId", "Finds this very request in the log; the `X-Request-Id` header says the same."],
  ["retryable", "May the same request succeed later, unchanged?"],
  ["docs", "The address of the code's page."],
];

function rowHtml(code: ErrorCode): string {
  const { status, error, when, todo } = errorTable[code];
  const words = [code, String(status), error, when, todo, retryAdvice(code).short].join(" ").toLowerCase();
  return `<tr data-words="${escapeHtml(words)}"><td><a href="${errorPagePath(code)}"><code>${code}</code></a></td><td class="inline">${status}</td><td class="inline"><code>${escapeHtml(error)}</code></td><td>${proseHtml(when)}</td></tr>`;
}
