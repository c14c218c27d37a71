import type { documentTexts } from "../texts.ts";
import type { Catalogue } from "../words.ts";

/** The words of the document itself: for when the script does not come, and for pages without one. */
export type DocumentTexts = { readonly [Key in keyof typeof documentTexts]: string };

/** One language besides English. */
export interface Translation {
  readonly document: DocumentTexts;
  /** What the page loads. */
  readonly page: Catalogue;
}
