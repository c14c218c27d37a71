import { randomInt } from "node:crypto";
import { bytesFromUuid, limits, pickLanguage } from "@stanchion/contract";
import { fillText, type Mail, onOneLine } from "../delivery/mail/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { codeWords } from "./one-time-code-words.ts";

/** Whose address in which organization and mode; 16 bytes. The table of codes holds no address and no code, only these. */
export function addressKeyOf(
  secrets: Secrets,
  tenant: { organizationId: string; isLive: boolean },
  email: string,
): Buffer {
  const { organizationId, isLive } = tenant;
  return secrets.mac(
    "mail-address",
    Buffer.concat([bytesFromUuid(organizationId), Buffer.from([isLive ? 1 : 0]), Buffer.from(email)]),
  );
}

/** What is kept of a code for an address; 16 bytes. */
export function codeMacOf(secrets: Secrets, addressKey: Buffer, code: string): Buffer {
  return secrets.mac("one-time-code", Buffer.concat([addressKey, Buffer.from(code)]));
}

/** Six digits, each code as likely as every other. */
export function newOneTimeCode(random: (max: number) => number = randomInt): string {
  const { oneTimeCodeDigits } = limits;
  return String(random(10 ** oneTimeCodeDigits)).padStart(oneTimeCodeDigits, "0");
}

/** `wishes`: the languages that the fan's browser asks for, the best first. */
export function oneTimeCodeMail(
  to: string,
  { code, organizationName, wishes }: { code: string; organizationName: string; wishes: readonly string[] },
): Mail {
  const language = pickLanguage(wishes);
  const words = codeWords[language];
  const facts = { code, shop: onOneLine(organizationName), minutes: String(limits.oneTimeCodeSeconds / 60) };
  const say = (text: string): string => fillText(text, facts);
  return {
    to,
    language,
    subject: say(words.subject),
    text: `${say(words.code)}

    ${code}

${say(words.use)}
${words.warning}
`,
  };
}
