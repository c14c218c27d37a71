import type { Language } from "@stanchion/element";
import { translations } from "@stanchion/element/languages";
import { texts } from "@stanchion/element/texts";
import type { Catalogue } from "@stanchion/element/words";
import { plainTranslations } from "./languages/index.ts";
import { plainTexts, plainWords } from "./plain-english.ts";
import type { PlainWords } from "./plain-translation.ts";

/** All that the page without a script says in a language. */
export interface PlainSpeech {
  /** The words that it has in common with the waiting page. */
  readonly catalogue: Catalogue;
  readonly own: PlainWords;
}

/** The words of the page without a script, which only a server reads: they cost the waiting page's script nothing. */
export function plainSpeech(language: Language): PlainSpeech {
  if (language === "en") return { catalogue: { ...texts, ...plainTexts }, own: plainWords };
  const { page, own } = plainTranslations[language];
  return { catalogue: { ...translations[language].page, ...page }, own };
}
