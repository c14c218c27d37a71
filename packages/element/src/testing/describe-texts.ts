/** What holds of the texts of every page in every language besides English. */
import { expect, test } from "vitest";
import type { PluralText } from "../words.ts";

type Texts = Readonly<Record<string, string | PluralText>>;

export interface TranslatedTexts {
  readonly english: Texts;
  readonly translated: Texts;
  /** English words of the page that stand in no other language's sentence. */
  readonly englishWords: RegExp;
  /** The names of what must fit a button. */
  readonly buttons?: RegExp;
  /** The smallest number that is told of. */
  readonly countMin?: 0 | 1;
}

const buttonLengthMax = 42;
/** What is the same in every language. */
const sameEverywhere = new Set(["sentence", "gap", "positionUnknown", "title"]);
/** Words that are spelled as in English in some languages. */
const sameSpelling = new Set(["Live"]);

/** Holds the texts of a language against those of English. */
export function describeTexts(
  language: string,
  {
    english,
    translated,
    englishWords,
    buttons = /Button$|Link$|Busy$|^leave(Yes|No)$/,
    countMin = 1,
  }: TranslatedTexts,
): void {
  const all = Object.entries(translated);
  const flat = all.flatMap(([key, text]) =>
    typeof text === "string"
      ? [[key, text] as const]
      : Object.values(text).map((form) => [key, form] as const),
  );

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
      for (const [category, form] of Object.entries(text)) {
        const found = placeholdersOf(form);
        const mayLeaveOut = isSingle(language, category, countMin) && !found.includes("count");
        const wanted = placeholdersOf(source.other).filter((name) => name !== "count" || !mayLeaveOut);
        expect(found, `${key} ${category}`).toEqual(wanted);
      }
    }
  });

  test("leaves nothing in English", () => {
    for (const [key, text] of flat) {
      if (sameEverywhere.has(key)) continue;
      if (!sameSpelling.has(text)) expect(text, key).not.toBe(english[key]);
      expect(text.replaceAll(/\{\w+\}/g, ""), key).not.toMatch(englishWords);
    }
  });

  test("is written cleanly", () => {
    for (const [key, text] of flat) {
      if (key === "gap") continue;
      expect(text, key).toBe(text.trim());
      expect(text, key).not.toMatch(/ {2}|\.\.|[\p{Cc}\p{Cf}\uFFFD]/u);
      expect(text.normalize("NFC"), key).toBe(text);
      expect(text, key).not.toBe("");
    }
  });

  test("has buttons that fit", () => {
    for (const [key, text] of flat)
      if (buttons.test(key)) expect(text.length, `${key}: ${text}`).toBeLessThanOrEqual(buttonLengthMax);
  });
}

function placeholdersOf(text: string | PluralText): string[] {
  const [...found] = JSON.stringify(text).matchAll(/\{(\w+)\}/g);
  return [...new Set(found.map(([, name = ""]) => name))].sort();
}

/** Does the plural stand for one number alone? */
function isSingle(language: string, category: string, countMin: number): boolean {
  const rules = new Intl.PluralRules(language);
  const counts = Array.from({ length: 1_000 }, (_, index) => countMin + index);
  return counts.filter((count) => rules.select(count) === category).length <= 1;
}
