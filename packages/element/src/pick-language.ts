/** The languages of the pages, and what follows from each. */
import { isOfLanguage, type Language } from "@stanchion/contract/languages";

export { type Language, languages, pickLanguage } from "@stanchion/contract/languages";

/** The locale that a fan's browser asks for, of one language: it decides how dates and numbers are written. */
export function pickLocale(language: Language, wishes: readonly string[]): string {
  return wishes.find((wish) => isOfLanguage(wish, language)) ?? (language === "en" ? "en-GB" : language);
}

/** Where a line of it begins. */
export function directionOf(language: Language): "ltr" | "rtl" {
  return /^(ar|he)$/.test(language) ? "rtl" : "ltr";
}
