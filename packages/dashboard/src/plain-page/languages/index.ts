/** The words of the page without a script in all languages but English. */
import type { Language } from "@stanchion/element";
import type { PlainTranslation } from "../plain-translation.ts";
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
import { uk } from "./uk.ts";
import { zhHans } from "./zh-hans.ts";

export const plainTranslations: Readonly<Record<Exclude<Language, "en">, PlainTranslation>> = {
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
