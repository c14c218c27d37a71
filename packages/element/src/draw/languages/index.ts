/** The words of draws in all languages; English is what the others are made from. */
import { translations } from "../../languages/index.ts";
import type { Language } from "../../pick-language.ts";
import type { Catalogue } from "../../words.ts";
import { englishDrawTexts } from "../draw-texts.ts";
import { ar } from "./ar.ts";
import { cs } from "./cs.ts";
import { de } from "./de.ts";
import type { DrawTranslation } from "./draw-translation.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { he } from "./he.ts";
import { hi } from "./hi.ts";
import { id } from "./id.ts";
import { it } from "./it.ts";
import { ja } from "./ja.ts";
import { ko } from "./ko.ts";
import { nl } from "./nl.ts";
import { pl } from "./pl.ts";
import { ptBR } from "./pt-br.ts";
import { ru } from "./ru.ts";
import { sv } from "./sv.ts";
import { tr } from "./tr.ts";
import { uk } from "./uk.ts";
import { zhHans } from "./zh-hans.ts";

export type { DrawDocumentTexts, DrawTranslation } from "./draw-translation.ts";

export const drawTranslations: Readonly<Record<Exclude<Language, "en">, DrawTranslation>> = {
  de,
  fr,
  es,
  it,
  "pt-BR": ptBR,
  nl,
  pl,
  sv,
  ru,
  ar,
  he,
  ja,
  ko,
  "zh-Hans": zhHans,
  id,
  tr,
  uk,
  cs,
  hi,
};

/** All that a draw's page says in a language, as one catalogue: what the page loads. */
export function drawCatalogue(language: Language): Catalogue {
  if (language === "en") return englishDrawTexts;
  const { page, own } = drawTranslations[language];
  return { ...translations[language].page, ...page, ...own };
}
