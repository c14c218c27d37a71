import fc from "fast-check";
import { expect, test } from "vitest";
import { madeUpId } from "./testing/made-up.ts";
import { watchForRepeats } from "./unique-texts.ts";

test("finds what came twice, and takes nothing else for it", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 })), (texts) => {
      const watch = watchForRepeats();
      for (const text of texts) watch.add(text);
      expect(watch.hasRepeat()).toBe(new Set(texts).size < texts.length);
    }),
  );
});

test("takes ids that differ in little for different ones", () => {
  const watch = watchForRepeats();
  const id = madeUpId("ent", 1);
  for (let number = 0; number < 20_000; number += 1)
    watch.add(`${id.slice(0, -5)}${String(number).padStart(5, "0")}`);
  expect(watch.hasRepeat()).toBe(false);
  watch.add(`${id.slice(0, -5)}00000`);
  expect(watch.hasRepeat()).toBe(true);
});
