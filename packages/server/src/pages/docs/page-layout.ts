import type { DocsAssets } from "./docs-assets.ts";
import { escapeHtml } from "./html.ts";

/** The parts of the documentation, as its navigation names them. */
export type DocsSection = "guides" | "api" | "errors" | "none";

export interface DocsPage {
  readonly title: string;
  readonly section: DocsSection;
  /** Everything between header and footer. */
  readonly content: string;
  /** More for the head, such as a script. */
  readonly head?: string;
  /** Content that fills the window and brings its own style. */
  readonly isWide?: boolean;
}

const places: readonly [section: DocsSection, address: string, name: string][] = [
  ["guides", "/docs", "Guides"],
  ["api", "/docs/api", "API"],
  ["errors", "/docs/errors", "Errors"],
];

/** A whole page: it holds no script and no style of its own, so that a strict policy lets it work. */
export function pageHtml(page: DocsPage, assets: DocsAssets): string {
  const links = places.map(([section, address, name]) => {
    const current = section === page.section ? ' aria-current="true"' : "";
    return `<a href="${address}"${current}>${name}</a>`;
  });
  const title = page.title === "Stanchion" ? "Stanchion documentation" : `${page.title} · Stanchion`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${assets.icon.path}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.frameStyle.path}">
${page.isWide ? "" : ownFiles(assets)}${page.head ?? ""}</head>
<body${page.isWide ? ' class="wide"' : ""}>
<a class="skip" href="#content">To the content</a>
<header class="top">
<a class="brand" href="/docs"><img src="${assets.icon.path}" alt="" width="28" height="28">Stanchion <span>docs</span></a>
<nav aria-label="Documentation">${links.join("")}</nav>
</header>
<main id="content">
${page.content}
</main>
${page.isWide ? "" : footer}
</body>
</html>
`;
}

function ownFiles({ style, script }: DocsAssets): string {
  return `<link rel="stylesheet" href="${style.path}">
<script src="${script.path}" defer></script>
`;
}

const footer = `<footer><p>Something here does not help? Every answer carries a request id: <a href="/docs/guides/asking-for-help">ask for help with it</a>.</p></footer>`;
