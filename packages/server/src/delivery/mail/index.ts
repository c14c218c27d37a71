export { createDevMailbox, type DevMailbox, type StoredMail } from "./dev-mailbox.ts";
export type { Mail } from "./mail.ts";
export { mailLimits } from "./mail-limits.ts";
export { type MailSettings, readMailAddress, readSmtpUrl, type SmtpServer } from "./mail-settings.ts";
export {
  createMailer,
  hasNotGoneOut,
  isAddressRefusedForGood,
  type Mailer,
  mayHaveGoneOut,
} from "./mailer.ts";
export { fillText, onOneLine } from "./plain-text.ts";
