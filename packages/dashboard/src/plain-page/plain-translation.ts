import type { plainTexts, plainWords } from "./plain-english.ts";

export type PlainTexts = { readonly [Key in keyof typeof plainTexts]: string };
export type PlainWords = { readonly [Key in keyof typeof plainWords]: string };

/** What the page without a script says in one language besides English. */
export interface PlainTranslation {
  /** Instead of those of the waiting page. */
  readonly page: PlainTexts;
  readonly own: PlainWords;
}
