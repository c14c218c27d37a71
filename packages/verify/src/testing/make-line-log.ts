import type { LogEntry } from "../read-log.ts";
import type { Receipt } from "../receipt.ts";
import { madeUpHex, madeUpId } from "./made-up.ts";
import { enteredAfterOpening, type MadeLine, makeLineReceipt } from "./make-line-proof.ts";
import { atMinute, type NewLogEntry, resign, rootOfEntries, seeLog } from "./make-log.ts";

/** A line whose freeze and receipts name the log that it is in. */
export interface LoggedLine extends MadeLine {
  readonly entries: readonly LogEntry[];
  /** The receipt of a ticket, from when the rules were in the log. */
  readonly receiptOf: (ticket: number) => Receipt;
}

/** How far a line came, and whom it did not serve in order. */
export interface Move {
  readonly nowServing: number;
  readonly exceptions?: readonly {
    readonly rank: number;
    readonly outcome: string;
    readonly reason: string | null;
  }[];
}

const usualMoves: readonly Move[] = [
  { nowServing: 0 },
  { nowServing: 3, exceptions: [{ rank: 5, outcome: "LEFT", reason: null }] },
  { nowServing: 6, exceptions: [{ rank: 9, outcome: "ADMITTED", reason: null }] },
];

/** Puts the events of a line into a log that has some of another distribution's before, between and behind them. */
export function logLine({ proof, ...line }: MadeLine, moves: readonly Move[] = usualMoves): LoggedLine {
  const entries: LogEntry[] = [];
  const { rules } = proof;
  const add = (distributionId: string, kind: string, data: LogEntry["data"]): void => {
    const entry: NewLogEntry = { data, distributionId, kind };
    entries.push(atMinute(entry, entries.length));
  };
  const addOther = (): void =>
    add(madeUpId("draw", "log"), "rules.made", { rulesHash: madeUpHex(32, "other") });
  addOther();
  add(rules.queueId, "rules.made", { rulesHash: proof.rulesHash });
  add(rules.queueId, "rules.announced", { rules });
  const atJoining = [...entries];
  addOther();
  const freeze = resign(proof.freeze, { logHead: rootOfEntries(entries) });
  add(rules.queueId, "freeze", { statement: freeze });
  const { beacon, n, seed, serverSeed } = proof;
  add(rules.queueId, "line.opened", { beacon, n, seed, serverSeed });
  addOther();
  moves.forEach(({ nowServing, exceptions = [] }, index) => {
    add(rules.queueId, "line.progress", {
      exceptions,
      nowServing,
      queueId: rules.queueId,
      version: index + 7,
    });
  });
  const receiptOf = (ticket: number): Receipt => {
    const enteredAt = ticket > n ? enteredAfterOpening : undefined;
    return seeLog(makeLineReceipt(rules, ticket, enteredAt), atJoining);
  };
  return { ...line, proof: { ...proof, freeze }, entries, receiptOf };
}
