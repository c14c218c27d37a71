/** What others say with the words of a line: the documents around it. The line itself is behind `./define`. */
export { directionOf, type Language, languages, pickLanguage } from "./pick-language.ts";
export { documentTexts, texts } from "./texts.ts";
export { createWords, type Words } from "./words.ts";

/** The style sheet: of the shadow tree, and of the documents around it. */
export const lineStyleUrl: URL = new URL("./line.css", import.meta.url);
