import { randomInt } from "node:crypto";
import { bytesFromUuid, limits } from "@stanchion/contract";
import type { Mail } from "../delivery/mail/index.ts";
import type { Secrets } from "../platform/secrets.ts";

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

export function oneTimeCodeMail(to: string, code: string, organizationName: string): Mail {
  const name = organizationName.replace(/\s+/g, " ").trim();
  const minutes = limits.oneTimeCodeSeconds / 60;
  return {
    to,
    subject: `${code} is your code for ${name}`,
    text: `Your code for ${name}:

    ${code}

It is good for ${minutes} minutes and can be used once. If you have asked for several codes, only the last one works.
If you did not ask for it, do nothing: without this code nobody gets in. Do not pass it on to anyone.
`,
  };
}
