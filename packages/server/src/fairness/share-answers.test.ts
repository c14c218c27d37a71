import { describe, expect, it } from "vitest";
import { shareAnswers } from "./share-answers.ts";

describe("answers that are shared", () => {
  const asked: { question: string; answer: PromiseWithResolvers<string> }[] = [];
  const share = shareAnswers<string>();
  const ask = (question: string) =>
    share(question, () => {
      const answer = Promise.withResolvers<string>();
      asked.push({ question, answer });
      return answer.promise;
    });

  it("are asked for once by all who ask the same meanwhile, and by each who asks later", async () => {
    const all = [ask("a"), ask("b"), ask("a"), ask("a")];
    expect(asked.map(({ question }) => question)).toEqual(["a", "b"]);
    asked[0]?.answer.resolve("first");
    expect(await Promise.all([all[0], all[2], all[3]])).toEqual(["first", "first", "first"]);
    const later = ask("a");
    expect(asked.map(({ question }) => question)).toEqual(["a", "b", "a"]);
    asked[2]?.answer.resolve("second");
    expect(await later).toBe("second");
  });

  it("fail for all who wait, and for nobody after them", async () => {
    const all = [ask("c"), ask("c")];
    asked.at(-1)?.answer.reject(new Error("the database is gone"));
    for (const one of all) await expect(one).rejects.toThrow("the database is gone");
    const later = ask("c");
    asked.at(-1)?.answer.resolve("back");
    expect(await later).toBe("back");
  });
});
