import {
  type ErrorCode,
  type ErrorExample,
  errorPagePath,
  errorsOf,
  errorTable,
  type OperationName,
  operationNames,
  operationOf,
} from "@stanchion/contract";
import { relatedCodes, retryAdvice } from "./error-advice.ts";
import { answerSample, curlSample, sdkSample } from "./error-samples.ts";
import { adviceHtml, codeHtml, escapeHtml, proseHtml } from "./html.ts";
import type { DocsPage } from "./page-layout.ts";

/** The page that an error body's `docs` leads to: what to do comes before everything else. */
export function errorPage(code: ErrorCode, example: ErrorExample | undefined): DocsPage {
  const row = errorTable[code];
  const advice = retryAdvice(code);
  const content = `<p class="crumbs"><a href="/docs/errors">Errors</a> › ${escapeHtml(row.error)}</p>
<h1><code>${code}</code></h1>
<ul class="facts"><li>HTTP ${row.status}</li><li><code>${escapeHtml(row.error)}</code></li><li class="${advice.verdict}">${escapeHtml(advice.short)}</li></ul>
${adviceHtml(row, advice.how)}
${exampleHtml(code, example)}
<h2>In your code</h2>
${sampleHtml(code, example)}
<p>All of it in one place: <a href="/docs/guides/handling-errors">Handling errors with the SDK</a>.</p>
<h2>Where it comes from</h2>
${operationsHtml(code)}
<h2>Related</h2>
<ul>${relatedCodes(code).map(linkHtml).join("")}<li><a href="/docs/guides/common-problems">Common problems</a></li></ul>
<h2>Still stuck?</h2>
<p>Keep the <code>requestId</code> of the answer, which is its <code>X-Request-Id</code> header too, and <a href="/docs/guides/asking-for-help">ask for help with it</a>.</p>`;
  return { title: code, section: "errors", content };
}

function sampleHtml(code: ErrorCode, example: ErrorExample | undefined): string {
  const sample = sdkSample(code, example);
  return sample === null
    ? "<p>No call of the SDK meets this; ask by the request above, as any HTTP client does.</p>"
    : codeHtml(sample, "With the SDK");
}

function exampleHtml(code: ErrorCode, example: ErrorExample | undefined): string {
  if (example === undefined) return "";
  return `<h2>Example</h2>
<p>A request that was made against this version, and its answer.</p>
${codeHtml(curlSample(example), "Request")}
${codeHtml(answerSample(example), `Answer: ${errorTable[code].status} ${code}`)}`;
}

function linkHtml(code: ErrorCode): string {
  return `<li><a href="${errorPagePath(code)}"><code>${code}</code></a>: ${proseHtml(errorTable[code].when)}</li>`;
}

/** First the operations that decide on it themselves, then those that can meet it on their way in. */
function operationsHtml(code: ErrorCode): string {
  const own = operationNames.filter((name) => operationOf(name).errors.includes(code));
  const others = operationNames.filter(
    (name) => !own.includes(name) && errorsOf(operationOf(name)).includes(code),
  );
  if (own.length + others.length === 0)
    return "<p>It is answered before any operation is found, whatever the address.</p>";
  const all = operationNames.length === others.length;
  const rest =
    others.length === 0
      ? ""
      : `<details><summary>${all ? "Every operation" : `${others.length} ${own.length > 0 ? "other " : ""}operations`}, on the way in</summary>${listHtml(others)}</details>`;
  return own.length === 0 ? rest : listHtml(own) + rest;
}

function listHtml(names: readonly OperationName[]): string {
  const items = names.map((name) => {
    const { method, path, summary } = operationOf(name);
    return `<li><code>${method} ${escapeHtml(path)}</code><br><span class="reference">${escapeHtml(summary)}</span></li>`;
  });
  return `<ul class="operations">${items.join("")}</ul>`;
}
