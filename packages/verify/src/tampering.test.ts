/**
 * Whoever runs a draw has all the keys: what is tampered with here is signed anew and drawn anew, so that nothing but the receipts
 * and the log that people saw stand against it.
 */
import { describe, expect, test } from "vitest";
import { hexFromBytes } from "./bytes.ts";
import { hashOfJson } from "./canonical-json.ts";
import { type CheckedDraw, checkDraw } from "./check-draw.ts";
import { findDrandRound, timeOfDrandRound } from "./drand.ts";
import type { Award } from "./draw.ts";
import {
  type MadeDraw,
  makeChain,
  makeDraw,
  makeReceipt,
  signChainRound,
} from "./testing/make-draw-proof.ts";
import { type LoggedDraw, logDraw, pagesOf, resign, rootOfEntries, seeLog } from "./testing/make-log.ts";

const drawAt = "2027-03-01T12:00:01.500Z";
const chain = makeChain(drawAt);
const plan = { beacon: chain, drawAt, entered: 7 };
const honest = logDraw(makeDraw(plan));

test("holds as long as nobody tampers", async () => {
  expect(faultsOf(await show(honest))).toEqual([]);
});

describe("names the step where", () => {
  test.each<[tampering: string, shown: () => Promise<CheckedDraw>, step: string]>([
    [
      "an entrant was dropped",
      () => showInstead(makeDraw({ ...plan, removals: [2, 3].map(left) })),
      "logged freeze",
    ],
    [
      "an entrant was dropped and the log forged",
      () => forge(makeDraw({ ...plan, removals: [2, 3].map(left) })),
      "receipt's log",
    ],
    [
      "one who was taken out came back",
      () => showInstead(makeDraw({ ...plan, removals: [] })),
      "logged freeze",
    ],
    [
      "a friend came in after the close",
      () => showInstead(makeDraw({ ...plan, entered: 8 })),
      "logged freeze",
    ],
    ["two winners were swapped", () => change({ winners: honest.proof.winners.toReversed() }), "winners"],
    [
      "a leaf was changed",
      () =>
        showLeaves(([first = "", ...rest]) => [first.replace(/"(guest|confirmed)"/, '"external"'), ...rest]),
      "leaves",
    ],
    ["all that became of the seats was cut out", () => change({ awards: [] }), "awards"],
    [
      "the log passes an alternate over behind the proof",
      () => showLater([awardOf(0, "DENIED", 1, 60), awardOf(3, "ADMITTED", 1, 61)]),
      "awards",
    ],
    [
      "a step was left out that is as old as the proof",
      () => showLater([awardOf(0, "DENIED", 1, 5)]),
      "logged awards",
    ],
    [
      "the order is called usual, or unusual, against the ranking",
      () => change({ uniformity: { ...rankedAs(), isUnusual: !rankedAs().isUnusual } }),
      "uniformity",
    ],
    [
      "the correlation was made smaller",
      () => change({ uniformity: { ...rankedAs(), rho: rankedAs().rho / 2 } }),
      "uniformity",
    ],
    ["the correlation was left out", () => change({ uniformity: null }), "uniformity"],
    ["another seed was taken", () => change({ seed: "00".repeat(32) }), "seed"],
    ["another round was taken", () => showRound(chain.round + 1), "beacon"],
    [
      "a round was taken that was out before the freeze",
      () => showFrozenAt(timeOfDrandRound(chain, chain.round) + 1),
      "beacon",
    ],
    ["somebody was taken out after the freeze", () => change({ removals: [3, 5].map(left) }), "numbers"],
    ["two freezes are shown to two people", () => showTwice(), "logged freeze"],
    ["the log was rewritten", () => forge(makeDraw(plan)), "receipt's log"],
    ["a round was waited for that suits, and the freeze dated back", () => showLoggedAt(1), "logged freeze"],
    [
      "a winner's time began before the draw",
      () =>
        change({ awards: honest.proof.awards.map((one) => ({ ...one, at: "2027-03-01T11:00:00.000Z" })) }),
      "awards",
    ],
    [
      "a winner was never let in, by the proof alone",
      () =>
        change({
          awards: honest.proof.awards.map((one, index) =>
            index === 0 ? { ...one, outcome: "DENIED" } : one,
          ),
        }),
      "logged awards",
    ],
    [
      "a seat ran out later than it was logged",
      () => showLater([awardOf(0, "EXPIRED", 1, 3600)], honest.receipt, "2027-03-01T12:05:00.000Z"),
      "logged awards",
    ],
    [
      "a turn was dated back, so that it ran out sooner",
      () =>
        showLater(
          [awardOf(0, "LEFT", 1, 1200), awardOf(2, "ADMITTED", 1, 30)],
          honest.receipt,
          "2027-03-01T12:20:00.000Z",
        ),
      "logged awards",
    ],
    [
      "guests were taken where the rules want accounts",
      () => showRules({ entryLevel: "external" }),
      "leaves",
    ],
    ["more were taken than the rules have room for", () => showRules({ capacity: 3 }), "leaves"],
    ["the time to buy is none", () => showRules({ admissionExpirationSeconds: 0 }), "rules"],
    ["going on with free seats is left open", () => showRules({ backfill: "false" as never }), "rules"],
    ["the receipt is of another draw", () => show(honest, receiptOf("draw_x", 2)), "entry"],
    [
      "the receipt is of somebody who was left out",
      () => show(honest, receiptOf(honest.proof.rules.drawId, 8)),
      "entry",
    ],
  ])("%s", async (_tampering, shown, step) => {
    const checked = await shown();
    expect(checked.level).toBe(null);
    expect(faultsOf(checked)).toContain(step);
  });

  test("nobody knows the chain, by calling it unknown", async () => {
    expect((await show(honest)).level).toBe("beacon run by an unknown party");
  });
});

test("counts what the log has behind a proof that was cut short, and denials from both", async () => {
  const later = [awardOf(0, "DENIED", 1, 60), awardOf(2, "ADMITTED", 1, 61), awardOf(2, "LEFT", 1, 62)];
  const checked = await showLater(later, receiptOf(honest.proof.rules.drawId, numberAt(0)));
  expect(faultsOf(checked)).toEqual([]);
  expect(checked.laterAwards).toEqual({ count: 3, denied: 1 });
  expect(checked.standing?.awards.map(({ outcome }) => outcome)).toEqual(["ADMITTED", "DENIED"]);
  const says = checked.steps.map((one) => one.says).join(" ");
  expect(says).toContain("The operator denied 1:");
  expect(says).toContain("The log has 3 later steps than the proof, 1 denial among them.");
  expect((await show(honest)).laterAwards).toEqual({ count: 0, denied: 0 });
});

function rankedAs() {
  const { uniformity } = honest.proof;
  if (uniformity === null) throw new Error("there is nothing to correlate");
  return uniformity;
}

function faultsOf({ steps }: CheckedDraw): string[] {
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}

function left(number: number) {
  return { number, reason: "LEFT" } as const;
}

function show(draw: LoggedDraw, receipt = draw.receipt): Promise<CheckedDraw> {
  const { proof, leaves, jwks, entries } = draw;
  return checkDraw({ proof, leaves, jwks, receipt, log: pagesOf(proof, entries) });
}

function change(parts: Partial<MadeDraw["proof"]>): Promise<CheckedDraw> {
  return show({ ...honest, proof: { ...honest.proof, ...parts } });
}

function showLeaves(changed: (leaves: readonly string[]) => string[]): Promise<CheckedDraw> {
  return show({ ...honest, leaves: changed(honest.leaves) });
}

/** Another draw, whole and signed, with the log of the honest one: that one is public. */
function showInstead({ proof, leaves }: MadeDraw): Promise<CheckedDraw> {
  return show({ ...honest, proof, leaves });
}

/** Another draw with a log of its own, to somebody whose receipt saw the honest one. */
function forge(draw: MadeDraw): Promise<CheckedDraw> {
  const logged = logDraw(draw);
  const [first, ...rest] = logged.entries;
  if (first === undefined) throw new Error("the log is empty");
  const entries = [{ ...first, at: "2027-03-01T09:00:00.000Z" }, ...rest].map((entry, index, all) => {
    const statement = resign(logged.proof.freeze, { logHead: rootOfEntries(all.slice(0, index)) });
    return entry.kind === "freeze" ? { ...entry, data: { statement } } : entry;
  });
  const freeze = String(entries.find(({ kind }) => kind === "freeze")?.data.statement);
  return show({ ...logged, proof: { ...logged.proof, freeze }, entries }, honest.receipt);
}

function showRound(round: number): Promise<CheckedDraw> {
  return showInstead(makeDraw({ ...plan, signature: signChainRound(chain.scheme, round) }));
}

/** Frozen as the proof says, and logged so many milliseconds after the round that counts. */
function showLoggedAt(afterRoundMs: number): Promise<CheckedDraw> {
  const at = new Date(timeOfDrandRound(chain, chain.round) + afterRoundMs).toISOString();
  const since = honest.entries.findIndex(({ kind }) => kind === "freeze");
  const entries = honest.entries.map((entry, index) => (index < since ? entry : { ...entry, at }));
  return show({ ...honest, entries });
}

/** A draw and its log by other rules. */
function showRules(changed: Partial<MadeDraw["proof"]["rules"]>): Promise<CheckedDraw> {
  return show(logDraw(makeDraw({ ...plan, rules: changed })));
}

/** Frozen late, by a round that everybody knew by then. */
function showFrozenAt(atMs: number): Promise<CheckedDraw> {
  const frozenAfterMs = atMs - Date.parse(honest.proof.rules.closeAt);
  expect(findDrandRound(chain, atMs)).toBeGreaterThan(chain.round);
  return showInstead(
    makeDraw({ ...plan, frozenAfterMs, signature: signChainRound(chain.scheme, chain.round) }),
  );
}

/** The honest proof as it was at the draw, with what the log has of its seats since. */
function showLater(
  awards: readonly Award[],
  receipt = honest.receipt,
  loggedAt = "2027-03-01T12:05:00.000Z",
): Promise<CheckedDraw> {
  const entry = { data: { awards }, distributionId: honest.proof.rules.drawId, kind: "awards" };
  const entries = [...honest.entries, { at: loggedAt, ...entry }];
  return show({ ...honest, entries }, receipt);
}

function awardOf(place: number, outcome: Award["outcome"], seat: number, secondsAfter: number): Award {
  const at = new Date(Date.parse(drawAt) + secondsAfter * 1000).toISOString();
  return { at, entryId: leafAt(place).entryId, outcome, reason: null, seat };
}

function numberAt(place: number): number {
  return leafAt(place).number;
}

function leafAt(place: number) {
  return JSON.parse(honest.leaves[honest.proof.ranking[place] ?? 0] ?? "");
}

/** The log has to have both: whoever sees either proof finds the other. */
function showTwice(): Promise<CheckedDraw> {
  const other = makeDraw({ ...plan, removals: [] });
  const { entries } = honest;
  const statement = resign(other.proof.freeze, { logHead: rootOfEntries(entries) });
  const second = {
    at: "2027-03-01T12:30:00.000Z",
    data: { statement },
    distributionId: other.proof.rules.drawId,
  };
  expect(hexFromBytes(hashOfJson(other.proof.rules))).toBe(honest.proof.rulesHash);
  return show({ ...honest, entries: [...entries, { ...second, kind: "freeze" }] });
}

function receiptOf(drawId: string, number: number) {
  return seeLog(makeReceipt({ ...honest.proof.rules, drawId }, number), honest.entries.slice(0, 5));
}
