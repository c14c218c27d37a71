import { describe, expect, it } from "vitest";
import { gatherQuestions } from "./gather-questions.ts";

describe("questions that come together", () => {
  it("are one query, answered each by itself", async () => {
    const asked: number[][] = [];
    const find = gatherQuestions(async (questions: readonly number[]) => {
      asked.push([...questions]);
      return questions.map((question) => question * 2);
    });
    expect(await Promise.all([1, 2, 3].map(find))).toEqual([2, 4, 6]);
    expect(await find(4)).toBe(8);
    expect(asked).toEqual([[1, 2, 3], [4]]);
  });

  it("wait while two queries are under way, and are the third together", async () => {
    const asked: number[] = [];
    const waiting: (() => void)[] = [];
    const find = gatherQuestions(async (questions: readonly number[]) => {
      asked.push(questions.length);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return questions;
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const answers = [find(1)];
    await turn();
    answers.push(find(2));
    await turn();
    answers.push(find(3), find(4));
    await turn();
    expect(asked).toEqual([1, 1]);
    waiting.shift()?.();
    await answers[0];
    await turn();
    expect(asked).toEqual([1, 1, 2]);
    for (const resolve of waiting) resolve();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4]);
  });

  it("all fail where their query does, and leave the next alone", async () => {
    let isBroken = true;
    const find = gatherQuestions(async (questions: readonly number[]) => {
      if (isBroken) throw new Error("no database");
      return questions;
    });
    const failed = await Promise.allSettled([find(1), find(2)]);
    expect(failed.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isBroken = false;
    expect(await find(3)).toBe(3);
  });
});
