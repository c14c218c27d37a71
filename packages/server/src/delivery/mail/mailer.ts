import MailComposer from "nodemailer/lib/mail-composer";
import type { Clock } from "../../platform/clock.ts";
import { ApiError, apiError } from "../../platform/errors/index.ts";
import type { Metrics } from "../../platform/metrics/index.ts";
import { CircuitBreaker, type Pass } from "./circuit-breaker.ts";
import type { DevMailbox } from "./dev-mailbox.ts";
import type { Mail } from "./mail.ts";
import { MailFailure, toMailFailure } from "./mail-failure.ts";
import { mailLimits } from "./mail-limits.ts";
import type { MailSettings } from "./mail-settings.ts";
import { SmtpPool, TooManyMails } from "./smtp-pool.ts";

/** Hands mails to the provider. Every failure is a row of the contract, whose cause is for the log alone. */
export interface Mailer {
  /** Is there a way for mails of this mode at all? */
  isSetUp(isLive: boolean): boolean;
  /** Refuses with MAIL_PROVIDER_FAILED where there is none. */
  requireSetUp(isLive: boolean): void;
  /** Refuses where a mail of this mode could not be sent now: UPSTREAM_UNAVAILABLE, or MAIL_PROVIDER_FAILED without a provider. */
  requireProvider(isLive: boolean): void;
  /**
   * Answers once the provider has accepted it; `ending` breaks it off. Throws MAIL_PROVIDER_FAILED, MAIL_PROVIDER_TIMEOUT,
   * UPSTREAM_UNAVAILABLE or OVERLOADED.
   */
  send(mail: Mail, isLive: boolean, ending?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** May a mail have gone out whose sending failed so? A provider that was too slow may have taken it. */
export function mayHaveGoneOut(thrown: unknown): boolean {
  return !(thrown instanceof ApiError) || thrown.code === "MAIL_PROVIDER_TIMEOUT";
}

/** Has the mail certainly not gone out, so that sending it again cannot make it two? */
export function hasNotGoneOut(thrown: unknown): boolean {
  if (!(thrown instanceof ApiError)) return false;
  return !(thrown.cause instanceof MailFailure && thrown.cause.isOutcomeUnknown);
}

/** Does the provider refuse the address for good? */
export function isAddressRefusedForGood(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.cause instanceof MailFailure && thrown.cause.isForGood;
}

export interface MailerDeps {
  /** Null: test keys write to the mailbox, live keys are refused. */
  readonly settings: MailSettings | null;
  readonly mailbox: DevMailbox;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export function createMailer(deps: MailerDeps): Mailer {
  const sent = deps.metrics.counter("stanchion_mails_sent_total", "Mails that the provider has accepted");
  const failed = deps.metrics.counter("stanchion_mails_failed_total", "Mails that could not be handed over");
  const tallied = async (sending: Promise<void>): Promise<void> => {
    try {
      await sending;
      sent.add(1);
    } catch (error) {
      failed.add(1);
      throw error;
    }
  };
  const mailer = deps.settings === null ? mailboxMailer(deps.mailbox) : smtpMailer(deps.settings, deps);
  return { ...mailer, send: (mail, isLive, ending) => tallied(mailer.send(mail, isLive, ending)) };
}

function mailboxMailer(mailbox: DevMailbox): Mailer {
  const requireSetUp = (isLive: boolean): void => {
    if (isLive)
      throw apiError("MAIL_PROVIDER_FAILED", {
        cause: new MailFailure("failed", "SMTP_URL is not set"),
        details: {
          hint: "This server has no mail provider configured: no mail goes out until whoever runs it has set SMTP_URL and MAIL_FROM. Then send the same again.",
        },
      });
  };
  return {
    isSetUp: (isLive) => !isLive,
    requireSetUp,
    requireProvider: requireSetUp,
    async send(mail, isLive) {
      requireSetUp(isLive);
      mailbox.put(mail);
    },
    async close() {},
  };
}

function smtpMailer(settings: MailSettings, { clock, metrics }: MailerDeps): Mailer {
  const pool = new SmtpPool(settings.server, settings.deadlineMs);
  const breaker = new CircuitBreaker(clock, mailLimits);
  metrics.gauge("stanchion_mails_under_way", "Mails that are being handed over", () => pool.underWay);
  metrics.gauge("stanchion_mail_provider_resting", "1 while the mail provider is left alone", () =>
    breaker.isOpen ? 1 : 0,
  );

  const enter = (): Pass => {
    const pass = breaker.enter();
    if (typeof pass === "number") throw unavailable(pass);
    return pass;
  };
  const refusalFor = (pass: Pass, thrown: unknown): ApiError => {
    if (thrown instanceof TooManyMails) {
      breaker.giveBack(pass);
      return apiError("OVERLOADED", { cause: thrown, retryAfterSeconds: 5 });
    }
    const failure = toMailFailure(thrown);
    // Whoever asks for mails to addresses that do not exist must not stop those of everybody else.
    if (failure.kind === "addressRefused") breaker.noteSuccess();
    else breaker.noteFailure(pass);
    if (failure.kind === "tooSlow") return apiError("MAIL_PROVIDER_TIMEOUT", { cause: failure });
    return apiError("MAIL_PROVIDER_FAILED", {
      cause: failure,
      details: { hint: "Check the address and try again." },
    });
  };

  return {
    isSetUp: () => true,
    requireSetUp() {},
    requireProvider() {
      const waitSeconds = breaker.secondsToWait();
      if (waitSeconds > 0) throw unavailable(waitSeconds);
    },
    async send(mail, _isLive, ending) {
      const pass = enter();
      try {
        const { envelope, message } = await compose(settings.from, mail);
        await pool.send(envelope, message, ending);
        breaker.noteSuccess();
      } catch (error) {
        throw refusalFor(pass, error);
      }
    },
    close: () => pool.close(),
  };
}

function unavailable(retryAfter: number): ApiError {
  return apiError("UPSTREAM_UNAVAILABLE", {
    retryAfterSeconds: retryAfter,
    details: { retryAfter },
    cause: new MailFailure("failed", "the mail provider is left alone after failures in a row"),
  });
}

/** The message as it goes over the wire. Its envelope is the sender's bare address and the one recipient. */
async function compose(from: string, mail: Mail) {
  const node = new MailComposer({
    from,
    to: { name: "", address: mail.to },
    subject: mail.subject,
    text: mail.text,
    ...(mail.id === undefined ? {} : { messageId: `<${mail.id}@${domainOf(from)}>` }),
    headers: {
      "Auto-Submitted": "auto-generated",
      ...(mail.language === undefined ? {} : { "Content-Language": mail.language }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const envelope = { from: String(node.getEnvelope().from), to: mail.to };
  return { envelope, message: await node.build() };
}

/** Of an address, or of a name and an address in angle brackets. */
function domainOf(from: string): string {
  return from.slice(from.lastIndexOf("@") + 1).replace(/>$/, "");
}
