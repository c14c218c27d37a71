import { describe, expect, test } from "vitest";
import { type CheckedDraw, checkDraw } from "./check-draw.ts";
import type { PublishedDrawProof } from "./draw-proof.ts";
import type { LogEntry } from "./read-log.ts";
import { madeUpBeacon } from "./testing/made-up-beacon.ts";
import { makeDraw } from "./testing/make-draw-proof.ts";
import { logDraw, pagesOf } from "./testing/make-log.ts";

const drawAtMs = Date.parse(makeDraw().proof.rules.drawAt);
const { proof, entries, leaves, jwks } = logDraw(makeDraw({ beacon: madeUpBeacon("void", drawAtMs) }));
const { seed, beacon, ranking, winners, awards, ...frozen } = proof;
const dayMs = 86_400_000;
const inTime = new Date(drawAtMs + 7 * dayMs + 60_000).toISOString();
const logged = entries.map((entry) =>
  entry.kind === "result" ? { ...entry, kind: "void", data: { round: 1 } } : entry,
);

describe("a draw whose beacon never came", () => {
  test("holds, and is said to have come to nothing", async () => {
    const checked = await show({ ...frozen, voidedAt: inTime });
    expect(faultsOf(checked)).toEqual([]);
    expect(checked).toMatchObject({ voidedAt: inTime, level: null, stage: "frozen", standing: null });
    const steps = checked.steps.map(({ step }) => step);
    expect(steps).toEqual(expect.arrayContaining(["void", "logged void"]));
    expect(steps).not.toContain("level");
  });

  test("is known by the log where the proof is older", async () => {
    const checked = await show(frozen);
    expect(faultsOf(checked)).toEqual([]);
    expect(checked.voidedAt).toBe(logged.find(({ kind }) => kind === "void")?.at);
  });

  test.each<[string, PublishedDrawProof, readonly LogEntry[], string]>([
    [
      "was given up too soon",
      { ...frozen, voidedAt: new Date(drawAtMs + 6 * dayMs).toISOString() },
      logged,
      "void",
    ],
    ["has a result all the same", { ...proof, voidedAt: inTime }, logged, "void"],
    ["says so by no time", { ...frozen, voidedAt: "soon" }, logged, "void"],
    ["says so by its proof alone", { ...frozen, voidedAt: inTime }, entries, "logged void"],
  ])("does not hold where it %s", async (_name, shown, log, step) => {
    expect(faultsOf(await show(shown, log))).toContain(step);
  });

  test("does not hold without a beacon to wait for", async () => {
    const plain = logDraw(makeDraw());
    const { seed, beacon, ranking, winners, awards, serverSeed, ...list } = plain.proof;
    const shown = { ...list, voidedAt: inTime };
    const checked = await checkDraw({ proof: shown, jwks: plain.jwks, leaves: plain.leaves });
    expect(faultsOf(checked)).toEqual(["void"]);
  });
});

function show(shown: PublishedDrawProof, log: readonly LogEntry[] = logged): Promise<CheckedDraw> {
  return checkDraw({ proof: shown, leaves, jwks, log: pagesOf(proof, log) });
}

function faultsOf({ steps }: CheckedDraw): string[] {
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}
