/**
 * Whoever runs a line has all the keys: what is tampered with here is signed anew, so that nothing but the receipts and the log that
 * people saw stand against it.
 */
import { describe, expect, test } from "vitest";
import { bytesFromHex } from "./bytes.ts";
import { type CheckedLine, checkLine } from "./check-line.ts";
import { findTicketOfRank } from "./line.ts";
import type { LogEntry } from "./read-log.ts";
import { type LoggedLine, logLine, type Move } from "./testing/make-line-log.ts";
import { lineOpenAt, makeLine } from "./testing/make-line-proof.ts";
import { pagesOf, resign } from "./testing/make-log.ts";

const honest = logLine(makeLine(12));
const { queueId } = honest.proof.rules;

test("finds all of a line in its organization's log", async () => {
  const checked = await show(honest, ticketAt(7));
  expect(faultsOf(checked)).toEqual([]);
  expect(checked.steps.map(({ step }) => step).slice(-7)).toEqual([
    ...["log's head", "log", "receipt's log"],
    ...["logged rules", "logged freeze", "logged opening", "logged progress"],
  ]);
});

test("tells how many the operator let in or denied out of their turn", async () => {
  const { steps } = await show(honest, ticketAt(7));
  expect(steps.at(-1)?.says).toMatch(
    /drawn order only\. The operator let 1 in by hand and denied 0: whether for good reasons is for people to judge\.$/,
  );
});

test("does not take the proof of another line for the one that was asked for", async () => {
  expect(faultsOf(await checkLine({ ...honest, askedId: queueId }))).toEqual([]);
  expect(faultsOf(await checkLine({ ...honest, askedId: "queue_x" }))).toEqual(["rules"]);
});

test("goes as far as the line has come", async () => {
  const { serverSeed, beacon, seed, ...frozen } = honest.proof;
  const log = pagesOf(honest.proof, honest.entries.slice(0, 5));
  const { steps } = await checkLine({ ...honest, proof: frozen, log });
  expect(steps.filter(({ holds }) => !holds)).toEqual([]);
  expect(steps.at(-1)?.step).toBe("logged freeze");
});

test("says that an order is kept back which the log has had for long", async () => {
  const { serverSeed: _, beacon: __, seed: ___, ...frozen } = honest.proof;
  const log = pagesOf(honest.proof, honest.entries);
  const checked = await checkLine({ ...honest, proof: frozen, log });
  expect(faultsOf(checked)).toEqual(["logged opening"]);
  expect(checked.isBehindLog).toBe(true);
  const { freeze: ____, root: _____, ...announced } = frozen;
  expect(faultsOf(await checkLine({ ...honest, proof: announced as never, log }))).toEqual([
    "logged freeze",
    "logged opening",
  ]);
});

describe("tells what the log says became of a rank", () => {
  test.each<[rank: number, fate: object]>([
    [1, { kind: "served", nowServing: 3 }],
    [6, { kind: "served", nowServing: 6 }],
    [7, { kind: "waiting", nowServing: 6 }],
    [5, { kind: "exception", outcome: "LEFT", reason: null }],
    [9, { kind: "exception", outcome: "ADMITTED", reason: null }],
  ])("of rank %d", async (rank, fate) => {
    const { standing } = await show(honest, ticketAt(rank));
    expect(standing).toMatchObject({ rank, ticket: ticketAt(rank), count: 12, fate });
  });

  test("of one who came after the opening, and nothing without a log", async () => {
    expect((await show(honest, 14)).standing).toMatchObject({ rank: 14, fate: { kind: "waiting" } });
    const withoutLog = await checkLine({ ...honest, receipt: honest.receiptOf(3) });
    expect(withoutLog.standing?.fate).toBe(null);
  });

  test("as passed, without a word of it, where somebody was let past who says that they waited", async () => {
    const { standing } = await show(
      logLine(makeLine(12), [{ nowServing: 4 }, { nowServing: 8 }]),
      ticketAt(7),
    );
    expect(standing?.fate).toMatchObject({ kind: "served", nowServing: 8 });
  });
});

describe("names the step where", () => {
  test.each<[tampering: string, shown: () => Promise<CheckedLine>, step: string]>([
    ["somebody was slipped in and the list signed anew", () => showInstead(makeLine(13)), "logged freeze"],
    [
      "the list was signed anew at another time",
      () => showInstead(makeLine(12, { kind: "none" }, 900)),
      "logged freeze",
    ],
    ["the freeze is not in the log", () => showWithout("freeze"), "logged freeze"],
    ["two freezes are in it", () => showTwice("freeze"), "logged freeze"],
    ["the freeze stands elsewhere than it says", () => showFreezeMoved(), "logged freeze"],
    ["the order is not in the log", () => showWithout("line.opened"), "logged opening"],
    ["two orders are in it", () => showTwice("line.opened"), "logged opening"],
    [
      "the log has another seed",
      () => showChanged("line.opened", { seed: "00".repeat(32) }),
      "logged opening",
    ],
    ["the log has another secret", () => showChanged("line.opened", { serverSeed: null }), "logged opening"],
    ["the log has a longer list", () => showChanged("line.opened", { n: 13 }), "logged opening"],
    [
      "the log says that the beacon never came",
      () => show(honest, 3, inOrder([...honest.entries, { ...entryOf("freeze"), kind: "void" }])),
      "logged opening",
    ],
    ["the order came before the freeze", () => showOpenedFirst(), "logged opening"],
    [
      "the proof says another time of the drawing",
      () => show({ ...honest, proof: { ...honest.proof, drawnAt: lineOpenAt } }, 3),
      "logged opening",
    ],
    ["the rules were changed after the receipt", () => showRulesChanged(), "logged rules"],
    ["the rules are not in the log", () => showWithout("rules.made"), "logged rules"],
    ["the line went back", () => showMoves([{ nowServing: 5 }, { nowServing: 4 }]), "logged progress"],
    ["the line moved before it was drawn", () => showMovedFirst(), "logged progress"],
    [
      "the line moved by an older board",
      () => showChanged("line.progress", { version: 1_000 }),
      "logged progress",
    ],
    [
      "the progress is another line's",
      () => showChanged("line.progress", { queueId: "queue_x" }),
      "logged progress",
    ],
    [
      "an exception is of no rank",
      () => showMoves([{ nowServing: 5, exceptions: [{ rank: 0, outcome: "LEFT", reason: null }] }]),
      "logged progress",
    ],
    ["the log was rewritten", () => showRewritten(), "receipt's log"],
  ])("%s", async (_, shown, step) => {
    const checked = await shown();
    expect(faultsOf(checked)).toContain(step);
    expect(checked.level).toBe(null);
  });
});

function ticketAt(rank: number): number {
  return findTicketOfRank(rank, 12, bytesFromHex(honest.proof.seed));
}

function show(line: LoggedLine, ticket: number, entries = line.entries): Promise<CheckedLine> {
  const { proof, leaves, jwks } = line;
  return checkLine({ proof, leaves, jwks, receipt: line.receiptOf(ticket), log: pagesOf(proof, entries) });
}

/** Another list beside the log that everybody saw. */
function showInstead(other: ReturnType<typeof makeLine>): Promise<CheckedLine> {
  const { receiptOf, entries } = honest;
  return show({ ...logLine(other), receiptOf }, 3, entries);
}

function showMoves(moves: readonly Move[]): Promise<CheckedLine> {
  return show(logLine(makeLine(12), moves), 3);
}

function showWithout(kind: string): Promise<CheckedLine> {
  const entries = honest.entries.filter((entry) => entry.kind !== kind || entry.distributionId !== queueId);
  return show(honest, 3, entries);
}

function showTwice(kind: string): Promise<CheckedLine> {
  return show(honest, 3, inOrder([...honest.entries, entryOf(kind)]));
}

function showChanged(kind: string, data: object): Promise<CheckedLine> {
  const at = honest.entries.indexOf(entryOf(kind));
  const changed = { ...entryOf(kind), data: { ...entryOf(kind).data, ...data } };
  return show(honest, 3, honest.entries.with(at, changed));
}

function showFreezeMoved(): Promise<CheckedLine> {
  const freeze = resign(honest.proof.freeze, { logHead: "00".repeat(32) });
  const at = honest.entries.indexOf(entryOf("freeze"));
  const entries = honest.entries.with(at, { ...entryOf("freeze"), data: { statement: freeze } });
  return show({ ...honest, proof: { ...honest.proof, freeze } }, 3, entries);
}

function showOpenedFirst(): Promise<CheckedLine> {
  const opened = entryOf("line.opened");
  const others = honest.entries.filter((entry) => entry !== opened);
  return show(honest, 3, inOrder([...others.slice(0, 4), opened, ...others.slice(4)]));
}

function showMovedFirst(): Promise<CheckedLine> {
  const moved = entryOf("line.progress");
  const early = { ...moved, data: { ...moved.data, nowServing: 2 } };
  const others = honest.entries.filter((entry) => entry !== moved);
  return show(honest, 3, inOrder([...others.slice(0, 4), early, ...others.slice(4)]));
}

function showRulesChanged(): Promise<CheckedLine> {
  const { rulesHash } = honest.proof;
  const changed = { kind: "rules.changed", data: { before: rulesHash, rulesHash } };
  const entry = { ...entryOf("rules.made"), ...changed };
  return show(honest, 3, inOrder([...honest.entries.slice(0, 3), entry, ...honest.entries.slice(3)]));
}

function showRewritten(): Promise<CheckedLine> {
  const [first, ...rest] = honest.entries;
  if (first === undefined) throw new Error("The log is empty.");
  return show(honest, 3, [{ ...first, kind: "cancelled" }, ...rest]);
}

function entryOf(kind: string): LogEntry {
  const found = honest.entries.find((entry) => entry.kind === kind && entry.distributionId === queueId);
  if (found === undefined) throw new Error(`The log has no ${kind}.`);
  return found;
}

/** Each entry at a time that is not before that of the one before it. */
function inOrder(entries: readonly LogEntry[]): LogEntry[] {
  return entries.map((entry, index) => ({
    ...entry,
    at: new Date(Date.UTC(2027, 2, 1, 10, index)).toISOString(),
  }));
}

function faultsOf({ steps }: CheckedLine): string[] {
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}
