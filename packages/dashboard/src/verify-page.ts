/** The verify page: one document with its script and style inside, so that a saved copy works by itself. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { icon } from "./html.ts";
import { escapeHtml } from "./html-text.ts";
import { scriptText } from "./script-text.ts";
import { texts } from "./verify-page/texts.ts";

export interface VerifyPage {
  readonly body: Buffer;
  readonly gzip: Buffer;
  /** The content security policy that lets its own script and style work, and nothing else. */
  readonly policy: string;
}

let made: Promise<VerifyPage> | null = null;

/**
 * The page, made once in a process, when it is first asked for.
 *
 * @throws {Error} When its sources cannot be bundled.
 * @example
 * const { body, policy } = await verifyPage();
 */
export function verifyPage(): Promise<VerifyPage> {
  made ??= makePage().catch((error: unknown) => {
    made = null;
    throw error;
  });
  return made;
}

async function makePage(): Promise<VerifyPage> {
  const [bundle, style] = await Promise.all([
    scriptText("verify-page"),
    readFile(new URL("./verify-page/verify-page.css", import.meta.url), "utf8"),
  ]);
  const script = keepInside(bundle);
  const body = Buffer.from(verifyHtml(script, style));
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "worker-src blob:",
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { body, gzip: await promisify(gzip)(body, { level: 9 }), policy };
}

/** A script inside a document ends at the first end tag, even one in a string, and a comment could hide that. */
function keepInside(script: string): string {
  return script.replace(/<(?=\/script|script|!--)/gi, "\\x3c");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function verifyHtml(script: string, style: string): string {
  const text = (key: keyof typeof texts): string => escapeHtml(texts[key]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${text("title")}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${escapeHtml(icon)}">
<style>${style}</style>
</head>
<body>
<main>
<article class="card">
<h1>${text("title")}</h1>
<p class="lead">${text("lead")}</p>
<noscript><p class="fault">${text("scriptless")}</p></noscript>
<form id="form" hidden>
<fieldset id="fields">
<label for="draw">${text("drawLabel")}</label>
<input id="draw" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="draw-hint fault">
<p class="hint" id="draw-hint">${text("drawHint")}</p>
<label for="files">${text("filesLabel")}</label>
<input id="files" type="file" multiple aria-describedby="files-hint">
<p class="hint" id="files-hint">${text("filesHint")}</p>
<label for="receipt">${text("receiptLabel")}</label>
<textarea id="receipt" rows="3" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="receipt-hint fault"></textarea>
<p class="hint" id="receipt-hint">${text("receiptHint")}</p>
<p class="fault" id="fault" role="alert"></p>
<div class="buttons">
<button id="all" type="submit">${text("checkAll")}</button>
<button id="own" class="quiet" type="button">${text("checkOwn")}</button>
</div>
</fieldset>
</form>
<section id="progress" hidden>
<progress id="bar" aria-labelledby="progress-words"></progress>
<p id="progress-words"></p>
<button id="stop" class="quiet" type="button">${text("cancel")}</button>
</section>
<section id="result" hidden></section>
<p class="trust">${text("trust")}</p>
</article>
</main>
<script>${script}</script>
</body>
</html>
`;
}
