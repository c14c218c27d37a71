/** Lines that have not come to an order, have none, or were ended before they came to everybody. */
import { expect, test } from "vitest";
import { bytesFromHex } from "./bytes.ts";
import { type CheckedLine, checkLine } from "./check-line.ts";
import { findTicketOfRank } from "./line.ts";
import type { AnnouncedLineProof } from "./line-proof.ts";
import type { LogEntry } from "./read-log.ts";
import { logLine } from "./testing/make-line-log.ts";
import { lineOpenAt, makeLine } from "./testing/make-line-proof.ts";
import { atMinute, pagesOf } from "./testing/make-log.ts";

const line = logLine(makeLine(12));
const { jwks, leaves, entries } = line;
const { queueId } = line.proof.rules;
const { serverSeed, beacon, seed, ...frozen } = line.proof;
const { algorithm, rules, rulesHash, commitment } = frozen;
const plain: AnnouncedLineProof = { algorithm, rules, rulesHash, commitment, shuffleBeforeOpen: false };

test("checks between the closing of the list and the order all that there is without the list", async () => {
  const log = pagesOf(line.proof, entries.slice(0, 5));
  const checked = await checkLine({ proof: frozen, jwks, receipt: line.receiptOf(3), log });
  expect([checked.stage, faultsOf(checked), checked.level, checked.standing]).toEqual([
    ...["frozen", []],
    ...[null, null],
  ]);
  const steps = checked.steps.map(({ step }) => step);
  expect(steps).toEqual(
    expect.arrayContaining(["rules", "chain", "freeze", "ticket", "log", "logged freeze"]),
  );
  expect(steps).not.toContain("leaves");
  const other = { ...frozen, root: "00".repeat(32) };
  expect(faultsOf(await checkLine({ proof: other, jwks }))).toEqual(["freeze"]);
});

test("wants the list once the order is drawn", async () => {
  expect(faultsOf(await checkLine({ proof: line.proof, jwks }))).toEqual(
    expect.arrayContaining(["leaves", "root"]),
  );
});

test("finds an order that was drawn before the opening", async () => {
  const early = new Date(Date.parse(lineOpenAt) - 1).toISOString();
  const show = (drawnAt: string) => checkLine({ proof: { ...line.proof, drawnAt }, jwks, leaves });
  expect(faultsOf(await show(early))).toEqual(["seed"]);
  expect(faultsOf(await show(lineOpenAt))).toEqual([]);
});

test("tells of a line in which nothing is drawn what became of the ticket", async () => {
  const moves = entries.filter(({ kind }) => kind !== "freeze" && kind !== "line.opened");
  const show = (ticket: number, own = moves) =>
    checkLine({ proof: plain, jwks, receipt: line.receiptOf(ticket), log: pagesOf(line.proof, own) });
  const checked = await show(2);
  expect([checked.stage, checked.level, faultsOf(checked)]).toEqual(["plain", null, []]);
  expect(checked.standing).toMatchObject({ ticket: 2, rank: 2, count: 0, fate: { kind: "served" } });
  expect((await show(5)).standing?.fate).toMatchObject({ kind: "exception", outcome: "LEFT" });
  expect(faultsOf(await show(2, [...entries]))).toEqual(["no drawing"]);
});

test("holds a proof that shows an order to it, though it says that none is drawn", async () => {
  const proof = { ...line.proof, seed: "00".repeat(32), shuffleBeforeOpen: false };
  expect(faultsOf(await checkLine({ proof, jwks, leaves }))).toEqual(["seed"]);
});

test("tells who was in a line that the operator ended that they were not served", async () => {
  const log = pagesOf(line.proof, endedAt({ lastTicket: 13, nowServing: 7, queueId, rulesHash }));
  const show = async (ticket: number) => {
    const checked = await checkLine({
      proof: line.proof,
      jwks,
      leaves,
      receipt: line.receiptOf(ticket),
      log,
    });
    expect([faultsOf(checked), checked.level]).toEqual([[], "consistent"]);
    expect(checked.ended).toMatchObject({ lastTicket: 13, nowServing: 7 });
    return checked.standing?.fate;
  };
  expect(await show(ticketAt(6))).toMatchObject({ kind: "served" });
  expect(await show(ticketAt(8))).toMatchObject({ kind: "ended", nowServing: 7 });
  expect(await show(13)).toMatchObject({ kind: "ended" });
  expect(await show(14)).toMatchObject({ kind: "waiting" });
  expect(await show(ticketAt(9))).toMatchObject({ kind: "exception", outcome: "ADMITTED" });
});

test("says of a line that was ended before its order was drawn that it was", async () => {
  const own = entries.slice(0, 4);
  const end = { lastTicket: 3, nowServing: 0, queueId, rulesHash };
  const { shuffleBeforeOpen: _, ...announced } = plain;
  const checked = await checkLine({ proof: announced, jwks, log: pagesOf(line.proof, endedAt(end, own)) });
  expect([faultsOf(checked), checked.stage, checked.ended?.lastTicket]).toEqual([[], "announced", 3]);
});

test("does not take what is no end of this line for one", async () => {
  const log = pagesOf(line.proof, endedAt({ lastTicket: 13, nowServing: -1, queueId, rulesHash }));
  const checked = await checkLine({ proof: line.proof, jwks, leaves, receipt: line.receiptOf(13), log });
  expect([faultsOf(checked), checked.ended]).toEqual([["logged progress"], null]);
});

function endedAt(data: LogEntry["data"], before: readonly LogEntry[] = entries): LogEntry[] {
  return [...before, atMinute({ data, distributionId: queueId, kind: "cancelled" }, before.length)];
}

function ticketAt(rank: number): number {
  return findTicketOfRank(rank, 12, bytesFromHex(seed));
}

function faultsOf({ steps }: CheckedLine): string[] {
  for (const { says } of steps) expect(says).toMatch(/^\S.*\.$/s);
  return steps.filter(({ holds }) => !holds).map(({ step }) => step);
}
