import { expect, it } from "vitest";
import { languages, pickLanguage } from "./languages.ts";

it.each([
  [["de-AT", "en"], "de"],
  [["tlh", null, undefined, "pt"], "pt-BR"],
  [["zh-TW"], "en"],
  [["zh-CN"], "zh-Hans"],
  [["not a tag", ""], "en"],
])("picks of %j what is spoken: %s", (wishes, language) => {
  expect(pickLanguage(wishes)).toBe(language);
});

it("has each language under the tag that Intl writes", () => {
  expect(Intl.getCanonicalLocales([...languages])).toEqual([...languages]);
});
