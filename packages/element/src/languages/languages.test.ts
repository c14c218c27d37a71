import { describe, expect, test } from "vitest";
import { languages } from "../pick-language.ts";
import { describeTexts } from "../testing/describe-texts.ts";
import { documentTexts, texts } from "../texts.ts";
import { translations } from "./index.ts";

/** English words of the page that stand in no other language's sentence. */
const englishWords = /\b(the|your|you|line|turn|wait|this|and|not|join|with|until|people)\b/i;

test("has every language once, English first", () => {
  expect(["en", ...Object.keys(translations)]).toEqual([...languages]);
  expect(new Set(languages).size).toBe(languages.length);
});

describe.each(Object.entries(translations))("%s", (language, { page, document }) => {
  test("has just the keys of English", () => {
    expect(Object.keys(page).sort()).toEqual(Object.keys(texts).sort());
    expect(Object.keys(document).sort()).toEqual(Object.keys(documentTexts).sort());
  });

  // Of nobody and nothing the page speaks in other words.
  describeTexts(language, {
    english: { ...texts, ...documentTexts },
    translated: { ...page, ...document },
    englishWords,
  });
});
