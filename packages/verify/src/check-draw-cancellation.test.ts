import { describe, expect, test } from "vitest";
import { type CheckedDraw, checkDraw, checkDrawEntry } from "./check-draw.ts";
import type { DrawProof, PublishedDrawProof } from "./draw-proof.ts";
import type { LogEntry } from "./read-log.ts";
import { proveEntry } from "./testing/make-draw-entry-proof.ts";
import { makeDraw, makeReceipt } from "./testing/make-draw-proof.ts";
import { cancelDraw, type LoggedDraw, logDraw, pagesOf } from "./testing/make-log.ts";

const draw = makeDraw({ entered: 4, removals: [] });
const ordinary = logDraw(draw);
const cancelled = cancelDraw(draw);
const first = draw.proof.ranking[0] ?? 0;
const receipt = makeReceipt(draw.proof.rules, JSON.parse(draw.leaves[first] ?? "").number);

describe("a draw that was called off after its close", () => {
  test("holds, and nobody is said to have won", async () => {
    const evidence = { proof: cancelled.proof, jwks: cancelled.jwks, receipt };
    const expected = {
      level: "consistent",
      cancelledAt: "2027-03-01T10:10:00.000Z",
      standing: { place: 1, count: 4, hasWon: false, awards: [] },
    };
    const checked = await show({ ...cancelled });
    expect(faultsOf(checked)).toEqual([]);
    expect(checked.steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining(["cancellation", "logged cancellation"]),
    );
    expect(await checkDraw({ ...evidence, leaves: cancelled.leaves })).toMatchObject(expected);
    const entry = proveEntry(cancelled, first);
    expect(await checkDrawEntry({ ...evidence, entry })).toMatchObject(expected);
  });

  test.each<[string, LoggedDraw, RegExp]>([
    [
      "whose proof does not say so",
      withProof({ cancelledAt: null }),
      /^The log says .* and the proof does not/,
    ],
    ["whose proof says another time", withProof({ cancelledAt: "2027-03-01T11:00:00.000Z" }), /by the log/],
    ["whose log does not say so", withEntries(({ kind }) => kind !== "cancelled"), /does not say when/],
    [
      "whose log has an ordinary result",
      withResult({ cancelled: false }),
      /result as that of a draw that was not cancelled/,
    ],
    [
      "whose log gives a seat",
      {
        ...cancelled,
        entries: [
          ...cancelled.entries,
          {
            at: "2027-03-01T12:00:00.000Z",
            data: { awards: [] },
            distributionId: draw.proof.rules.drawId,
            kind: "awards",
          },
        ],
      },
      /and yet the log says what became of its seats/,
    ],
    ["after its result", withCancellationLast(), /only behind the result/],
    [
      "by its result alone",
      {
        ...withEntries(({ kind }) => kind !== "cancelled"),
        proof: { ...cancelled.proof, cancelledAt: null },
      },
      /does not say when/,
    ],
  ])("%s does not hold", async (_name, shown, says) => {
    const { steps } = await show(shown);
    expect(steps.find(({ step }) => step === "logged cancellation")).toMatchObject({
      holds: false,
      says: expect.stringMatching(says),
    });
  });

  test("may not have given seats, and must say when it was called off", async () => {
    expect(faultsOf(await show(withProof({ awards: draw.proof.awards })))).toContain("cancellation");
    expect(faultsOf(await show(withProof({ cancelledAt: "soon" })))).toContain("cancellation");
  });

  test("by its proof alone, with the log of one that was not, does not hold", async () => {
    const proof = { ...ordinary.proof, awards: [], cancelledAt: cancelled.proof.cancelledAt ?? null };
    expect(faultsOf(await show({ ...ordinary, proof }))).toEqual(["logged cancellation"]);
  });
});

test.each([
  ["proof", { cancelledAt: "2027-03-01T10:04:00.000Z" }],
  ["log, where the proof is older", {}],
])("a draw that was called off before its close says so by its %s", async (_name, mark) => {
  const { algorithm, rules, rulesHash, commitment } = cancelled.proof;
  const proof: PublishedDrawProof = { algorithm, rules, rulesHash, commitment, ...mark };
  const kinds = ["rules.made", "rules.changed", "rules.announced", "cancelled"];
  const entries = cancelled.entries
    .filter(({ kind }) => kinds.includes(kind))
    .map((entry, at) => ({ ...entry, at: `2027-03-01T10:0${at}:00.000Z` }));
  const log = pagesOf(cancelled.proof, entries);
  const checked = await checkDraw({ proof, jwks: cancelled.jwks, leaves: [], log });
  expect(faultsOf(checked)).toEqual([]);
  expect(checked.cancelledAt).toMatch(/^2027-03-01T10:0[34]:00.000Z$/);
});

function show({ proof, leaves, jwks, entries }: LoggedDraw): Promise<CheckedDraw> {
  return checkDraw({ proof, leaves, jwks, log: pagesOf(proof, entries) });
}

function faultsOf({ steps }: CheckedDraw): string[] {
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}

function withProof(members: Partial<DrawProof>): LoggedDraw {
  return { ...cancelled, proof: { ...cancelled.proof, ...members } };
}

function withEntries(isKept: (entry: LogEntry) => boolean): LoggedDraw {
  return { ...cancelled, entries: cancelled.entries.filter(isKept) };
}

function withResult(members: object): LoggedDraw {
  const entries = cancelled.entries.map((entry) =>
    entry.kind === "result" ? { ...entry, data: { ...entry.data, ...members } } : entry,
  );
  return { ...cancelled, entries };
}

function withCancellationLast(): LoggedDraw {
  const [own] = cancelled.entries.filter(({ kind }) => kind === "cancelled");
  if (own === undefined) throw new Error("the log has no cancellation");
  const others = cancelled.entries.filter((entry) => entry !== own);
  return { ...cancelled, entries: [...others, { ...own, at: others.at(-1)?.at ?? own.at }] };
}
