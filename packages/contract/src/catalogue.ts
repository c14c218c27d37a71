import { type ErrorCode, errorCodes, errorTable, type IssueType, type ValidationIssue } from "./errors.ts";

/**
 * The words of every refusal in one language, keyed by code and by type of issue. Another language is one more file with
 * one more of these, named in {@link catalogues}: nothing that refuses has to know of it.
 */
export interface Catalogue {
  /** A language tag as in Content-Language, such as `en`. */
  readonly language: string;
  /** `{name}` is filled from the details. */
  readonly errors: Readonly<Record<ErrorCode, string>>;
  readonly issues: Readonly<Record<IssueType, IssueText>>;
  /** What an issue is about that names no field. */
  readonly wholeBody: string;
}

/** `field` as a person reads it, `expected` as the issue has it. */
export type IssueText = (field: string, expected: string) => string;

/** English: the words of the error table itself. */
export const english: Catalogue = {
  language: "en",
  errors: messagesOfTable(),
  issues: {
    required: (field) => `${field} is needed.`,
    email: (field, expected) => `${field} must be an e-mail address${expected.replace(/^valid email/, "")}.`,
    min_length: (field, expected) => `${field} must have at least ${expected}.`,
    max_length: (field, expected) => `${field} must have at most ${expected}.`,
    pattern: (field, expected) => `${field} must be ${expected}.`,
    unique: () => "validation.unique",
    type: (field, expected) => `${field} must be ${expected}.`,
    unknown_field: (field) => `${field} is not a field of this operation.`,
    min_value: (field, expected) => `${field} must be at least ${expected}.`,
    max_value: (field, expected) => `${field} must be at most ${expected}.`,
    enum: (field, expected) => `${field} must be ${expected.includes("|") ? "one of " : ""}${expected}.`,
    format: (field, expected) => `${field} must be a valid ${expected}.`,
    reference: (field, expected) => `${field} must name an existing ${expected}.`,
    order: (field, expected) =>
      `${field} must ${expected.startsWith("not ") ? expected.replace(/^not/, "not be") : `be ${expected}`}.`,
  },
  wholeBody: "The body",
};

/** Every language that there is, the one for everybody else first. */
export const catalogues: readonly Catalogue[] = [english];

/** The sentence about an issue in the catalogue's language. */
export function issueMessage(
  { issues, wholeBody }: Catalogue,
  { type, expected, path }: Pick<ValidationIssue, "type" | "expected" | "path">,
): string {
  return issues[type](path.length === 0 ? wholeBody : path.map((step) => step.key).join("."), expected);
}

function messagesOfTable(): Record<ErrorCode, string> {
  // Every code is a key of the table, so every code has its message.
  return Object.fromEntries(errorCodes.map((code) => [code, errorTable[code].message])) as Record<
    ErrorCode,
    string
  >;
}
