/** What the page asks of its worker, and what the worker tells. */
import type { CheckedDraw, Jwks, PublishedDrawProof, Receipt } from "@stanchion/verify";

export interface CheckTask {
  readonly source: DrawSource;
  readonly receipt: Receipt | null;
  /** The whole list, or only the receipt's entry. */
  readonly isWhole: boolean;
}

/** The draw's address, or the files that were saved of it. */
export type DrawSource =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "files"; readonly files: readonly File[] };

export type CheckNews =
  | { readonly kind: "progress"; readonly read: number; readonly total: number }
  | { readonly kind: "done"; readonly checked: CheckedDraw; readonly facts: DrawFacts }
  | { readonly kind: "failed"; readonly says: string };

/** What the page tells of the draw besides the check, from the proof itself. */
export interface DrawFacts {
  readonly count: number | null;
  readonly winnerCount: number | null;
  readonly levels: Readonly<Record<string, number>>;
  readonly isTest: boolean;
  /** Whether the organization's log was read, to its end. */
  readonly isLogRead: boolean;
}

/** What was read, of whatever shape: the checks take nothing for granted. */
export interface ReadEvidence {
  readonly proof: PublishedDrawProof;
  readonly jwks: Jwks;
}
