import { languages } from "@stanchion/contract";
import { expect, it } from "vitest";
import { turnMailWords } from "./turn-mail-words.ts";

it("has words for every language that a mail can be asked for in", () => {
  expect(turnMailWords.map(({ language }) => language)).toEqual(languages);
});
