import { languages } from "@stanchion/contract";
import { expect, it } from "vitest";
import { codeWords } from "./one-time-code-words.ts";

it.each(languages)("tells code, shop and time in %s, each where it belongs", (language) => {
  const { subject, code, use, warning } = codeWords[language];
  const placesOf = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
  expect([subject, code, use, warning].map(placesOf)).toEqual([
    ["{code}", "{shop}"],
    ["{shop}"],
    ["{minutes}"],
    [],
  ]);
  if (language !== "en") expect(Object.values(codeWords.en)).not.toContain(use);
});
