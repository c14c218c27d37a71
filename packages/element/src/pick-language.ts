/** The languages that the page speaks, by their BCP 47 tags. */
export const languages = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt-BR",
  "nl",
  "pl",
  "sv",
  "ru",
  "ar",
  "he",
  "ja",
  "ko",
  "zh-Hans",
  "id",
  "tr",
  "uk",
  "cs",
  "hi",
] as const;
export type Language = (typeof languages)[number];

/** The first language of the wishes that the page speaks; English where it speaks none. Wishes are BCP 47 tags. */
export function pickLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const language = wish && languages.find((known) => isOfLanguage(wish, known));
    if (language) return language;
  }
  return "en";
}

/** The locale that a fan's browser asks for, of one language: it decides how dates and numbers are written. */
export function pickLocale(language: Language, wishes: readonly string[]): string {
  return wishes.find((wish) => isOfLanguage(wish, language)) ?? (language === "en" ? "en-GB" : language);
}

/** Where a line of it begins. */
export function directionOf(language: Language): "ltr" | "rtl" {
  return /^(ar|he)$/.test(language) ? "rtl" : "ltr";
}

/** Is it that language in that script? Chinese of Taiwan is not the one in simplified letters. */
function isOfLanguage(tag: string, language: Language): boolean {
  try {
    const [asked, known] = [new Intl.Locale(tag).maximize(), new Intl.Locale(language).maximize()];
    return asked.language === known.language && asked.script === known.script;
  } catch {
    return false;
  }
}
