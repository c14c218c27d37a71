import type { DocsAssets } from "./docs-assets.ts";
import type { DocsPage } from "./page-layout.ts";

/**
 * What the page may load: from this server alone. Its script sets styles of its own, in elements and attributes without
 * a nonce, so inline styles have to be let through; scripts are as strict as everywhere.
 */
export const apiReferencePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The API reference, made in the browser from this server's own description of the API. */
export function apiReferencePage(assets: DocsAssets, scriptPath: string): DocsPage {
  return {
    title: "API reference",
    section: "api",
    isWide: true,
    head: `<script src="${scriptPath}" defer></script>
<script src="${assets.apiReferenceStart.path}" defer></script>
`,
    content: `<h1 class="unseen">API reference</h1>
<div id="reference"></div>
<noscript><p>The API reference needs JavaScript. <a href="/docs/operations">The list of operations</a> does not.</p></noscript>`,
  };
}
