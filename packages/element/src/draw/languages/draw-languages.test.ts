import { describe, expect, test } from "vitest";
import { translations } from "../../languages/index.ts";
import { describeTexts } from "../../testing/describe-texts.ts";
import { texts } from "../../texts.ts";
import type { PluralText } from "../../words.ts";
import { drawDocumentTexts, drawOwnTexts, drawTexts } from "../draw-texts.ts";
import { drawCatalogue, drawTranslations } from "./index.ts";

/** English words of the page that stand in no other language's sentence. */
const englishWords = /\b(the|your|you|draw|entry|won|this|and|not|enter|with|until|people)\b/i;
/** What each language calls a line and a place in it: no word of a draw's page that a fan sees says so. */
const lineWords: Readonly<Record<keyof typeof drawTranslations, RegExp>> = {
  de: /Warteschlange|anstell|angestellt/i,
  fr: /\bfile\b/i,
  es: /\bfila\b/i,
  it: /\bfila\b/i,
  "pt-BR": /\bfila\b/i,
  nl: /wachtrij|\brij\b|aansluit/i,
  pl: /kolejk/i,
  sv: /(?<![\p{L}])kön?(?![\p{L}])/iu,
  ru: /очеред/i,
  ar: /طابور/,
  he: /(?<![\p{L}])[בהלמו]*תור(?![\p{L}])/u,
  ja: /待機列|並[ばびぶべん]/,
  ko: /대기열|줄[을 ]/,
  "zh-Hans": /队列|排队/,
  id: /antre/i,
  tr: /kuyru/i,
  uk: /черг/i,
  cs: /front/i,
  hi: /कतार/,
};
/** Words of a line that a draw's page never says, or says of any page. */
const unsaid =
  /^(noAdvantage|joinFrom|armEarly|armedEarly|early|joinEarly|beforeOpening|drawing(Late|Outside)|drawnText|openText|openWaiting|openNobody|openUntil|paused|ended|soldOut|allAdmitted|waiting(?!Text)|stock|position|progress|ahead|wait|ticket|people|nobody|zoneNote|turnHeadline|leftTextEarly|expiredTextClosed|title(Waiting|Early|BeforeOpening)|spokenPosition|mail|carryPlain)/;

test("has every language of the line", () => {
  expect(Object.keys(drawTranslations)).toEqual(Object.keys(translations));
});

describe.each(Object.entries(drawTranslations))("%s", (language, { document, page, own }) => {
  test("has just the keys of English, and more words of a line where the language needs it", () => {
    expect(Object.keys(document).sort()).toEqual(Object.keys(drawDocumentTexts).sort());
    expect(Object.keys(own).sort()).toEqual(Object.keys(drawOwnTexts).sort());
    expect(Object.keys(page)).toEqual(expect.arrayContaining(Object.keys(drawTexts)));
    expect(Object.keys(texts)).toEqual(expect.arrayContaining(Object.keys(page)));
    const whole = Object.keys({ ...texts, ...drawTexts, ...drawOwnTexts }).sort();
    expect(Object.keys(drawCatalogue(languageOf(language))).sort()).toEqual(whole);
  });

  describeTexts(language, {
    english: { ...texts, ...drawTexts, ...drawOwnTexts, ...drawDocumentTexts },
    translated: { ...document, ...page, ...own },
    englishWords,
    countMin: 0,
  });

  test("never speaks of a line", () => {
    const said = Object.entries<string | PluralText>({
      ...drawCatalogue(languageOf(language)),
      ...document,
    });
    for (const [key, text] of said)
      if (!unsaid.test(key) || key in page)
        expect(JSON.stringify(text), key).not.toMatch(lineWords[languageOf(language)]);
  });
});

// `describe.each` forgets which keys there are.
function languageOf(key: string): keyof typeof drawTranslations {
  return key as keyof typeof drawTranslations;
}
