import { bytesFromHex, bytesFromText, hashTagged, u64 } from "./bytes.ts";
import { canonicalJson, hashOfJson } from "./canonical-json.ts";
import type { Beacon } from "./drand.ts";

export type EntryLevel = "guest" | "confirmed" | "external";

/** By how much is known of who enters, the least first. */
export const entryLevels: readonly EntryLevel[] = ["guest", "confirmed", "external"];

/** How many of a list are of a level below the one that its rules ask for. */
export function countBelow(
  entryLevel: EntryLevel,
  levels: Readonly<Partial<Record<EntryLevel, number>>>,
): number {
  const below = entryLevels.slice(0, entryLevels.indexOf(entryLevel));
  return below.reduce((sum, level) => sum + (levels[level] ?? 0), 0);
}

/** The rules of a draw, published at its creation and frozen by its first entry. Times are UTC with milliseconds. */
export interface DrawRules {
  readonly admissionExpirationSeconds: number;
  readonly algorithm: "fair-draw-v1";
  readonly backfill: boolean;
  readonly beacon: Beacon;
  readonly capacity: number | null;
  readonly closeAt: string;
  readonly commitment: string;
  readonly completionGraceSeconds: number;
  readonly drawAt: string;
  readonly drawId: string;
  readonly entryLevel: EntryLevel;
  readonly mode: "test" | "live";
  readonly openAt: string | null;
  readonly organizationId: string;
  readonly unit: "consumer";
  readonly winnerCount: number;
}

/** What the tree of a draw holds of an entry. */
export interface DrawLeaf {
  readonly drawId: string;
  readonly entryId: string;
  readonly level: EntryLevel;
  readonly number: number;
  readonly subject: string;
}

/** An entry that was out before the list was fixed. */
export interface Removal {
  readonly number: number;
  readonly reason: "LEFT" | "REMOVED_BOT" | "REMOVED_DUPLICATE" | "REMOVED_RULES" | "ERASED";
}

/** What became of a seat at a time, from the draw on. */
export interface Award {
  readonly at: string;
  readonly entryId: string;
  readonly outcome: "ADMITTED" | "COMPLETED" | "EXPIRED" | "DENIED" | "LEFT";
  readonly reason: string | null;
  /** From 1: at first that of the winner at the same place of the ranking. */
  readonly seat: number;
}

/** What a draw's rules bind the server's seed by, before it is shown. */
export function commitToDrawSeed(serverSeed: Uint8Array): Uint8Array {
  return hashTagged("fair-draw-v1/seed", serverSeed);
}

/** The hash of rules, of a draw or a line, 32 bytes. */
export function hashRules(rules: object): Uint8Array {
  return hashOfJson(rules);
}

/**
 * What stands for a person in public: nobody finds the person without the salt, which only the entrant has.
 * @param salt 16 bytes in hex, as the receipt has it
 */
export function hashSubject(salt: string, consumerId: string): Uint8Array {
  return hashTagged("fair-draw-v1/subject", bytesFromHex(salt, 16), bytesFromText(consumerId));
}

/** A draw's leaf as the text whose bytes the tree holds. Members besides the leaf's own are left out. */
export function writeDrawLeaf({ drawId, entryId, level, number, subject }: DrawLeaf): string {
  return canonicalJson({ drawId, entryId, level, number, subject });
}

/** The hash of who was out before the freeze, in the order of their numbers. */
export function hashRemovals(removals: readonly Removal[]): Uint8Array {
  return hashOfJson(removals);
}

export interface SeedParts {
  readonly rulesHash: Uint8Array;
  readonly root: Uint8Array;
  /** How many leaves the tree has. */
  readonly count: number;
  readonly serverSeed: Uint8Array;
  /** The signature of the beacon's round, or nothing. */
  readonly beacon: Uint8Array;
}

/** The seed that decides a draw, 32 bytes. */
export function makeDrawSeed({ rulesHash, root, count, serverSeed, beacon }: SeedParts): Uint8Array {
  return hashTagged("fair-draw-v1/draw", rulesHash, root, u64(count), serverSeed, beacon);
}

/** The entries that won: the first of the ranking, as many as the rules give, or all if there are fewer. */
export function pickWinners<Entry>(
  entries: readonly Entry[],
  ranking: Uint32Array,
  winnerCount: number,
): Entry[] {
  return Array.from(ranking.subarray(0, winnerCount), (index) => {
    const entry = entries[index];
    if (entry === undefined) throw new RangeError(`There is no entry ${index} among ${entries.length}.`);
    return entry;
  });
}
