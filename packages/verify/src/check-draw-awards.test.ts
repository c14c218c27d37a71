import { describe, expect, test } from "vitest";
import { checkDraw, checkDrawEntry } from "./check-draw.ts";
import type { Award } from "./draw.ts";
import { proveEntry } from "./testing/make-draw-entry-proof.ts";
import { makeDraw, makeReceipt } from "./testing/make-draw-proof.ts";

const draw = makeDraw({ entered: 6, removals: [] });
const withoutBackfill = makeDraw({ entered: 6, removals: [], backfill: false });
/** Entries in the order of the ranking; the first two have won. */
const ranked = draw.proof.ranking.map((index) => JSON.parse(draw.leaves[index] ?? "").entryId as string);
const claimSeconds = draw.proof.rules.admissionExpirationSeconds;

describe("accepts awards", () => {
  test.each<[string, Award[]]>([
    ["that have only begun", winners()],
    [
      "by which free seats go on in the order of the ranking",
      [
        ...winners(),
        award(1, "COMPLETED", 2, 60),
        award(0, "EXPIRED", 1, claimSeconds),
        award(2, "ADMITTED", 1, claimSeconds + 60),
        award(2, "DENIED", 1, claimSeconds + 61),
        award(3, "ADMITTED", 1, claimSeconds + 62),
        award(3, "COMPLETED", 1, claimSeconds + 63),
      ],
    ],
    [
      "of winners who are let in one after the other, and of what happens meanwhile",
      [
        award(0, "ADMITTED", 1),
        award(1, "ADMITTED", 2, 60),
        award(0, "COMPLETED", 1, 5),
        award(1, "LEFT", 2, 10),
        award(2, "ADMITTED", 2, 120),
        award(2, "DENIED", 2, 90),
        award(3, "ADMITTED", 2, 180),
        award(3, "EXPIRED", 2, 180 + claimSeconds),
      ],
    ],
    [
      "completed within the grace",
      [...winners(), award(0, "EXPIRED", 1, claimSeconds), award(0, "COMPLETED", 1, claimSeconds + 10)],
    ],
  ])("%s", async (_name, awards) => {
    expect(await faultOf(awards)).toBe(null);
  });
});

describe("refuses awards", () => {
  test.each<[string, Award[], RegExp]>([
    ["of two winners who changed seats", [award(1, "ADMITTED", 1)], /not the next in the ranking/],
    [
      "that pass an alternate over",
      [...winners(), award(0, "LEFT", 1, 1), award(3, "ADMITTED", 1, 2)],
      /not the next in the ranking/,
    ],
    [
      "to somebody who is not in the list",
      [{ ...award(0, "ADMITTED", 1), entryId: "ent_x" }],
      /not the next in the ranking/,
    ],
    [
      "of one entry with two seats",
      [award(0, "ADMITTED", 1), { ...award(0, "ADMITTED", 2) }],
      /not the next in the ranking/,
    ],
    ["of a seat that was taken", [...winners(), award(2, "ADMITTED", 1, 1)], /while another had it/],
    ["that say nothing of the seats that the draw gave", [], /does not say that seat 1 was given/],
    ["that say it of some only", winners().slice(0, 1), /does not say that seat 2 was given/],
    [
      "of a winner who left before being let in",
      [award(0, "LEFT", 1), award(1, "ADMITTED", 2)],
      /cannot be LEFT after DUE/,
    ],
    ["of a seat that there is not", [award(2, "ADMITTED", 3)], /There is no seat 3/],
    [
      "that expired too soon",
      [...winners(), award(0, "EXPIRED", 1, claimSeconds - 1)],
      /expired before the time that the rules give/,
    ],
    ["completed by nobody who was let in", [award(0, "COMPLETED", 1)], /cannot be COMPLETED after DUE/],
    [
      "that come back",
      [...winners(), award(0, "DENIED", 1, 1), award(0, "ADMITTED", 1, 2)],
      /cannot be ADMITTED after DENIED/,
    ],
    ["out of order", [award(0, "ADMITTED", 1, 5), award(1, "ADMITTED", 2, 4)], /not in the order of time/],
    [
      "that go on before the turn of those who were let in earlier",
      [
        award(0, "ADMITTED", 1),
        award(1, "ADMITTED", 2, 60),
        award(0, "LEFT", 1, 5),
        award(2, "ADMITTED", 1, 30),
      ],
      /not in the order of time/,
    ],
    [
      "that tell later what came earlier",
      [...winners(), award(0, "LEFT", 1, 9), award(1, "LEFT", 2, 8)],
      /not in the order of time/,
    ],
    [
      "of what became of a seat before it was given",
      [...winners(), award(0, "LEFT", 1, -1)],
      /order of time/,
    ],
    [
      "by which somebody had less time than the rules give, counted from the own turn",
      [award(0, "ADMITTED", 1), award(1, "ADMITTED", 2, 60), award(1, "EXPIRED", 2, claimSeconds + 59)],
      /expired before the time that the rules give/,
    ],
    ["of no known kind", [{ ...award(0, "ADMITTED", 1), outcome: "LUCKY" as never }], /not of its form/],
    ["that tell more", [{ ...award(0, "ADMITTED", 1), name: "Ada" } as Award], /not of its form/],
  ])("%s", async (_name, awards, says) => {
    expect(await faultOf(awards)).toMatch(says);
  });

  test("that go on, where the rules have no backfill", async () => {
    const ids = withoutBackfill.proof.ranking.map((index) => JSON.parse(withoutBackfill.leaves[index] ?? ""));
    const awards = [
      ...withoutBackfill.proof.awards,
      { ...award(0, "LEFT", 1, 60), entryId: ids[0].entryId },
      { ...award(2, "ADMITTED", 1, 61), entryId: ids[2].entryId },
    ];
    const { steps } = await checkDraw({
      ...withoutBackfill,
      proof: { ...withoutBackfill.proof, awards },
    });
    expect(steps.find(({ step }) => step === "awards")?.says).toMatch(/which the rules do not allow/);
  });

  test("when nobody is left to go on to", async () => {
    const left = [0, 2, 3, 4, 5].flatMap((place, turn) => [
      award(place, "ADMITTED", 1, turn * 2),
      ...(turn === 0 ? [award(1, "ADMITTED", 2)] : []),
      award(place, "LEFT", 1, turn * 2 + 1),
    ]);
    expect(await faultOf(left)).toBe(null);
    expect(await faultOf([...left, award(1, "ADMITTED", 1, 20)])).toMatch(/though nobody was left/);
  });
});

test("says how many the operator denied", async () => {
  const awards = [...winners(), award(0, "DENIED", 1, 1), award(1, "DENIED", 2, 2)];
  const { steps } = await checkDraw({ ...draw, proof: { ...draw.proof, awards } });
  expect(steps.find(({ step }) => step === "awards")).toMatchObject({
    holds: true,
    says: expect.stringContaining("The operator denied 2"),
  });
});

test("tells an entrant what became of the entry, and checks its seat without the list", async () => {
  const awards = [...winners(), award(0, "LEFT", 1, 1), award(2, "ADMITTED", 1, 2)];
  const index = draw.proof.ranking[2] ?? 0;
  const receipt = makeReceipt(draw.proof.rules, JSON.parse(draw.leaves[index] ?? "").number);
  const evidence = { ...draw, receipt, entry: proveEntry(draw, index) };
  const { level, standing } = await checkDrawEntry({ ...evidence, proof: { ...draw.proof, awards } });
  expect(level).toBe("consistent");
  expect(standing).toEqual({ place: 3, count: 6, hasWon: false, awards: awards.slice(-1) });
  const passedOver = [
    ...winners(),
    award(0, "LEFT", 1, 1),
    award(3, "ADMITTED", 1, 2),
    award(3, "LEFT", 1, 3),
  ];
  const late = { ...draw.proof, awards: [...passedOver, award(2, "ADMITTED", 1, 4)] };
  // Whose index is not known takes the place of the one whose index is.
  const stranger = { ...award(4, "ADMITTED", 1, 2), entryId: "ent_stranger" };
  const outOfTurn = { ...draw.proof, awards: [...winners(), award(0, "LEFT", 1, 1), stranger] };
  for (const proof of [late, outOfTurn]) {
    const { steps } = await checkDrawEntry({ ...evidence, proof });
    expect(steps.find(({ step }) => step === "awards")?.holds).toBe(false);
  }
});

async function faultOf(awards: readonly Award[]): Promise<string | null> {
  const { steps } = await checkDraw({ ...draw, proof: { ...draw.proof, awards } });
  const faults = steps.filter(({ holds }) => !holds);
  expect(faults.every(({ step }) => step === "awards")).toBe(true);
  return faults[0]?.says ?? null;
}

function winners(): Award[] {
  return [award(0, "ADMITTED", 1), award(1, "ADMITTED", 2)];
}

/** What became of whoever stands at a place of the ranking, some seconds after the draw. */
function award(place: number, outcome: Award["outcome"], seat: number, afterSeconds = 0): Award {
  const at = new Date(Date.parse("2027-03-01T12:00:10.000Z") + afterSeconds * 1000).toISOString();
  return { at, entryId: ranked[place] ?? "", outcome, reason: null, seat };
}
