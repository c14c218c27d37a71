import { describe, expect, test } from "vitest";
import { languages } from "../pick-language.ts";
import { documentTexts, texts } from "../texts.ts";
import type { PluralText } from "../words.ts";
import { translations } from "./index.ts";

const buttonLengthMax = 42;
/** What is the same in every language. */
const sameEverywhere = new Set(["sentence", "gap", "positionUnknown", "title"]);
/** Words that are spelled as in English in some languages. */
const sameSpelling = new Set(["Live"]);
/** English words of the page that stand in no other language's sentence. */
const englishWords = /\b(the|your|you|line|turn|wait|this|and|not|join|with|until|people)\b/i;

test("has every language once, English first", () => {
  expect(["en", ...Object.keys(translations)]).toEqual([...languages]);
  expect(new Set(languages).size).toBe(languages.length);
});

describe.each(Object.entries(translations))("%s", (language, { page, document }) => {
  const english: Record<string, string | PluralText> = { ...texts, ...documentTexts };
  const all = Object.entries<string | PluralText>({ ...page, ...document });
  const flat = all.flatMap(([key, text]) =>
    typeof text === "string"
      ? [[key, text] as const]
      : Object.values(text).map((form) => [key, form] as const),
  );

  test("has just the keys of English", () => {
    expect(Object.keys(page).sort()).toEqual(Object.keys(texts).sort());
    expect(Object.keys(document).sort()).toEqual(Object.keys(documentTexts).sort());
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
      for (const [category, form] of Object.entries(text)) {
        const wanted = placeholdersOf(source.other).filter(
          (name) => name !== "count" || !isSingle(language, category) || placeholdersOf(form).includes(name),
        );
        expect(placeholdersOf(form), `${key} ${category}`).toEqual(wanted);
      }
    }
  });

  test("leaves nothing in English", () => {
    for (const [key, text] of flat) {
      if (sameEverywhere.has(key)) continue;
      const source = english[key];
      if (!sameSpelling.has(text)) expect(text, key).not.toBe(source);
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
      if (/Button$|Link$|Busy$|^leave(Yes|No)$/.test(key))
        expect(text.length, `${key}: ${text}`).toBeLessThanOrEqual(buttonLengthMax);
  });
});

function placeholdersOf(text: string | PluralText): string[] {
  const [...found] = JSON.stringify(text).matchAll(/\{(\w+)\}/g);
  return [...new Set(found.map(([, name = ""]) => name))].sort();
}

/** Does the plural stand for one number alone? Of nobody and nothing the page speaks in other words. */
function isSingle(language: string, category: string): boolean {
  const rules = new Intl.PluralRules(language);
  const counts = Array.from({ length: 1_000 }, (_, index) => index + 1);
  return counts.filter((count) => rules.select(count) === category).length <= 1;
}
