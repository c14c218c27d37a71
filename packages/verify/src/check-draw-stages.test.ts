import { expect, test } from "vitest";
import { checkDraw, type DrawEvidence } from "./check-draw.ts";
import { makeChain, makeDraw, withoutResult } from "./testing/make-draw-proof.ts";

const drawAt = "2027-03-01T12:00:01.500Z";

test("checks of a draw that is announced its rules, and claims nothing", async () => {
  const { proof, leaves, jwks, receipt } = makeDraw();
  const { algorithm, rules, rulesHash, commitment } = proof;
  const announced = { algorithm, rules, rulesHash, commitment };
  const checked = await checkDraw({ proof: announced, leaves: [], jwks, receipt });
  expect(checked).toMatchObject({ level: null, stage: "announced", standing: null });
  expect(namesOf(checked)).toEqual([
    "rules",
    "chain",
    "receipt's subject",
    "receipt's signature",
    "receipt's group",
    "entry",
  ]);
  expect(faultsOf(checked)).toEqual([]);
  expect(leaves).not.toEqual([]);
});

test.each([
  ["without a beacon", false, ["rules", "chain", "leaves", "numbers", "root", "freeze"]],
  [
    "with a beacon, the seed too",
    true,
    ["rules", "chain", "commitment", "leaves", "numbers", "root", "freeze"],
  ],
])("checks of a draw that is frozen its list, %s", async (_name, hasBeacon, names) => {
  const frozen = freeze(makeDraw(hasBeacon ? { beacon: makeChain(drawAt), drawAt } : {}));
  const checked = await checkDraw(frozen);
  expect(checked).toMatchObject({ level: null, stage: "frozen", standing: null });
  expect(namesOf(checked)).toEqual(names);
  expect(faultsOf(checked)).toEqual([]);
  const { steps } = await checkDraw({ ...frozen, leaves: [] });
  expect(faultsOf({ steps })).toEqual(["leaves", "numbers", "root"]);
});

test("refuses a draw that shows winners and no seed", async () => {
  const { serverSeed: _, seed: __, beacon: ___, ...proof } = makeDraw().proof;
  const checked = await checkDraw({ ...makeDraw(), proof: proof as never });
  expect(checked).toMatchObject({ level: null, stage: "drawn" });
  expect(faultsOf(checked)).toEqual(expect.arrayContaining(["commitment", "seed"]));
});

test("reads leaves as they come, tells how many, and stops where there are more than the proof says", async () => {
  const draw = makeDraw({ entered: 20, removals: [] });
  const told: number[] = [];
  const inParts = async function* () {
    for (let start = 0; start < 20; start += 6) yield draw.leaves.slice(start, start + 6);
  };
  const checked = await checkDraw({ ...draw, leaves: inParts() }, { onProgress: (read) => told.push(read) });
  expect(faultsOf(checked)).toEqual([]);
  expect(told).toEqual([6, 12, 18, 20]);
  const endless = async function* () {
    for (;;) yield draw.leaves;
  };
  const stopped = await checkDraw({ ...draw, leaves: endless() });
  expect(stopped.steps.find(({ step }) => step === "leaves")).toMatchObject({
    holds: false,
    says: "There are more than 20 leaves.",
  });
});

test("rejects when the leaves cannot be read, which says nothing of the draw", async () => {
  const broken = async function* () {
    yield makeDraw().leaves;
    throw new Error("connection lost");
  };
  await expect(checkDraw({ ...makeDraw(), leaves: broken() })).rejects.toThrow("connection lost");
});

function freeze({ proof, leaves, jwks }: ReturnType<typeof makeDraw>): DrawEvidence {
  return { proof: withoutResult(proof), leaves, jwks };
}

function namesOf({ steps }: Pick<Awaited<ReturnType<typeof checkDraw>>, "steps">): string[] {
  return steps.map(({ step }) => step);
}

function faultsOf({ steps }: Pick<Awaited<ReturnType<typeof checkDraw>>, "steps">): string[] {
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}
