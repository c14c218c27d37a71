/** The pages that people see: the fan's waiting page, and the page that verifies a draw. */

export { type Language, pickLanguage } from "@stanchion/element";
export { type Asset, drawPageScript, type WaitingPageAssets, waitingPageAssets } from "./assets.ts";
export {
  type DocumentWords,
  type DrawDocumentWords,
  documentWords,
  drawDocumentWords,
} from "./document-words.ts";
export { type DrawPageInput, drawPageHtml } from "./draw-page.ts";
export {
  type MessagePageInput,
  messagePageHtml,
  type WaitingPageInput,
  waitingPageHtml,
} from "./html.ts";
export { type PlainLinks, plainLinks } from "./plain-page/plain-links.ts";
export { type PlainPage, type PlainPageInput, plainPage } from "./plain-page/plain-page.ts";
export type { PlainFailure, PlainLine, PlainPlace } from "./plain-page/plain-state.ts";
export { plainSpeech } from "./plain-page/plain-texts.ts";
export { logoSource, type ShownTheme, shownTheme } from "./theme-parts.ts";
export { readThemeStyle, themeStylePath } from "./theme-style.ts";
export { type VerifyPage, verifyPage } from "./verify-page.ts";
export { drawPageWords, type WordsAssets, waitingPageWords } from "./words-assets.ts";
