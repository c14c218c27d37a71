import type { Clock } from "../../platform/clock.ts";
import type { Mail } from "./mail.ts";
import { mailLimits } from "./mail-limits.ts";

export interface StoredMail extends Mail {
  readonly sentAtMs: number;
}

/** Where the mails of test keys lie while there is no provider: in memory, the latest hundred. */
export interface DevMailbox {
  put(mail: Mail): void;
  /** The latest first. */
  list(): readonly StoredMail[];
}

export function createDevMailbox(clock: Clock): DevMailbox {
  const mails: StoredMail[] = [];
  return {
    put(mail) {
      mails.unshift({ ...mail, sentAtMs: clock.now() });
      mails.length = Math.min(mails.length, mailLimits.devMailboxMailsMax);
    },
    list: () => mails,
  };
}
