import { mailLimits } from "./mail-limits.ts";

/**
 * `failed`: the provider is not there or not able; `tooSlow`: it did not come to an end in time; `addressRefused`: it is
 * well and does not take mail for this address.
 */
export type MailFailureKind = "failed" | "tooSlow" | "addressRefused";

/** Why a mail could not be handed over. The message is for the log: it repeats neither credentials nor content. */
export class MailFailure extends Error {
  readonly kind: MailFailureKind;
  constructor(kind: MailFailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "MailFailure";
    this.kind = kind;
  }

  /** Was the mail being handed over when it was ended? The provider may have taken it. */
  get isOutcomeUnknown(): boolean {
    return this.cause instanceof MailBrokenOff && this.cause.wasHandingOver;
  }

  /** Is the address refused, and not only for now? */
  get isForGood(): boolean {
    const { responseCode = 0 }: SmtpError = Object(this.cause);
    return this.kind === "addressRefused" && responseCode >= permanentReplies;
  }
}

/** From this reply code on a provider says no for good; below it, not now. */
const permanentReplies = 500;

/** We ended a mail that was under way. */
export class MailBrokenOff extends Error {
  /** Was the mail itself under way by then, rather than a turn, a connection or a sign-in waited for? */
  wasHandingOver = false;
}

/** The time for a mail is over. */
export class MailTooSlow extends MailBrokenOff {
  constructor(deadlineMs: number) {
    super(`not done within ${deadlineMs} ms`);
    this.name = "MailTooSlow";
  }
}

/** What the SMTP library puts on its errors. */
interface SmtpError extends Error {
  readonly code?: string;
  readonly originalCode?: string;
  /** The step that failed, such as `RCPT TO`; `CONN` for the connection as a whole. */
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

// What a provider says after these has nothing of ours in it but the sender; after AUTH, RCPT TO and DATA it may repeat
// a password, an address or a code.
const harmlessSteps: ReadonlySet<string> = new Set(["CONN", "EHLO", "HELO", "STARTTLS", "MAIL FROM"]);

const closingReply = 421;

/** What a thrown error of the way to the provider comes to. */
export function toMailFailure(thrown: unknown): MailFailure {
  if (thrown instanceof MailFailure) return thrown;
  const error: SmtpError = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new MailFailure(kindOf(error), describe(error), error);
}

function kindOf(error: SmtpError): MailFailureKind {
  if (error instanceof MailTooSlow) return "tooSlow";
  if (error.code === "ETIMEDOUT" || error.originalCode === "ETIMEDOUT") return "tooSlow";
  const { command, responseCode } = error;
  if (command === "RCPT TO" && responseCode !== undefined && responseCode !== closingReply)
    return "addressRefused";
  return "failed";
}

function describe({ command, code, response, responseCode, message }: SmtpError): string {
  const step = command ?? "CONN";
  const word = code ?? "failed";
  if (response === undefined) return `${step}: ${word}: ${printable(message)}`;
  return harmlessSteps.has(step)
    ? `${step}: ${word}: replied ${printable(response)}`
    : `${step}: ${word}: replied ${responseCode ?? "nonsense"}`;
}

function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, mailLimits.replyCharactersLogged);
}

/** Was it the connection that broke, rather than something that was refused? On a fresh one the same mail may pass. */
export function isConnectionBroken(thrown: unknown): boolean {
  const { code, responseCode } = Object(thrown) as SmtpError;
  if (responseCode !== undefined) return responseCode === closingReply;
  return code === "ECONNECTION" || code === "ESOCKET";
}
