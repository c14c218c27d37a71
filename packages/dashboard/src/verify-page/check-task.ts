/** What the page asks of its worker, and what the worker tells. */
import type { CheckedDraw, CheckedLine, Jwks, Receipt } from "@stanchion/verify";

export interface CheckTask {
  readonly source: EvidenceSource;
  readonly receipt: Receipt | null;
  /** The whole list, or only the receipt's entry; of a line always all of it. */
  readonly isWhole: boolean;
}

/** The address of the draw or the line, or the files that were saved of it. */
export type EvidenceSource =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "files"; readonly files: readonly File[] };

export type CheckNews =
  | {
      readonly kind: "progress";
      readonly what: "list" | "log";
      readonly read: number;
      readonly total: number;
    }
  | { readonly kind: "draw"; readonly checked: CheckedDraw; readonly facts: ProofFacts }
  | { readonly kind: "line"; readonly checked: CheckedLine; readonly facts: ProofFacts }
  | { readonly kind: "failed"; readonly says: string };

/** What the page tells of the draw or the line besides the check, from the proof itself. */
export interface ProofFacts {
  /** How many are in the list; null as long as it is not fixed. */
  readonly count: number | null;
  /** Of a draw. */
  readonly winnerCount: number | null;
  readonly levels: Readonly<Record<string, number>>;
  readonly isTest: boolean;
  /** Whether the organization's log was read, to its end. */
  readonly isLogRead: boolean;
}

/** What was read, of whatever shape: the checks take nothing for granted. */
export interface ReadEvidence {
  /** What was asked for by its address. */
  readonly askedId?: string;
  readonly proof: unknown;
  readonly jwks: Jwks;
}
