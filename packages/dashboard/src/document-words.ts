/** The words that stand in the documents themselves, in the reader's language. */

import { createWords, documentTexts, type Language, texts, type Words } from "@stanchion/element";
import { type DrawDocumentTexts, drawCatalogue, drawTranslations } from "@stanchion/element/draw-languages";
import { drawDocumentTexts } from "@stanchion/element/draw-texts";
import { type DocumentTexts, translations } from "@stanchion/element/languages";

export interface DocumentWords {
  readonly say: Words["say"];
  readonly document: DocumentTexts;
}

const english: DocumentWords = { say: createWords(texts, { locale: "en" }).say, document: documentTexts };

export function documentWords(language: Language): DocumentWords {
  if (language === "en") return english;
  const { page, document } = translations[language];
  return { say: createWords(page, { locale: language }).say, document };
}

export interface DrawDocumentWords {
  readonly say: Words["say"];
  readonly document: DrawDocumentTexts;
}

/** The same of a draw. */
export function drawDocumentWords(language: Language): DrawDocumentWords {
  const document = language === "en" ? drawDocumentTexts : drawTranslations[language].document;
  return { say: createWords(drawCatalogue(language), { locale: language }).say, document };
}
