import { type Language, languages } from "@stanchion/element";
import { describe, expect, test } from "vitest";
import { describeTexts } from "../../../../element/src/testing/describe-texts.ts";
import { plainTexts, plainWords } from "../plain-english.ts";
import { plainSpeech } from "../plain-texts.ts";
import { plainTranslations } from "./index.ts";

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
  test("has just the keys of English", () => {
    expect(Object.keys(page)).toEqual(Object.keys(plainTexts));
    expect(Object.keys(own)).toEqual(Object.keys(plainWords));
  });

  describeTexts(language, {
    english: { ...plainTexts, ...plainWords },
    translated: { ...page, ...own },
    englishWords,
    buttons: /^back$/,
  });

  test("goes over the words of its own language", () => {
    const { catalogue } = plainSpeech(language as Language);
    expect(catalogue.turnLabel).toBe(page.turnLabel);
    expect(catalogue.joinButton).not.toBe("Join the line");
  });
});
