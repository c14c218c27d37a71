/** One mail to one person, in plain text. */
export interface Mail {
  /** An address, checked by the contract's schema. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}
