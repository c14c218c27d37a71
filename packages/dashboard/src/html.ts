/** The documents of the waiting page. They hold no script and no style of their own, so a strict CSP lets them work. */
import { configElementId, type PageConfig } from "./waiting-page/config.ts";
import { documentTexts, texts } from "./waiting-page/texts.ts";

/** What a waiting page is made from; the paths are those of {@link waitingPageAssets}. */
export interface WaitingPageInput extends PageConfig {
  readonly scriptPath: string;
  readonly stylePath: string;
}

/** What a page that only tells something is made from. */
export interface MessagePageInput {
  readonly title: string;
  readonly text: string;
  /** Shown small, so that the operator finds the request in the log. */
  readonly requestId: string | null;
  readonly stylePath: string;
}

/**
 * The fan's waiting page of one queue. It works under
 * `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:`.
 *
 * @example
 * const { script, style } = await waitingPageAssets();
 * waitingPageHtml({ queueId, queueName: "Spring drop", publishableKey, checkoutUrl: null, scriptPath: script.path, stylePath: style.path });
 */
export function waitingPageHtml(input: WaitingPageInput): string {
  const { queueId, queueName, publishableKey, checkoutUrl } = input;
  const config: PageConfig = { queueId, queueName, publishableKey, checkoutUrl };
  return `${headOf(queueName, input.stylePath)}
<script src="${escapeHtml(input.scriptPath)}" defer></script>
<script type="application/json" id="${configElementId}">${encodeJsonForHtml(config)}</script>
</head>
<body>
<main>
<article class="card" id="card" data-scene="loading" aria-busy="true">
<div class="head" id="head"></div>
<h1>${escapeHtml(queueName)}</h1>
<h2 id="headline" tabindex="-1">${escapeHtml(texts.loadingHeadline)}</h2>
<div id="words"><p>${escapeHtml(texts.loadingText)}</p></div>
<div id="body"><p class="slow">${escapeHtml(documentTexts.slowStart)} <a href="">${escapeHtml(texts.reloadButton)}</a></p></div>
<noscript><p class="scriptless">${escapeHtml(documentTexts.scriptless)}</p></noscript>
</article>
<p class="unseen" id="polite" role="status"></p>
<p class="unseen" id="assertive" role="alert"></p>
</main>
</body>
</html>
`;
}

/** A page for when there is no line to show: it does not exist, or the server is busy. */
export function messagePageHtml({ title, text, requestId, stylePath }: MessagePageInput): string {
  const reference =
    requestId === null ? "" : `\n<p class="reference">${escapeHtml(texts.reference(requestId))}</p>`;
  return `${headOf(title, stylePath)}
</head>
<body>
<main>
<article class="card" data-scene="message">
<div class="head"></div>
<h1 class="message">${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>${reference}
<p class="apart"><a class="button quiet" href="">${escapeHtml(texts.reloadButton)}</a></p>
</article>
</main>
</body>
</html>
`;
}

/** The rope between two stanchions, as a picture inside the page. */
export const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M6 9v17M26 9v17M3 27h6M23 27h6' stroke='%23b08d3c' stroke-width='3' stroke-linecap='round'/%3E%3Cpath d='M6 11q10 14 20 0' fill='none' stroke='%23a3184a' stroke-width='4'/%3E%3Ccircle cx='6' cy='7' r='3' fill='%23b08d3c'/%3E%3Ccircle cx='26' cy='7' r='3' fill='%23b08d3c'/%3E%3C/svg%3E";

function headOf(title: string, stylePath: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="${escapeHtml(icon)}">
<link rel="stylesheet" href="${escapeHtml(stylePath)}">`;
}

/** Makes a text safe between tags and in a quoted attribute. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** JSON that nothing inside can end a script element with. */
export function encodeJsonForHtml(value: unknown): string {
  const encode = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, encode);
}
