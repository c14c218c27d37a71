import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { escapeHtml } from "./html.ts";
import { type RenderedMarkdown, renderMarkdown } from "./markdown.ts";
import type { DocsPage } from "./page-layout.ts";

const docsFolder = new URL("../../../../../docs/", import.meta.url);

/** The order in which the guides are offered; a guide that is not named here comes last. */
const order = [
  "first-sale",
  "first-launch",
  "quick-start-browser",
  "drawn-openings",
  "api-keys",
  "verify-an-admission",
  "protect-your-checkout",
  "sign-in-by-code",
  "turn-mail",
  "devices",
  "another-device",
  "outside-accounts",
  "personal-data",
  "members-and-roles",
  "products-and-consumers",
  "stock",
  "handling-errors",
  "common-problems",
  "asking-for-help",
  "testing-your-integration",
  "content-security-policy",
  "audit-log",
  "draws",
  "draw-winners",
  "fairness",
  "fairness-log",
  "hosting",
  "limits",
];

export interface Guide extends RenderedMarkdown {
  /** The file's name without its ending: the last part of its address. */
  readonly name: string;
  /** The first sentence, as plain text. */
  readonly summary: string;
}

/** Every guide of `docs/guides`, in the order in which they are read. */
export function readGuides(): readonly Guide[] {
  const names = readdirSync(fileURLToPath(new URL("guides/", docsFolder)))
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.slice(0, -".md".length));
  const rankOf = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return names.sort((a, b) => rankOf(a) - rankOf(b) || a.localeCompare(b)).map(readGuide);
}

function readGuide(name: string): Guide {
  const text = readFileSync(new URL(`guides/${name}.md`, docsFolder), "utf8");
  const [, paragraph = ""] = /^# .+\n+([^\n]+)/.exec(text) ?? [];
  const plain = paragraph.replace(/\[([^\]]+)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
  const [summary = ""] = /^.*?[.:](?=\s|$)/.exec(plain) ?? [plain];
  return { name, summary: summary.replace(/:$/, "."), ...renderMarkdown(text) };
}

export function guidePage(guide: Guide): DocsPage {
  const content = `<p class="crumbs"><a href="/docs">Guides</a> ›</p>\n${guide.html}`;
  return { title: guide.title, section: "guides", content };
}

/** The operations as a list, from the file that is made from the contract. */
export function operationsPage(): DocsPage {
  const { title, html } = renderMarkdown(
    readFileSync(new URL("reference/operations.md", docsFolder), "utf8"),
  );
  return { title, section: "api", content: html };
}

/** Where everybody begins. */
export function startPage(guides: readonly Guide[]): DocsPage {
  const cards = guides.map(
    ({ name, title, summary }) =>
      `<li><a href="/docs/guides/${name}"><strong>${escapeHtml(title)}</strong><span>${escapeHtml(summary)}</span></a></li>`,
  );
  const content = `<h1>Stanchion</h1>
<p class="lead">Fair lines for launches that far more people want than there is of it.</p>
<h2>Something was refused?</h2>
<p>Every error answer has a <code>code</code>: <a href="/docs/errors">look it up in the table of errors</a>. Its <code>docs</code> member leads there directly.</p>
<h2>Guides</h2>
<ul class="cards">${cards.join("\n")}</ul>
<h2>Reference</h2>
<ul class="cards">
<li><a href="/docs/api"><strong>API reference</strong><span>Every operation with its parameters, bodies and answers, to try out.</span></a></li>
<li><a href="/docs/operations"><strong>Operations</strong><span>The same as one plain list, with rate limits and refusals.</span></a></li>
<li><a href="/docs/errors"><strong>Errors</strong><span>A page for each code: why it comes and what to do.</span></a></li>
<li><a href="/openapi.json"><strong>OpenAPI 3.1</strong><span>For generators and other tools.</span></a></li>
</ul>`;
  return { title: "Stanchion", section: "guides", content };
}
