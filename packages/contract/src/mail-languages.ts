/** The languages that mails to fans are written in, by their BCP 47 tags. */
export const mailLanguages = [
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
export type MailLanguage = (typeof mailLanguages)[number];

/** The language of the first wish that there is one for; English where there is none. Wishes are BCP 47 tags. */
export function chooseMailLanguage(wishes: readonly string[]): MailLanguage {
  for (const wish of wishes) {
    const found = mailLanguages.find((language) => isOfLanguage(wish, language));
    if (found !== undefined) return found;
  }
  return "en";
}

/** Is it that language in that script? Chinese of Taiwan is not the one in simplified letters. */
function isOfLanguage(tag: string, language: MailLanguage): boolean {
  try {
    const [asked, known] = [new Intl.Locale(tag).maximize(), new Intl.Locale(language).maximize()];
    return asked.language === known.language && asked.script === known.script;
  } catch {
    return false;
  }
}
