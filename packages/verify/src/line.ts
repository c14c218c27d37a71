import { hashTagged, u64 } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { Beacon } from "./drand.ts";
import type { EntryLevel, SeedParts } from "./draw.ts";
import { shuffleIndex, unshuffleIndex } from "./shuffle.ts";

/** The rules of a line's opening, published before anyone joins. */
export interface LineRules {
  readonly algorithm: "fair-line-v1";
  readonly beacon: Beacon;
  readonly commitment: string;
  readonly entryLevel: EntryLevel;
  readonly mode: "test" | "live";
  readonly openAt: string;
  readonly organizationId: string;
  readonly queueId: string;
}

/** What the tree of a line's opening holds of a ticket. */
export interface LineLeaf {
  readonly level: EntryLevel;
  readonly queueId: string;
  readonly subject: string;
  readonly ticket: number;
}

/** A line's beacon is the first round this long after the opening, in milliseconds. */
export const lineBeaconDelayMs = 15_000;

/** What a line's rules bind the server's seed by, before it is shown. */
export function commitToLineSeed(serverSeed: Uint8Array): Uint8Array {
  return hashTagged("fair-line-v1/seed", serverSeed);
}

/** A line's leaf as the text whose bytes the tree holds. Members besides the leaf's own are left out. */
export function writeLineLeaf({ level, queueId, subject, ticket }: LineLeaf): string {
  return canonicalJson({ level, queueId, subject, ticket });
}

/** The seed that decides a line's order, 32 bytes; `count` is the size of the cohort. */
export function makeLineSeed({ rulesHash, root, count, serverSeed, beacon }: SeedParts): Uint8Array {
  return hashTagged("fair-line-v1", rulesHash, root, u64(count), serverSeed, beacon);
}

/**
 * The rank of a ticket, from 1: drawn for the `cohort` who came before the opening, first come, first served for all others.
 * @example rankTicket(1, 5000, seed) // where the first who came before the opening stands
 */
export function rankTicket(ticket: number, cohort: number, seed: Uint8Array): number {
  requirePlace(ticket, "ticket");
  return ticket > cohort ? ticket : 1 + shuffleIndex(ticket - 1, cohort, seed);
}

/** The ticket that has a rank: `rankTicket` backwards. */
export function findTicketOfRank(rank: number, cohort: number, seed: Uint8Array): number {
  requirePlace(rank, "rank");
  return rank > cohort ? rank : 1 + unshuffleIndex(rank - 1, cohort, seed);
}

function requirePlace(number: number, name: string): void {
  if (!Number.isSafeInteger(number) || number < 1)
    throw new RangeError(`${number} is no ${name}; the first is 1.`);
}
