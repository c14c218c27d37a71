export { type DocsAssets, readDocsAssets } from "./docs-assets.ts";
export { registerDocs } from "./docs-routes.ts";
export { escapeHtml } from "./html.ts";
export { docsPolicy, pageHeaders } from "./page-headers.ts";
export { pageHtml } from "./page-layout.ts";
export { answerStatic, type StaticFile, staticFile } from "./static-answer.ts";
