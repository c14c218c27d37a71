import { describe, expect, test } from "vitest";
import { translations } from "../../languages/index.ts";
import { texts } from "../../texts.ts";
import type { PluralText } from "../../words.ts";
import { drawDocumentTexts, drawOwnTexts, drawTexts } from "../draw-texts.ts";
import { drawCatalogue, drawTranslations } from "./index.ts";

const buttonLengthMax = 42;
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
  const english: Record<string, string | PluralText> = {
    ...texts,
    ...drawTexts,
    ...drawOwnTexts,
    ...drawDocumentTexts,
  };
  const all = Object.entries<string | PluralText>({ ...document, ...page, ...own });
  const flat = all.flatMap(([key, text]) =>
    typeof text === "string"
      ? [[key, text] as const]
      : Object.values(text).map((form) => [key, form] as const),
  );

  test("has just the keys of English, and more words of a line where the language needs it", () => {
    expect(Object.keys(document).sort()).toEqual(Object.keys(drawDocumentTexts).sort());
    expect(Object.keys(own).sort()).toEqual(Object.keys(drawOwnTexts).sort());
    expect(Object.keys(page)).toEqual(expect.arrayContaining(Object.keys(drawTexts)));
    expect(Object.keys(texts)).toEqual(expect.arrayContaining(Object.keys(page)));
    const whole = Object.keys({ ...texts, ...drawTexts, ...drawOwnTexts }).sort();
    expect(Object.keys(drawCatalogue(languageOf(language))).sort()).toEqual(whole);
  });

  test("has just the plurals of the language", () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [key, text] of all) {
      expect(typeof text, key).toBe(typeof english[key]);
      if (typeof text !== "string")
        expect(Object.keys(text).sort(), key).toEqual([...pluralCategories].sort());
    }
  });

  test("has the placeholders of English; a form for a single number may leave it out", () => {
    for (const [key, text] of all) {
      const source = english[key] ?? "";
      if (typeof source === "string" || typeof text === "string") {
        expect(placeholdersOf(text), key).toEqual(placeholdersOf(source));
        continue;
      }
      for (const [category, form] of Object.entries(text))
        if (!isSingle(language, category)) expect(placeholdersOf(form), key).toEqual(["count"]);
    }
  });

  test("leaves nothing in English, and is written cleanly", () => {
    for (const [key, text] of flat) {
      expect(text, key).not.toBe(english[key]);
      expect(text.replaceAll(/\{\w+\}/g, ""), key).not.toMatch(englishWords);
      expect(text, key).toBe(text.trim());
      expect(text, key).not.toMatch(/ {2}|\.\.|[\p{Cc}\p{Cf}\uFFFD]/u);
      expect(text.normalize("NFC"), key).toBe(text);
      expect(text, key).not.toBe("");
    }
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

  test("has buttons that fit", () => {
    for (const [key, text] of flat)
      if (/Button$|Link$|Busy$|^leave(Yes|No)$/.test(key))
        expect(text.length, `${key}: ${text}`).toBeLessThanOrEqual(buttonLengthMax);
  });
});

// `describe.each` forgets which keys there are.
function languageOf(key: string): keyof typeof drawTranslations {
  return key as keyof typeof drawTranslations;
}

function placeholdersOf(text: string | PluralText): string[] {
  const [...found] = JSON.stringify(text).matchAll(/\{(\w+)\}/g);
  return [...new Set(found.map(([, name = ""]) => name))].sort();
}

/** Does the plural stand for one number alone? A draw counts from nobody. */
function isSingle(language: string, category: string): boolean {
  const rules = new Intl.PluralRules(language);
  const counts = Array.from({ length: 1_001 }, (_, index) => index);
  return counts.filter((count) => rules.select(count) === category).length <= 1;
}
