/** The words of lines in all languages; English is what the others are made from. */
import type { Language } from "../pick-language.ts";
import { texts } from "../texts.ts";
import type { Catalogue } from "../words.ts";
import { ar } from "./ar.ts";
import { cs } from "./cs.ts";
import { de } from "./de.ts";
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
import type { Translation } from "./translation.ts";
import { uk } from "./uk.ts";
import { zhHans } from "./zh-hans.ts";

export type { DocumentTexts, Translation } from "./translation.ts";

export const translations: Readonly<Record<Exclude<Language, "en">, Translation>> = {
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

/** All texts of the page of a line in one language. */
export function catalogueOf(language: Language): Catalogue {
  return language === "en" ? texts : translations[language].page;
}
