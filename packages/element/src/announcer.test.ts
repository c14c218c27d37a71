import { expect, test } from "vitest";
import { Announcer } from "./announcer.ts";

test("says the first thing at once, and then only the newest, once in 15 seconds", () => {
  const { announcer, heard, moveTo } = listen();
  announcer.speak("12", false);
  announcer.speak("11", false);
  moveTo(14_000);
  announcer.speak("10", false);
  moveTo(14_999);
  expect(heard).toEqual(["polite 12"]);
  moveTo(15_000);
  expect(heard).toEqual(["polite 12", "polite 10"]);
  moveTo(60_000);
  expect(heard).toHaveLength(2);
});

test("says what is urgent at once and drops what it made stale", () => {
  const { announcer, heard, moveTo } = listen();
  announcer.speak("2", false);
  announcer.speak("1", false);
  announcer.speak("your turn", true);
  moveTo(30_000);
  expect(heard).toEqual(["polite 2", "assertive your turn"]);
  announcer.speak("all done", false);
  expect(heard.at(-1)).toBe("polite all done");
});

test("says what came after something urgent in its turn", () => {
  const { announcer, heard, moveTo } = listen();
  announcer.speak("2", false);
  announcer.speak("1", false);
  announcer.speak("your turn", true);
  announcer.speak("left", false);
  moveTo(15_000);
  expect(heard).toEqual(["polite 2", "assertive your turn", "polite left"]);
});

function listen() {
  const heard: string[] = [];
  let nowMs = 0;
  let planned: { readonly run: () => void; readonly atMs: number }[] = [];
  const voice = {
    polite: (text: string) => void heard.push(`polite ${text}`),
    assertive: (text: string) => void heard.push(`assertive ${text}`),
  };
  const announcer = new Announcer(
    voice,
    () => nowMs,
    (run, ms) => planned.push({ run, atMs: nowMs + ms }),
  );
  const moveTo = (ms: number): void => {
    nowMs = ms;
    const due = planned.filter(({ atMs }) => atMs <= ms);
    planned = planned.filter(({ atMs }) => atMs > ms);
    for (const { run } of due) run();
  };
  return { announcer, heard, moveTo };
}
