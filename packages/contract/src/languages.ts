/** The languages that pages and mails speak to fans, by their BCP 47 tags. */
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

/** The first language of the wishes that there is; English where there is none of them. Wishes are BCP 47 tags. */
export function pickLanguage(wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const language = wish && languages.find((known) => isOfLanguage(wish, known));
    if (language) return language;
  }
  return "en";
}

/** Is it that language in that script? Chinese of Taiwan is not the one in simplified letters. */
export function isOfLanguage(tag: string, language: Language): boolean {
  try {
    const [asked, known] = [new Intl.Locale(tag).maximize(), new Intl.Locale(language).maximize()];
    return asked.language === known.language && asked.script === known.script;
  } catch {
    return false;
  }
}
