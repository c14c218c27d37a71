/** The document of a draw's page. It holds no script and no style of its own, as that of a line. */
import type { Language } from "@stanchion/element";
import { drawDocumentWords } from "./document-words.ts";
import { attributesHtml, headOf, wordsPreload } from "./html.ts";
import { escapeHtml } from "./html-text.ts";
import { headHtml, type ShownTheme, titleHtml } from "./theme-parts.ts";

/** What the page of a draw is made from. */
export interface DrawPageInput {
  readonly drawId: string;
  readonly drawName: string;
  readonly publishableKey: string;
  readonly checkoutUrl: string | null;
  /** That of {@link drawPageScript}. */
  readonly scriptPath: string;
  readonly stylePath: string;
  /** The module that the script loads when there is an entry: that of the waiting page. */
  readonly extrasPath: string;
  /** Where the words of each language are: that of {@link drawPageWords}; absent: under the server's own address. */
  readonly wordsPath?: string;
  readonly theme?: ShownTheme;
  /** Of what stands in the document until the script has come; English if absent. */
  readonly language?: Language;
}

/**
 * The fan's page of one draw. It works under the policy of the waiting page.
 *
 * @example
 * drawPageHtml({ drawId, drawName: "Gold tickets", publishableKey, checkoutUrl: null, scriptPath: "/assets/draw.js", stylePath: "/assets/page.css", extrasPath: "/assets/extras.js" });
 */
export function drawPageHtml(input: DrawPageInput): string {
  const { drawId, drawName, publishableKey, checkoutUrl, scriptPath, stylePath, extrasPath } = input;
  const { theme, wordsPath, language = "en" } = input;
  const { say, document } = drawDocumentWords(language);
  const attributes = {
    "draw-id": drawId,
    "draw-name": drawName,
    "publishable-key": publishableKey,
    "style-path": stylePath,
    "extras-path": extrasPath,
    ...(wordsPath === undefined ? {} : { "words-path": wordsPath }),
    ...(checkoutUrl === null ? {} : { "checkout-url": checkoutUrl }),
  };
  return `${headOf(drawName, stylePath, language, theme)}
<script src="${escapeHtml(scriptPath)}" defer></script>${wordsPreload(wordsPath, language)}
</head>
<body>
<main>
<stanchion-draw whole-page${attributesHtml(attributes)}>
${headHtml(theme)}
${titleHtml(theme, drawName)}
<h2>${escapeHtml(say("loadingHeadline"))}</h2>
<p class="start">${escapeHtml(say("loadingText"))}</p>
<p class="slow">${escapeHtml(document.slowStart)} <a href="">${escapeHtml(say("reloadButton"))}</a></p>
<noscript><p class="scriptless">${escapeHtml(document.scriptless)}</p></noscript>
</stanchion-draw>
</main>
</body>
</html>
`;
}
