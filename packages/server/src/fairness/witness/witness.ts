/** What a third party gave in witness of a statement, as a draw's proof shows it. */
export interface WitnessRecord {
  readonly kind: "rfc3161";
  /** When the witness saw the statement, by its own clock; UTC with milliseconds. */
  readonly at: string;
  /** SHA-256 of the statement's bytes, in hex: all that the witness was shown. */
  readonly digest: string;
  /** The token that the witness signed, DER in base64. */
  readonly token: string;
}

/** Somebody apart from the operator who vouches that a statement existed at a time. */
export interface Witness {
  /**
   * Has the statement witnessed, and verifies what came back.
   * @throws {WitnessError} when the witness cannot be asked, or what it answered does not hold
   */
  stamp(statement: string): Promise<WitnessRecord>;
}

/** The message says why, for the log. */
export class WitnessError extends Error {
  override readonly name = "WitnessError";
}
