/** A case that is measured right after the bare route of the same process. */
export interface Case {
  readonly name: string;
  readonly port: "bare" | "api";
  readonly expected: string;
  /** Runs on the server whose limits stand in the store. */
  readonly isShared?: boolean;
  requestOf(round: number, index: number): string;
  /** The same request asked of the bare route: the same method and headers, whose reading is then not counted as ours. */
  readonly asked?: string;
  before?(): Promise<void>;
}
