import type { Catalogue, PluralText } from "../../words.ts";
import type { drawDocumentTexts, drawOwnTexts, drawTexts } from "../draw-texts.ts";

type OwnTexts = typeof drawOwnTexts;

/** The words of the document of a draw's page, for when the script does not come. */
export type DrawDocumentTexts = { readonly [Key in keyof typeof drawDocumentTexts]: string };

/** What a draw's page says otherwise than that of a line, in one language besides English. */
export interface DrawTranslation {
  readonly document: DrawDocumentTexts;
  /** In the place of words of a line: at least what English has, and more where the language needs it, as for the gender. */
  readonly page: Pick<Catalogue, keyof typeof drawTexts> & Partial<Catalogue>;
  /** The words of draws alone. */
  readonly own: { readonly [Key in keyof OwnTexts]: OwnTexts[Key] extends string ? string : PluralText };
}
