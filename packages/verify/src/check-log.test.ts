import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkDraw } from "./check-draw.ts";
import { checkLog, checkLogPart, type LogEvidence } from "./check-log.ts";
import type { CheckStep } from "./check-step.ts";
import type { DrawProof } from "./draw-proof.ts";
import type { LogEntry } from "./read-log.ts";
import { makeChain, makeDraw, makeReceipt, operatorKeys, withoutResult } from "./testing/make-draw-proof.ts";
import {
  atMinute,
  logDraw,
  pagesOf,
  partOf,
  resign,
  rootOfEntries,
  seeLog,
  signHead,
} from "./testing/make-log.ts";

const drawAt = "2027-03-01T12:00:01.500Z";
const draw = logDraw(makeDraw());
const { proof, receipt, entries } = draw;
const whole: LogEvidence = { pages: pagesOf(proof, entries), jwks: operatorKeys, proof, receipt };
const [freezeIndex, resultIndex, changeIndex] = ["freeze", "result", "rules.changed"].map((kind) =>
  entries.findIndex((entry) => entry.kind === kind),
) as [number, number, number];

/** The same evidence over other entries, signed by the operator as if nothing had ever been different. */
const over = (others: readonly LogEntry[], also: Partial<LogEvidence> = {}): LogEvidence => ({
  ...whole,
  pages: pagesOf(proof, others),
  ...also,
});
const brokenSteps = (steps: readonly CheckStep[]) =>
  steps.filter(({ holds }) => !holds).map(({ step, says }) => [step, says]);
const without = (index: number) => entries.filter((_, at) => at !== index);
const withEntry = (index: number, data: LogEntry["data"]) =>
  entries.map((entry, at) => (at === index ? { ...entry, data: { ...entry.data, ...data } } : entry));
const withMore = (...more: readonly (Partial<LogEntry> & Pick<LogEntry, "kind" | "data">)[]) => [
  ...entries,
  ...more.map((one, at) => atMinute({ distributionId: proof.rules.drawId, ...one }, entries.length + at)),
];

describe("a whole log", () => {
  test.each([
    ["without a beacon", draw],
    ["with one", logDraw(makeDraw({ beacon: makeChain(drawAt), drawAt }))],
  ])("holds for a draw %s", (_, { proof, receipt, entries }) => {
    const earlierHeads = [0, 1, 4, entries.length].map((size) => signHead(proof, entries.slice(0, size)));
    const steps = checkLog({
      pages: pagesOf(proof, entries),
      jwks: operatorKeys,
      proof,
      receipt,
      earlierHeads,
    });
    expect(brokenSteps(steps)).toEqual([]);
    expect(steps.map(({ step }) => step)).toEqual([
      "log's head",
      "log",
      "receipt's log",
      ...earlierHeads.map(() => "earlier head"),
      "logged rules",
      "logged freeze",
      "logged result",
      "logged awards",
    ]);
  });

  test("holds by itself, also where it is empty", () => {
    const { organizationId, mode } = proof.rules;
    expect(brokenSteps(checkLog({ pages: whole.pages, jwks: operatorKeys }))).toEqual([]);
    const empty = {
      organizationId,
      mode,
      size: 0,
      root: rootOfEntries([]),
      head: signHead(proof, []),
      data: [],
    };
    expect(brokenSteps(checkLog({ pages: [empty], jwks: operatorKeys }))).toEqual([]);
  });

  test("goes as far as the draw has come", () => {
    const { algorithm, rules, rulesHash, commitment } = proof;
    const announced = { algorithm, rules, rulesHash, commitment };
    const before = entries.slice(0, freezeIndex);
    const steps = checkLog(over(before, { proof: announced }));
    expect(brokenSteps(steps)).toEqual([]);
    expect(steps.at(-1)?.step).toBe("logged rules");
  });
});

describe("a log that has more than the proof shows", () => {
  const { algorithm, rules, rulesHash, commitment } = proof;
  const announced = { algorithm, rules, rulesHash, commitment };
  const frozen = withoutResult(proof);
  /** The log as it was read so long after the result was logged. */
  const readAfter = (ms: number) => {
    const at = new Date(Date.parse(entries[resultIndex]?.at ?? "") + ms).toISOString();
    return pagesOf(proof, entries).map((page) => ({ ...page, head: resign(page.head, { at }) }));
  };

  test("says that the result is kept back where it has long been there", () => {
    expect(brokenSteps(checkLog({ ...whole, pages: readAfter(600_001), proof: frozen }))).toEqual([
      [
        "logged result",
        expect.stringMatching(
          /^The log has the result since .* Ask for the proof again\. If it still does not/,
        ),
      ],
    ]);
    const broken = brokenSteps(checkLog({ ...whole, pages: readAfter(1_200_000), proof: announced }));
    expect(broken.map(([step]) => step)).toEqual(["logged freeze", "logged result"]);
  });

  test("asks for the proof again where it may have come in between", async () => {
    const pages = readAfter(60_000);
    const steps = checkLog({ ...whole, pages, proof: frozen });
    expect(brokenSteps(steps)).toEqual([]);
    expect(steps.at(-1)).toMatchObject({
      step: "logged result",
      says: expect.stringMatching(/does not show it yet\. Ask for the proof again/),
    });
    const { leaves } = draw;
    const ahead = await checkDraw({ proof: frozen, leaves, jwks: operatorKeys, log: pages });
    expect(ahead).toMatchObject({ stage: "frozen", level: null, isBehindLog: true });
    const inTime = pagesOf(proof, entries.slice(0, resultIndex));
    const even = await checkDraw({ proof: frozen, leaves, jwks: operatorKeys, log: inTime });
    expect(even).toMatchObject({ stage: "frozen", isBehindLog: false });
  });
});

test("a receipt of another draw says nothing of when this one's rules were made", () => {
  const other = makeReceipt({ ...proof.rules, drawId: "draw_x" }, 2);
  const early = seeLog(other, entries.slice(0, 1));
  expect(brokenSteps(checkLog({ ...whole, receipt: early }))).toEqual([]);
  const own = seeLog(receipt, entries.slice(0, 1));
  expect(brokenSteps(checkLog({ ...whole, receipt: own }))).toEqual([
    ["logged rules", "The log has rules from after the receipt's entry."],
  ]);
});

describe("a log that was rewritten", () => {
  test("is not the one that the receipt saw, however well it is signed", () => {
    const rewritten = entries.map((entry, at) => (at === 0 ? { ...entry, data: { version: 9 } } : entry));
    const broken = brokenSteps(checkLog(over(rewritten)));
    expect(broken).toContainEqual([
      "receipt's log",
      expect.stringMatching(/^The log was rewritten: its first/),
    ]);
    const relogged = checkLog(over(rewritten, { receipt: seeLog(receipt, rewritten.slice(0, 6)) }));
    expect(brokenSteps(relogged).map(([step]) => step)).toEqual(["logged freeze"]);
  });

  test("does not begin with a head that was signed earlier", () => {
    const earlierHeads = [signHead(proof, withEntry(changeIndex, { before: "00" }).slice(0, 5))];
    expect(brokenSteps(checkLog({ ...whole, earlierHeads }))).toEqual([
      ["earlier head", expect.stringMatching(/^The log was rewritten: its first 5 entries/)],
    ]);
  });

  test("does not begin with a head that was noted", () => {
    const at = (size: number) => ({ size, root: rootOfEntries(entries.slice(0, size)) });
    const noted = [at(0), at(7), at(entries.length), { size: 4, root: at(5).root }, { size: 99, root: "" }];
    expect(brokenSteps(checkLog({ ...whole, noted }))).toEqual([
      ["noted head", expect.stringMatching(/^The log was rewritten: its first 4 entries/)],
      ["noted head", expect.stringMatching(/^The log has 10 entries, .* had 99 already/)],
    ]);
  });

  test("may not be shorter than the one that the receipt saw", () => {
    const later = seeLog(receipt, withMore({ kind: "cancelled", data: {} }));
    expect(brokenSteps(checkLog({ ...whole, receipt: later }))).toEqual([
      ["receipt's log", expect.stringMatching(/^The log has 10 entries, and the one .* had 11 already/)],
    ]);
  });

  test.each([
    [
      "leaves an entry out",
      () =>
        pagesOf(proof, entries).map((page) => ({
          ...page,
          data: page.data.filter(({ index }) => index !== 4),
        })),
      /Behind entry 3 stands 5/,
    ],
    [
      "leaves its end out",
      () => pagesOf(proof, entries).slice(0, -1),
      /The head is of 10 entries, and 9 are shown/,
    ],
    [
      "changes an entry",
      () =>
        pagesOf(proof, entries).map((page) => ({
          ...page,
          data: page.data.map((row) =>
            row.index === 3 ? { ...row, entry: { ...row.entry, kind: "void" } } : row,
          ),
        })),
      /another root/,
    ],
    ["shows nothing", () => [], /No head is signed/],
  ])("does not make its signed head where it %s", (_, pages, says) => {
    const broken = brokenSteps(checkLog({ ...whole, pages: pages() }));
    expect(broken).toContainEqual(["log", expect.stringMatching(says)]);
  });

  test("does not go back in time", () => {
    const late = entries.map((entry, at) =>
      at === 1 ? { ...entry, at: "2027-03-02T00:00:00.000Z" } : entry,
    );
    const steps = checkLog({ pages: pagesOf(proof, late), jwks: operatorKeys });
    expect(brokenSteps(steps)).toEqual([["log", expect.stringMatching(/Entry 2 is older/)]]);
  });

  test("has entries of a time, and a head that is not older than they are", () => {
    const timeless = entries.map((entry, at) =>
      at === 9 ? { ...entry, at: "2027-03-01T24:00:00.000Z" } : entry,
    );
    const steps = checkLog({ pages: pagesOf(proof, timeless), jwks: operatorKeys });
    expect(brokenSteps(steps)).toEqual([["log", "Entry 9 has no time."]]);
    const pages = pagesOf(proof, entries).map((page) => ({
      ...page,
      head: resign(page.head, { at: "2001-03-01T10:00:00.000Z" }),
    }));
    expect(brokenSteps(checkLog({ pages, jwks: operatorKeys }))).toEqual([
      ["log", expect.stringMatching(/^The head says that it is of 2001/)],
    ]);
  });
});

describe("a head", () => {
  test.each([
    ["another organization's", { organizationId: "org_00000000000000000000000000" }],
    ["of the other mode", { mode: "live" }],
    ["of another size", { size: 3 }],
    ["of something more", { note: "1" }],
  ])("that is %s is refused", (_, members) => {
    const head = resign(whole.pages[0]?.head ?? "", members);
    const pages = whole.pages.map((page) => ({ ...page, head }));
    expect(brokenSteps(checkLog({ pages, jwks: operatorKeys })).map(([step]) => step)).toContain(
      "log's head",
    );
  });

  test("of another organization than the draw's is refused", () => {
    const rules = { ...proof.rules, organizationId: "org_00000000000000000000000000" };
    const broken = brokenSteps(checkLog({ ...whole, proof: { ...proof, rules } }));
    expect(broken[0]).toEqual(["log's head", expect.stringMatching(/another organization's than the draw/)]);
  });

  test("that nobody signed is refused, and so is the log", () => {
    const broken = brokenSteps(checkLog({ ...whole, jwks: { keys: [] } })).map(([step]) => step);
    expect(broken).toEqual(expect.arrayContaining(["log's head", "log", "receipt's log", "logged freeze"]));
  });
});

describe("a draw whose log", () => {
  const freeze = entries[freezeIndex] as LogEntry;
  const otherFreeze = { statement: resign(proof.freeze, { count: 1 }) };
  const rulesOf = (kind: string) => entries.find((entry) => entry.kind === kind) as LogEntry;

  test.each<[string, readonly LogEntry[], string, RegExp]>([
    ["has two freezes", withMore({ kind: "freeze", data: otherFreeze }), "logged freeze", /has 2 freezes/],
    [
      "has its freeze twice",
      withMore({ kind: "freeze", data: freeze.data }),
      "logged freeze",
      /has 2 freezes/,
    ],
    ["has none", without(freezeIndex), "logged freeze", /has no freeze/],
    ["has another", withEntry(freezeIndex, otherFreeze), "logged freeze", /another freeze than the proof/],
    [
      "has it somewhere else",
      [...entries.slice(0, freezeIndex - 1), freeze, ...entries.slice(freezeIndex + 1)],
      "logged freeze",
      /another log/,
    ],
    ["has two results", withMore({ kind: "result", data: { seed: "00" } }), "logged result", /has 2 results/],
    ["has none of it", without(resultIndex), "logged result", /has no result/],
    [
      "has another seed",
      withEntry(resultIndex, { seed: "00".repeat(32) }),
      "logged result",
      /another result/,
    ],
    [
      "has other winners",
      withEntry(resultIndex, { resultHash: "00".repeat(32) }),
      "logged result",
      /another result/,
    ],
    [
      "has it before the freeze",
      [...entries.slice(0, freezeIndex), entries[resultIndex] as LogEntry, freeze],
      "logged result",
      /before the freeze/,
    ],
    ["calls it void", withMore({ kind: "void", data: { round: 7 } }), "logged result", /came to nothing/],
    [
      "has no rules",
      entries.filter(({ kind }) => kind !== "rules.made"),
      "logged rules",
      /when the draw's rules were made/,
    ],
    [
      "has a change of other rules",
      withEntry(changeIndex, { before: "00" }),
      "logged rules",
      /change of other rules/,
    ],
    [
      "ends with other rules",
      withEntry(changeIndex, { rulesHash: "00" }),
      "logged rules",
      /others than those of the proof/,
    ],
    [
      "announces other rules",
      withEntry(changeIndex + 1, { rules: { ...proof.rules, winnerCount: 1 } }),
      "logged rules",
      /does not announce/,
    ],
    ["announces none", without(changeIndex + 1), "logged rules", /does not announce/],
    [
      "announces them after the freeze",
      withMore(rulesOf("rules.announced")),
      "logged rules",
      /after the freeze/,
    ],
  ])("%s does not hold", (_, others, step, says) => {
    const broken = brokenSteps(checkLog(over(others)));
    expect(broken).toContainEqual([step, expect.stringMatching(says)]);
  });

  test("had rules after the receipt's entry does not hold", () => {
    const early = seeLog(receipt, entries.slice(0, changeIndex));
    expect(brokenSteps(checkLog({ ...whole, receipt: early }))).toEqual([
      ["logged rules", "The log has rules from after the receipt's entry."],
    ]);
  });

  describe("has what became of the seats", () => {
    const award = (entryId: string, outcome: string, seat: number) =>
      ({ at: "2027-03-01T12:30:00.000Z", entryId, outcome, reason: null, seat }) as const;
    const first = proof.winners.map((entryId, at) => award(entryId, "ADMITTED", at + 1));
    const later = [
      award(proof.winners[0] ?? "", "EXPIRED", 1),
      award(proof.winners[1] ?? "", "COMPLETED", 2),
    ];
    const awarded = { ...proof, awards: [...first, ...later] } as DrawProof;
    const logged = (...groups: readonly (readonly object[])[]) =>
      over([...entries, ...groups.map(logAwards)], { proof: awarded });
    const logAwards = (awards: readonly object[]): LogEntry => {
      const distributionId = proof.rules.drawId;
      return { at: "2027-03-01T12:30:00.000Z", data: { awards }, distributionId, kind: "awards" };
    };

    const behind = [award(proof.winners[1] ?? "", "LEFT", 2), award("ent_x", "DENIED", 2)].map((one) => ({
      ...one,
      at: "2027-03-01T12:30:00.001Z",
    }));

    test("holds, in however many entries, and with more than the proof had yet", () => {
      for (const evidence of [logged(later), logged(...later.map((one) => [one])), logged(later, behind)])
        expect(brokenSteps(checkLog(evidence))).toEqual([]);
    });

    test("tells what it has behind the proof", () => {
      expect(checkLog(logged(later, behind)).at(-1)?.says).toBe(
        "The log has what became of the seats, in the same order. The log has 2 later steps than the proof, 1 denial among them.",
      );
    });

    test.each([
      ["leaves one out", logged(later.slice(1)), /award 3 /],
      ["has them in another order", logged(later.toReversed()), /award 3 /],
      ["has another outcome", logged([{ ...later[0], outcome: "DENIED" }, later[1] as object]), /award 3 /],
      ["has no second", logged(later.slice(0, 1)), /award 4 /],
      [
        "has more that is as late",
        logged(later, later.slice(0, 1)),
        /leaves out .* seat 1 at 2027-03-01T12:30/,
      ],
    ])("and %s does not hold", (_, evidence, says) => {
      expect(brokenSteps(checkLog(evidence))).toEqual([["logged awards", expect.stringMatching(says)]]);
    });
  });
});

describe("one page of a log", () => {
  const seenAt = (size: number) => ({ size, root: rootOfEntries(entries.slice(0, size)) });

  test("proves any entry of it, and that it begins with what was seen", () => {
    for (const [index] of entries.entries())
      for (const from of [0, 1, index + 1, entries.length]) {
        const page = partOf(proof, entries, index, from);
        const steps = checkLogPart({ page, jwks: operatorKeys, seen: seenAt(from) });
        expect(steps.map(({ step }) => step)).toEqual(["log's head", "logged entry", "earlier log"]);
        expect(brokenSteps(steps)).toEqual([]);
      }
  });

  test.each([
    ["another entry", { data: [{ index: freezeIndex, entry: entries[0] as LogEntry }] }, "logged entry"],
    ["none", { data: [] }, "logged entry"],
    [
      "an entry of another size",
      { inclusion: { ...partOf(proof, entries, freezeIndex, 6).inclusion, size: 5 } },
      "logged entry",
    ],
    [
      "another beginning",
      { consistency: { ...partOf(proof, entries, freezeIndex, 5).consistency } },
      "earlier log",
    ],
    ["no beginning", { consistency: undefined }, "earlier log"],
    ["another root", { root: "00".repeat(32) }, "log's head"],
  ])("that shows %s does not hold", (_, members, step) => {
    const page = { ...partOf(proof, entries, freezeIndex, 6), ...members } as never;
    const broken = brokenSteps(checkLogPart({ page, jwks: operatorKeys, seen: seenAt(6) }));
    expect(broken.map(([name]) => name)).toContain(step);
  });

  test("does not begin with what was rewritten", () => {
    const seen = { size: 6, root: rootOfEntries(withEntry(0, { version: 9 }).slice(0, 6)) };
    const page = partOf(proof, entries, freezeIndex, 6);
    expect(brokenSteps(checkLogPart({ page, jwks: operatorKeys, seen }))).toEqual([
      ["earlier log", expect.stringMatching(/was rewritten/)],
    ]);
  });
});

test("whatever a log is made of, it is checked and nothing is thrown", () => {
  const anything = fc.anything();
  fc.assert(
    fc.property(fc.array(anything), anything, anything, (pages, jwks, other) => {
      checkLog({ pages, jwks, proof: other, receipt: other } as never);
      checkLog({ ...whole, pages: whole.pages.map((page) => ({ ...page, data: other })) } as never);
      checkLog({ ...whole, pages: [{ ...whole.pages[0], data: [{ index: 0, entry: other }] }] } as never);
      checkLogPart({ page: other, jwks } as never);
      checkLogPart({ page: { ...partOf(proof, entries, 1, 1), data: other }, jwks } as never);
    }),
  );
});
