import { expect, expectTypeOf, test } from "vitest";
import { texts } from "./texts.ts";
import { type Catalogue, createWords } from "./words.ts";

const english = createWords(texts, { locale: "en-GB" });

test("fills placeholders, and writes counts as the region does", () => {
  expect(english.say("title", { state: "In line", name: "{state} $& <b>" })).toBe("In line — {state} $& <b>");
  expect(english.say("people", { count: 1_234_567 })).toBe("1,234,567 people");
  const indian = createWords(texts, { locale: "en-IN" });
  expect(indian.say("people", { count: 1_234_567 })).toBe("12,34,567 people");
});

test("chooses the form of a count by the rules of the language", () => {
  const forms = {
    one: "{count} człowiek",
    few: "{count} ludzie",
    many: "{count} ludzi",
    other: "{count} człowieka",
  };
  const polish: Catalogue = { ...texts, people: forms };
  const { say } = createWords(polish, { locale: "pl" });
  expect([1, 2, 5, 22, 1.5].map((count) => say("people", { count }))).toEqual([
    "1 człowiek",
    "2 ludzie",
    "5 ludzi",
    "22 ludzie",
    "1,5 człowieka",
  ]);
});

test("compiles only with the keys that there are, and with just the placeholders of each", () => {
  expectTypeOf(english.say<"leaveButton">).parameters.toEqualTypeOf<["leaveButton"]>();
  expectTypeOf(english.say<"onDay">)
    .parameter(1)
    .toEqualTypeOf<{ readonly day: string; readonly time: string }>();
  expectTypeOf(english.say<"people">)
    .parameter(1)
    .toEqualTypeOf<{ readonly count: number }>();
  // @ts-expect-error a key that is not there
  expect(() => english.say("lineButton")).toThrow(TypeError);
  // @ts-expect-error a placeholder is missing
  english.say("onDay", { day: "Monday" });
  // @ts-expect-error nothing to fill
  english.say("leaveButton", { name: "x" });
});
