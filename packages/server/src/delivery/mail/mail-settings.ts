/** Who hands our mail on. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS where it is offered. */
  readonly isTlsFromStart: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface MailSettings {
  readonly server: SmtpServer;
  /** As MAIL_FROM has it: an address, or a name and an address in angle brackets. */
  readonly from: string;
  /** For all of a mail, from its turn in the queue to the provider's last word. */
  readonly deadlineMs: number;
}

const submissionPort = 587;
const submissionsPort = 465;

/**
 * The server that an SMTP_URL names; throws an Error that says what is wrong with it, without its password.
 *
 * @example readSmtpUrl("smtps://user:password@mail.example.com")
 */
export function readSmtpUrl(value: string): SmtpServer {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || (url.protocol !== "smtp:" && url.protocol !== "smtps:") || url.hostname === "")
    throw new Error("must be a URL that begins with smtp:// or smtps:// and names a host");
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "")
    throw new Error("must end with the host or its port; a path and options mean nothing here");
  const isTlsFromStart = url.protocol === "smtps:";
  const user = decode(url.username);
  const password = decode(url.password);
  if ((user === "") !== (password === ""))
    throw new Error(
      "must have a user and a password, or neither; special characters are written as %40 and the like",
    );
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? (isTlsFromStart ? submissionsPort : submissionPort) : Number(url.port),
    isTlsFromStart,
    login: user === "" ? null : { user, password },
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new Error("has a % in its user or password that is not written as %25", { cause });
  }
}

const addressPattern = /^[^\s@<>,"]+@[^\s@<>,"]+$/;
const namedPattern = /^([^<>\r\n]{1,200}) <([^\s@<>,"]+@[^\s@<>,"]+)>$/;

/** Checks a MAIL_FROM: `line@example.com` or `The Shop <line@example.com>`. */
export function readMailAddress(value: string): string {
  if (!addressPattern.test(value) && !namedPattern.test(value))
    throw new Error("must be an address, such as line@example.com or The Shop <line@example.com>");
  return value;
}

/** Is it this very machine? There nobody listens on the way, and certificates name other hosts. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
