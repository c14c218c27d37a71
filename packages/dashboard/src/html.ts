/** The documents of the waiting page. They hold no script and no style of their own, so a strict CSP lets them work. */
import { directionOf, type Language } from "@stanchion/element";
import type { DocumentTexts } from "@stanchion/element/languages";
import { documentWords } from "./document-words.ts";
import { escapeHtml } from "./html-text.ts";
import { plainLinks } from "./plain-page/plain-links.ts";
import { headHtml, type ShownTheme, themeLink, titleHtml } from "./theme-parts.ts";

/** What a waiting page is made from; the paths are those of {@link waitingPageAssets}. */
export interface WaitingPageInput {
  readonly queueId: string;
  readonly queueName: string;
  readonly publishableKey: string;
  readonly checkoutUrl: string | null;
  readonly scriptPath: string;
  readonly stylePath: string;
  /** The module that the script loads when there is a place; absent: under the server's own address. */
  readonly extrasPath?: string;
  /** Where the words of each language are, with `{language}` where the tag goes; absent: under the server's own address. */
  readonly wordsPath?: string;
  readonly theme?: ShownTheme;
  /** This browser has a place on the page for browsers without a script. */
  readonly hasPlainPlace?: boolean;
  /** The server can mail fans at the turn, with a link that leads to its own site. */
  readonly hasTurnMail?: boolean;
  /** Of what stands in the document until the script has come; English if absent. */
  readonly language?: Language;
  /** The language that the address says, which the links to the page for browsers without a script say on. */
  readonly askedLanguage?: Language | null;
}

/** What a page that only tells something is made from. */
export interface MessagePageInput {
  readonly title: string;
  readonly text: string;
  /** Shown small, so that the operator finds the request in the log. */
  readonly requestId: string | null;
  readonly stylePath: string;
  /** Where its link leads: by default to the same address anew. */
  readonly link?: { readonly href: string; readonly label: string };
  /** Of title and text; English if absent. */
  readonly language?: Language;
}

/**
 * The fan's waiting page of one queue. It works under
 * `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:`, and the origin of the
 * theme's logo.
 *
 * @example
 * const { script, style } = await waitingPageAssets();
 * waitingPageHtml({ queueId, queueName: "Spring drop", publishableKey, checkoutUrl: null, scriptPath: script.path, stylePath: style.path });
 */
export function waitingPageHtml(input: WaitingPageInput): string {
  const { queueId, queueName, publishableKey, checkoutUrl, wordsPath, language = "en" } = input;
  const { say, document } = documentWords(language);
  const plainPage = plainLinks(queueId, input.askedLanguage ?? null).page;
  const attributes = {
    "queue-id": queueId,
    "queue-name": queueName,
    "publishable-key": publishableKey,
    ...(checkoutUrl === null ? {} : { "checkout-url": checkoutUrl }),
    ...(wordsPath === undefined ? {} : { "words-path": wordsPath }),
    "turn-mail": input.hasTurnMail === true ? "on" : "off",
    "style-path": input.stylePath,
    ...(input.extrasPath === undefined ? {} : { "extras-path": input.extrasPath }),
    ...(input.hasPlainPlace === true ? { "plain-path": plainLinks(queueId, null).page } : {}),
  };
  // What is in the element and has no slot is shown until the script knows in which words to speak.
  return `${headOf(queueName, input.stylePath, language, input.theme)}
<script src="${escapeHtml(input.scriptPath)}" defer></script>${wordsPreload(wordsPath, language)}
<noscript><meta http-equiv="refresh" content="0; url=${escapeHtml(plainPage)}"></noscript>
</head>
<body>
<main>
<stanchion-line whole-page${attributesHtml(attributes)}>
${headHtml(input.theme)}
${titleHtml(input.theme, queueName)}
<h2>${escapeHtml(say("loadingHeadline"))}</h2>
<p class="start">${escapeHtml(say("loadingText"))}</p>
<p class="slow">${escapeHtml(document.slowStart)} <a href="">${escapeHtml(say("reloadButton"))}</a></p>
<noscript><p class="scriptless">${escapeHtml(document.scriptless)}</p><p class="apart"><a class="button" href="${escapeHtml(plainPage)}">${escapeHtml(document.plainLink)}</a></p></noscript>${input.hasPlainPlace === true ? plainPlaceHtml(document, plainPage) : ""}
</stanchion-line>
</main>
</body>
</html>
`;
}

/** The script will ask for these words as soon as it runs. */
export function wordsPreload(path: string | undefined, language: Language): string {
  if (path === undefined) return "";
  const href = escapeHtml(path.replace("{language}", language));
  return `\n<link rel="preload" href="${href}" as="fetch" crossorigin="anonymous">`;
}

/** A place stays where it was taken: the script does not know of it. */
function plainPlaceHtml({ plainPlace, plainPlaceLink }: DocumentTexts, plainPage: string): string {
  return `\n<p slot="foot" class="note apart">${escapeHtml(plainPlace)} <a href="${escapeHtml(plainPage)}">${escapeHtml(plainPlaceLink)}</a></p>`;
}

/** Attributes of a tag, with a space before each. */
export function attributesHtml(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeHtml(value)}"`)
    .join("");
}

/** A page for when there is no line to show: it does not exist, or the server is busy. */
export function messagePageHtml(input: MessagePageInput): string {
  const { title, text, requestId, stylePath, link, language = "en" } = input;
  const { say } = documentWords(language);
  const { href, label } = link ?? { href: "", label: say("reloadButton") };
  const reference =
    requestId === null ? "" : `\n<p class="reference">${escapeHtml(say("reference", { requestId }))}</p>`;
  return `${headOf(title, stylePath, language)}
</head>
<body>
<main>
<article class="card message" data-scene="message">
<div class="head"></div>
<h1 class="message">${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>${reference}
<p class="apart"><a class="button quiet" href="${escapeHtml(href)}">${escapeHtml(label)}</a></p>
</article>
</main>
</body>
</html>
`;
}

/** The rope between two stanchions, as a picture inside the page. */
export const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath d='M6 9v17M26 9v17M3 27h6M23 27h6' stroke='%23b08d3c' stroke-width='3' stroke-linecap='round'/%3E%3Cpath d='M6 11q10 14 20 0' fill='none' stroke='%23a3184a' stroke-width='4'/%3E%3Ccircle cx='6' cy='7' r='3' fill='%23b08d3c'/%3E%3Ccircle cx='26' cy='7' r='3' fill='%23b08d3c'/%3E%3C/svg%3E";

/** The document up to where more can be put into its head. */
export function headOf(
  title: string,
  stylePath: string,
  language: Language = "en",
  theme?: ShownTheme,
): string {
  const direction = directionOf(language) === "rtl" ? ` dir="rtl"` : "";
  return `<!doctype html>
<html lang="${language}"${direction}>
<head>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta name="format-detection" content="telephone=no">
<link rel="icon" href="${escapeHtml(icon)}">
<link rel="stylesheet" href="${escapeHtml(stylePath)}">${themeLink(theme)}`;
}
