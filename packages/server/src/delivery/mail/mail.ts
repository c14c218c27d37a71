/** One mail to one person, in plain text. */
export interface Mail {
  /** An address, checked by the contract's schema. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** Of the text, as in Content-Language. */
  readonly language?: string;
  /** Names the mail, the same each time it is sent again: a mailbox can tell that it has it. Letters, digits, `.`, `_` and `-`. */
  readonly id?: string;
}
