import { type Language, languages } from "@stanchion/element";
import { describe, expect, test } from "vitest";
import { plainTexts, plainWords } from "../plain-english.ts";
import { plainSpeech } from "../plain-texts.ts";
import { plainTranslations } from "./index.ts";

const english: Readonly<Record<string, string>> = { ...plainTexts, ...plainWords };
const buttonLengthMax = 42;
/** English words of the page that stand in no other language's sentence. */
const englishWords = /\b(the|your|you|line|this|and|not|join|until|opens|loads)\b/i;

test("has every language once", () => {
  expect(["en", ...Object.keys(plainTranslations)]).toEqual([...languages]);
});

test("says in English what it has of its own, and the words of the waiting page else", () => {
  const { catalogue, own } = plainSpeech("en");
  expect([catalogue.turnLabel, catalogue.joinButton, own.back]).toEqual([
    plainTexts.turnLabel,
    "Join the line",
    plainWords.back,
  ]);
});

describe.each(Object.entries(plainTranslations))("%s", (language, { page, own }) => {
  const all = Object.entries<string>({ ...page, ...own });

  test("has just the keys of English", () => {
    expect(Object.keys(page)).toEqual(Object.keys(plainTexts));
    expect(Object.keys(own)).toEqual(Object.keys(plainWords));
  });

  test("has the placeholders of English", () => {
    for (const [key, text] of all) expect(placeholdersOf(text), key).toEqual(placeholdersOf(english[key]));
  });

  test("leaves nothing in English", () => {
    for (const [key, text] of all) {
      expect(text, key).not.toBe(english[key]);
      expect(text.replaceAll(/\{\w+\}/g, ""), key).not.toMatch(englishWords);
    }
  });

  test("is written cleanly, and its link fits", () => {
    for (const [key, text] of all) {
      expect(text, key).toBe(text.trim());
      expect(text, key).not.toMatch(/ {2}|\.\.|[\p{Cc}\p{Cf}\uFFFD]/u);
      expect(text.normalize("NFC"), key).toBe(text);
    }
    expect(own.back.length).toBeLessThanOrEqual(buttonLengthMax);
  });

  test("goes over the words of its own language", () => {
    const { catalogue } = plainSpeech(language as Language);
    expect(catalogue.turnLabel).toBe(page.turnLabel);
    expect(catalogue.joinButton).not.toBe("Join the line");
  });
});

function placeholdersOf(text = ""): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).sort();
}
