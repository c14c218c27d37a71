import { type ErrorCode, errorCodes, errorPagePath } from "@stanchion/contract";
import { escapeHtml } from "./html.ts";
import type { DocsPage } from "./page-layout.ts";

const suggestionsMax = 3;

/** For a person at an address where there is no page. */
export function missingPage(path: string, requestId: string): DocsPage {
  const near = nearCodes(path.split("/").at(-1) ?? "");
  const links = near.map((code) => `<li><a href="${errorPagePath(code)}"><code>${code}</code></a></li>`);
  const suggestion = near.length === 0 ? "" : `<p>Did you mean one of these?</p><ul>${links.join("")}</ul>`;
  const content = `<h1>There is no such page</h1>
<p>The address may be mistyped, or the page belongs to another version of the server.</p>
${suggestion}
<p><a href="/docs/errors">All errors</a> · <a href="/docs">All guides</a></p>
<p class="reference">Request id: <code>${escapeHtml(requestId)}</code></p>`;
  return { title: "There is no such page", section: "none", content };
}

/** Codes that share words with what was asked for. */
function nearCodes(asked: string): readonly ErrorCode[] {
  const words = asked
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word.length > 2);
  const scored = errorCodes.map((code) => {
    const parts = code.split("_");
    return { code, score: words.filter((word) => parts.includes(word)).length / parts.length };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, suggestionsMax)
    .map(({ code }) => code);
}
