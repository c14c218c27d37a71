import fc from "fast-check";
import { expect, test } from "vitest";
import { checkDraw, checkDrawEntry, type DrawEntryEvidence, type DrawEntryProof } from "./check-draw.ts";
import { needsEntryProof } from "./check-draw-receipt.ts";
import { proveEntry } from "./testing/make-draw-entry-proof.ts";
import { makeDraw, makeReceipt } from "./testing/make-draw-proof.ts";
import { logDraw, pagesOf } from "./testing/make-log.ts";

const draw = makeDraw({ entered: 20, removals: [1, 3].map((number) => ({ number, reason: "LEFT" })) });
/** Number 2, the first that is left. */
const evidence = { ...draw, entry: proveEntry(draw, 0) } satisfies DrawEntryEvidence;

test("checks one entrant without the list, and finds the place that the whole check finds", async () => {
  const alone = await checkDrawEntry(evidence);
  expect(alone.steps.map(({ step }) => step)).toEqual([
    ...["rules", "chain", "commitment", "path", "freeze", "beacon", "seed", "ranking", "winners"],
    ...["uniformity", "awards"],
    ...["receipt's subject", "receipt's signature", "receipt's group", "entry"],
  ]);
  const whole = await checkDraw(draw);
  expect(alone).toMatchObject({ level: "consistent", stage: "drawn", standing: whole.standing });
  expect(draw.proof.ranking[(whole.standing?.place ?? 0) - 1]).toBe(0);
  expect(whole.standing?.count).toBe(18);
});

test("tells every entrant the place of the ranking, and the first that they won", async () => {
  const standings = await Promise.all(
    draw.leaves.map(async (leaf, index) => {
      const { number } = JSON.parse(leaf);
      const receipt = makeReceipt(draw.proof.rules, number);
      const { level, standing } = await checkDrawEntry({ ...draw, receipt, entry: proveEntry(draw, index) });
      expect(level).toBe("consistent");
      return standing;
    }),
  );
  for (const [place, index] of draw.proof.ranking.entries()) {
    expect(standings[index]).toMatchObject({ place: place + 1, count: 18, hasWon: place < 2 });
  }
});

test.each<[string, Partial<DrawEntryProof>, string[]]>([
  ["another place", { index: 1 }, ["path"]],
  ["the path of another", { path: proveEntry(draw, 1).path }, ["path"]],
  ["another's leaf and path", proveEntry(draw, 1), ["entry"]],
  [
    "a leaf that the list never had",
    { leaf: proveEntry(draw, 0).leaf.replace("external", "guest") },
    ["path"],
  ],
  ["no leaf", { leaf: "" }, ["path", "entry"]],
])("refuses an entrant's proof with %s", async (_fault, changed, failing) => {
  const { steps, level } = await checkDrawEntry({ ...evidence, entry: { ...evidence.entry, ...changed } });
  const faults = steps.filter(({ holds }) => !holds).map(({ step }) => step);
  expect(faults).toEqual(expect.arrayContaining(failing));
  expect(level).toBe(null);
});

test("compares the number of the receipt with that of the entry", async () => {
  const other = { ...draw.receipt, body: { ...draw.receipt.body, number: 4 } };
  const { steps } = await checkDrawEntry({ ...evidence, receipt: other });
  expect(steps.find(({ step }) => step === "entry")?.holds).toBe(false);
});

test("says nothing of a place where the receipt or the entry does not hold", async () => {
  const whole = { ...draw, receipt: { ...draw.receipt, salt: "00".repeat(16) } };
  expect((await checkDraw(whole)).standing).toBe(null);
  for (const other of [
    { ...evidence, receipt: whole.receipt },
    { ...evidence, entry: proveEntry(draw, 1) },
    { ...evidence, receipt: makeReceipt(draw.proof.rules, 4) },
  ])
    expect((await checkDrawEntry(other)).standing).toBe(null);
});

test("tells who was taken out why, without a proof of the entry", async () => {
  const receipt = makeReceipt(draw.proof.rules, 3);
  expect(needsEntryProof(draw.proof, receipt)).toBe(false);
  const { steps, level, standing } = await checkDrawEntry({ proof: draw.proof, jwks: draw.jwks, receipt });
  expect(steps.at(-1)).toEqual((await checkDraw({ ...draw, receipt })).steps.at(-1));
  expect([steps.at(-1)?.says, level, standing]).toEqual([
    expect.stringMatching(/LEFT\.$/),
    "consistent",
    null,
  ]);
  expect(needsEntryProof(draw.proof, draw.receipt)).toBe(true);
  for (const proof of [
    { ...draw.proof, count: draw.proof.count + 1 },
    { ...draw.proof, removals: [{ number: 3, reason: "NO_LIKE" as never }] },
  ]) {
    const lost = await checkDrawEntry({ proof, jwks: draw.jwks, receipt });
    expect(lost.steps.find(({ step }) => step === "entry")?.holds).toBe(false);
  }
  expect((await checkDrawEntry({ ...draw, entry: undefined })).level).toBe(null);
});

test("tells that a receipt is of another draw, and accuses nobody of what follows from that", async () => {
  const receipt = makeReceipt({ ...draw.proof.rules, drawId: "draw_x" }, 2);
  const logged = logDraw(draw);
  const log = pagesOf(logged.proof, logged.entries);
  const shown = { proof: logged.proof, jwks: draw.jwks, log, receipt: { ...receipt, signature: "" } };
  for (const checked of [await checkDrawEntry(shown), await checkDraw({ ...shown, leaves: draw.leaves })]) {
    const says = `The receipt is of another draw, draw_x, and not of ${draw.proof.rules.drawId}.`;
    expect(checked.steps.filter(({ holds }) => !holds)).toEqual([{ step: "entry", holds: false, says }]);
  }
});

test.each<[object, string]>([
  [{}, "This is no receipt: body is missing."],
  [{ ...draw.receipt, salt: undefined }, "This is no receipt: salt is missing."],
  [{ ...draw.receipt, path: "00" }, "This is no receipt: path is not of its form."],
  [
    { ...draw.receipt, body: { ...draw.receipt.body, entryId: undefined } },
    "This is no receipt: body.entryId is missing.",
  ],
])("says what is missing of what is no receipt", async (receipt, says) => {
  const { steps } = await checkDrawEntry({ ...evidence, receipt: receipt as never });
  expect(steps.filter(({ holds }) => !holds)).toEqual([{ step: "entry", holds: false, says }]);
});

test("says in sentences of its own what cannot be read", async () => {
  const { steps } = await checkDraw({ ...draw, proof: { ...draw.proof, ranking: null as never } });
  expect(steps.find(({ step }) => step === "ranking")?.says).toBe(
    "What was to be checked is not of its form.",
  );
});

test("refuses a proof that gives a winner's seat to somebody else", async () => {
  const [first = 0] = draw.proof.ranking;
  const winners = draw.proof.winners.toReversed();
  const { steps } = await checkDrawEntry({
    proof: { ...draw.proof, winners },
    jwks: draw.jwks,
    entry: proveEntry(draw, first),
  });
  expect(steps.filter(({ holds }) => !holds).map(({ step }) => step)).toEqual(["winners"]);
});

test("never throws, whatever stands where the entrant's proof should", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      expect((await checkDrawEntry({ ...evidence, entry: value as never })).level).toBe(null);
      const entry = { ...evidence.entry, path: value as never };
      fc.pre(JSON.stringify(value) !== JSON.stringify(evidence.entry.path));
      expect((await checkDrawEntry({ ...evidence, entry })).level).toBe(null);
      const proof = { ...draw.proof, removals: value as never };
      expect((await checkDrawEntry({ ...evidence, proof })).level).toBe(null);
    }),
  );
});
