/** The waiting page for browsers without a script: the same views, made into HTML by the server. */

import type { Language } from "@stanchion/element";
import { pickLocale } from "@stanchion/element/pick-language";
import { viewOf } from "@stanchion/element/view";
import type { View } from "@stanchion/element/view-model";
import { createWords, type Words } from "@stanchion/element/words";
import { headOf } from "../html.ts";
import { escapeHtml as text } from "../html-text.ts";
import { plainHeadHtml, type ShownTheme, titleHtml } from "../theme-parts.ts";
import type { PlainLinks } from "./plain-links.ts";
import {
  countdownHtml,
  footHtml,
  formHtml,
  leaveHtml,
  paragraphs,
  placeHtml,
  problemHtml,
  tokenHtml,
  waitlistHtml,
} from "./plain-parts.ts";
import { type PlainLine, type PlainPlace, plainState } from "./plain-state.ts";
import { plainSpeech } from "./plain-texts.ts";
import type { PlainWords } from "./plain-translation.ts";
import { refreshSeconds } from "./refresh-seconds.ts";

/** What a page is made from. */
export interface PlainPageInput {
  readonly links: PlainLinks;
  readonly line: PlainLine;
  readonly place: PlainPlace;
  /** What the page's forms carry; null: there is no session, so nothing can be asked for. */
  readonly formToken: string | null;
  readonly language: Language;
  /** The language tags that the browser asks for: how dates and numbers are written. */
  readonly wishes: readonly string[];
  /** By the server's clock. */
  readonly nowMs: number;
  /** 0 to 1. */
  readonly random: number;
  readonly stylePath: string;
  readonly theme: ShownTheme;
}

export interface PlainPage {
  readonly html: string;
  /** For the `Refresh` header; null: it stays as it is. */
  readonly refreshSeconds: number | null;
  /** Would it have a button to join, with a session? */
  readonly offersJoin: boolean;
}

/**
 * The page of one fan at this moment.
 *
 * @example
 * const { html, refreshSeconds } = plainPage({ links: plainLinks("queue_1", null), line, place, formToken, language: "en", wishes: ["en-US"], nowMs, random: Math.random(), stylePath, theme });
 */
export function plainPage(input: PlainPageInput): PlainPage {
  const { line, place, language, nowMs } = input;
  const { catalogue, own } = plainSpeech(language);
  const words = createWords(catalogue, {
    locale: pickLocale(language, input.wishes),
    timeZone: line.timeZone,
  });
  const state = plainState(line, place, words, nowMs);
  const view = viewOf(state, nowMs);
  return {
    html: documentOf(view, input, words, own),
    refreshSeconds: refreshSeconds(view.scene, state, nowMs, input.random),
    offersJoin: view.button?.action === "join",
  };
}

function documentOf(view: View, input: PlainPageInput, words: Words, own: PlainWords): string {
  const { links, line, formToken, theme } = input;
  const connection =
    view.connection === null || view.leave?.isAsked === true
      ? ""
      : `<p class="connection" data-connection="polling"><span class="dot" aria-hidden="true"></span><span>${text(view.connection.text)}</span></p>`;
  const parts = [
    placeHtml(view.place, words),
    countdownHtml(view.countdown),
    checkoutHtml(view, links, words),
    buttonHtml(view, links, formToken),
    waitlistHtml(view.waitlist),
    view.hints.length === 0 ? "" : `<div class="hints">${paragraphs(view.hints)}</div>`,
    tokenHtml(view.token, words),
    problemHtml(view.problem),
    view.place === null
      ? ""
      : `<p><a href="${text(links.receipt)}" download>${text(words.say("receiptSave"))}</a></p>`,
    leaveHtml(view.leave, links, formToken, words),
  ];
  return `${headOf(view.documentTitle, input.stylePath, input.language, theme)}
</head>
<body>
<main>
<article class="card" id="card" data-scene="${view.scene}">
${plainHeadHtml(theme, connection)}
${titleHtml(theme, line.name)}
<h2 id="headline">${text(view.headline)}</h2>
<div id="words">${paragraphs(view.paragraphs)}</div>
<div id="body">${parts.filter((part) => part !== "").join("\n")}</div>
${footHtml(links, line.timeZone, words, own)}
</article>
</main>
</body>
</html>
`;
}

/** By way of the server, which has a fresh token whenever it is pressed. */
function checkoutHtml({ checkout }: View, links: PlainLinks, { say }: Words): string {
  if (checkout === null) return "";
  return `<a class="button" href="${text(links.checkout)}">${text(say("checkoutLink"))}</a>`;
}

function buttonHtml({ button }: View, links: PlainLinks, formToken: string | null): string {
  if (button?.action === "reload")
    return `<a class="button quiet" href="${text(links.page)}">${text(button.label)}</a>`;
  if (button?.action !== "join" || formToken === null) return "";
  return formHtml(links.join, formToken, button.label, "button");
}
