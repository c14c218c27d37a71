import { type CheckStep, takeStep } from "./check-step.ts";
import type { Award } from "./draw.ts";
import { type DrawProof, readTime } from "./draw-proof.ts";
import { timeOfRoundThatCounts } from "./round-that-counts.ts";
import { areSame } from "./same-json.ts";

/** What seats are held against: the ranking that was recomputed, and the indexes of entries in the list. */
export interface RankedEntries {
  readonly ranking: Uint32Array;
  readonly indexes: ReadonlyMap<string, number>;
  /** Whether the indexes of all entries with an award are known, or only that of one. */
  readonly isWhole: boolean;
}

/**
 * `awards`: whether each seat went to whom the ranking gives it, and from there, where it came free, to the next alternate.
 * @param later what became of the seats behind what the proof shows
 * @param frozenAtMs null: the freeze does not hold
 */
export function checkDrawAwards(
  proof: DrawProof,
  entries: RankedEntries,
  { later, frozenAtMs }: { readonly later: readonly Award[]; readonly frozenAtMs: number | null },
): CheckStep {
  const denied = countDenied([...(Array.isArray(proof.awards) ? proof.awards : []), ...later]);
  const denials =
    denied === 0 ? "" : ` The operator denied ${denied}: whether for good reasons is for people to judge.`;
  const good = `Every seat went to the next in the ranking, and so did each that came free.${denials}`;
  return takeStep("awards", good, () => {
    if (!Array.isArray(proof.awards)) return "There is no list of awards.";
    const drawnFromMs = findDrawnFrom(proof, frozenAtMs);
    const seats = followSeats(proof, entries);
    const times = followTimes();
    const findFault = (award: Award): string | null => {
      if (!isAward(award)) return "An award is not of its form.";
      const atMs = readTime(award.at);
      if (atMs < drawnFromMs) return `An award is of ${award.at}, before the draw could be.`;
      if (!times.take(award, atMs))
        return `The awards are not in the order of time: ${award.at} comes too late.`;
      return seats.take(award, atMs);
    };
    return findFirst(proof.awards, findFault) ?? seats.findUngiven() ?? findFirst(later, findFault);
  });
}

/** The first moment at which a draw can be drawn, in milliseconds since 1970: at its time, and when the round that counts has come. */
function findDrawnFrom({ rules: { beacon, drawAt } }: DrawProof, frozenAtMs: number | null): number {
  const isAtRound = beacon.kind === "drand" && frozenAtMs !== null;
  return Math.max(readTime(drawAt), isAtRound ? timeOfRoundThatCounts("draw", beacon, frozenAtMs) : 0);
}

/** Admissions may be to come, one after the other, when they are told; what becomes of them is told as it happens. */
function followTimes() {
  let [lastTurnMs, lastStepMs] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return {
    take({ outcome }: Award, atMs: number): boolean {
      const isTurn = outcome === "ADMITTED";
      const isInOrder = atMs >= lastStepMs && (!isTurn || atMs >= lastTurnMs);
      // Nothing becomes of a seat before the first was given.
      if (!isTurn || lastStepMs === Number.NEGATIVE_INFINITY) lastStepMs = atMs;
      if (isTurn) lastTurnMs = atMs;
      return isInOrder;
    },
  };
}

/** How many awards say that the operator took a seat away. */
export function countDenied(awards: readonly Award[]): number {
  return awards.filter((award) => award?.outcome === "DENIED").length;
}

function findFirst(awards: readonly Award[], findFault: (award: Award) => string | null): string | null {
  for (const award of awards) {
    const fault = findFault(award);
    if (fault !== null) return fault;
  }
  return null;
}

const outcomes: readonly Award["outcome"][] = ["ADMITTED", "COMPLETED", "EXPIRED", "DENIED", "LEFT"];
const members: readonly (keyof Award)[] = ["at", "entryId", "outcome", "reason", "seat"];

function isAward(award: Award): boolean {
  return areSame(Object.keys(award).sort(), members) && outcomes.includes(award.outcome);
}

interface Seat {
  readonly entryId: string;
  /** Whether the seat is claimed in time, used, or free for the next; DUE: its holder was not let in yet. */
  readonly state: "DUE" | Award["outcome"];
  readonly admittedAtMs: number;
}

function followSeats({ rules }: DrawProof, { ranking, indexes, isWhole }: RankedEntries) {
  const winners = Math.min(rules.winnerCount, ranking.length);
  const seats = new Map<number, Seat>();
  const seated = new Set<string>();
  let nextPlace = winners;
  const findPlaceFault = (award: Award, place: number): string | null => {
    const index = indexes.get(award.entryId);
    // Where the index of one entry alone is known, its place is its own, and any other's anybody else's.
    const isAnybodys = (): boolean => !isWhole && ![...indexes.values()].includes(ranking[place] ?? -1);
    const isExpected = index === undefined ? isAnybodys() : ranking[place] === index;
    return isExpected && !seated.has(award.entryId)
      ? null
      : `Seat ${award.seat} went to ${award.entryId}, who is not the next in the ranking.`;
  };
  const findHolderFault = (award: Award, held: Seat | undefined): string | null => {
    if (held === undefined) return findPlaceFault(award, award.seat - 1);
    if (!isFree(held.state)) return `Seat ${award.seat} went to ${award.entryId} while another had it.`;
    if (!rules.backfill)
      return `Seat ${award.seat} went on to ${award.entryId}, which the rules do not allow.`;
    if (nextPlace >= ranking.length) return `Seat ${award.seat} went on, though nobody was left.`;
    nextPlace += 1;
    return findPlaceFault(award, nextPlace - 1);
  };
  return {
    /** The draw gives every seat at once: a proof that does not say to whom leaves something out. */
    findUngiven(): string | null {
      for (let seat = 1; seat <= winners; seat += 1)
        if (!seats.has(seat)) return `The proof does not say that seat ${seat} was given to its winner.`;
      return null;
    },
    take(award: Award, atMs: number): string | null {
      const { seat, entryId, outcome } = award;
      if (!Number.isInteger(seat) || seat < 1 || seat > winners) return `There is no seat ${seat}.`;
      const held = seats.get(seat);
      const isHolder = held?.entryId === entryId;
      const holderFault = isHolder ? null : findHolderFault(award, held);
      if (holderFault !== null) return holderFault;
      seated.add(entryId);
      const before: Seat = isHolder ? held : { entryId, state: "DUE", admittedAtMs: Number.NaN };
      if (!(follows[before.state] ?? []).includes(outcome))
        return `Seat ${seat} of ${entryId} cannot be ${outcome} after ${before.state}.`;
      const claimMs = rules.admissionExpirationSeconds * 1000;
      if (outcome === "EXPIRED" && !(atMs >= before.admittedAtMs + claimMs))
        return `Seat ${seat} of ${entryId} expired before the time that the rules give.`;
      seats.set(seat, {
        entryId,
        state: outcome,
        admittedAtMs: outcome === "ADMITTED" ? atMs : before.admittedAtMs,
      });
      return null;
    },
  };
}

/** A claim may still be completed within its grace, as long as the seat has not gone on. */
const follows: Readonly<Record<Seat["state"], readonly Award["outcome"][]>> = {
  DUE: ["ADMITTED"],
  ADMITTED: ["COMPLETED", "EXPIRED", "DENIED", "LEFT"],
  EXPIRED: ["COMPLETED"],
  COMPLETED: [],
  DENIED: [],
  LEFT: [],
};

function isFree(state: Seat["state"]): boolean {
  return state === "EXPIRED" || state === "DENIED" || state === "LEFT";
}
