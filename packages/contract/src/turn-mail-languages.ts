/** The languages that mails at the turn are written in, by their BCP 47 tags. */
export const turnMailLanguages = [
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
export type TurnMailLanguage = (typeof turnMailLanguages)[number];

/** The language of the first wish that there is one for; English where there is none. Wishes are BCP 47 tags. */
export function chooseTurnMailLanguage(wishes: readonly string[]): TurnMailLanguage {
  for (const wish of wishes) {
    const found = turnMailLanguages.find((language) => isOfLanguage(wish, language));
    if (found !== undefined) return found;
  }
  return "en";
}

/** Is it that language in that script? Chinese of Taiwan is not the one in simplified letters. */
function isOfLanguage(tag: string, language: TurnMailLanguage): boolean {
  try {
    const [asked, known] = [new Intl.Locale(tag).maximize(), new Intl.Locale(language).maximize()];
    return asked.language === known.language && asked.script === known.script;
  } catch {
    return false;
  }
}
