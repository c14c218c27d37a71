import { expect, test } from "vitest";
import { pickLanguage, pickLocale } from "./pick-language.ts";

test("writes times as the fan's own English does", () => {
  expect(["en-US", "en-AU", "de", "en", "en-x-weird", "-"].map((wish) => pickLocale("en", [wish]))).toEqual([
    "en-US",
    "en-AU",
    "en-GB",
    "en",
    "en-x-weird",
    "en-GB",
  ]);
});

test("takes the first wish of a language, and of its script", () => {
  expect(pickLocale("de", ["fr-CH", "de-CH", "de"])).toBe("de-CH");
});

test("speaks the first language that it knows of the wishes, English else", () => {
  expect(pickLanguage(["sr-Latn", "-", "", null, "de-AT", "fr"])).toBe("de");
  expect(pickLanguage(["tlh", "x"])).toBe("en");
  expect(pickLanguage([])).toBe("en");
});
