/** Says what is new to who listens to the page. */
import type { Announcer } from "./announcer.ts";
import type { Problem } from "./problem.ts";
import type { View } from "./view-model.ts";
import type { Words } from "./words.ts";

export class Speaker {
  readonly #announcer: Announcer;
  #spokenKeys: readonly string[] = [];

  constructor(announcer: Announcer) {
    this.#announcer = announcer;
  }

  /** `isAsked`: the problem is what the fan's own doing has met. */
  speak(words: Words, { spoken, problem }: Pick<View, "spoken" | "problem">, isAsked: boolean): void {
    const all = [
      { key: spoken.key, text: spoken.text, isUrgent: spoken.isUrgent },
      { key: problem?.title ?? "", text: spokenProblem(words, problem), isUrgent: isAsked },
    ];
    for (const { key, text, isUrgent } of all)
      if (key !== "" && !this.#spokenKeys.includes(key)) this.#announcer.speak(text, isUrgent);
    this.#spokenKeys = all.map(({ key }) => key);
  }
}

function spokenProblem({ say }: Words, problem: Problem | null): string {
  if (problem === null) return "";
  const { title, notice, text } = problem;
  return [say("sentence", { text: title }), notice ?? "", text]
    .filter((part) => part !== "")
    .join(say("gap"));
}
