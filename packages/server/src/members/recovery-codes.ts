import { randomBytes } from "node:crypto";
import { bytesFromUuid } from "@stanchion/contract";
import type { Secrets } from "../platform/secrets.ts";
import { base32Of } from "./totp.ts";

const codesMade = 10;
const codeBytes = 7;
const shape = /^[A-Z2-7]{5}-?[A-Z2-7]{5}$/;

/** New codes for who has lost the authenticator: ten characters in two groups, each good once. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: codesMade }, () => {
    const text = base32Of(randomBytes(codeBytes)).slice(0, 10);
    return `${text.slice(0, 5)}-${text.slice(5)}`;
  });
}

/** What is kept of a recovery code of an account; null where the text is none. However it was typed. */
export function recoveryCodeMac(secrets: Secrets, accountId: string, given: string): Buffer | null {
  const code = given.replace(/\s/g, "").toUpperCase();
  if (!shape.test(code)) return null;
  const data = Buffer.concat([bytesFromUuid(accountId), Buffer.from(code.replace("-", ""))]);
  return secrets.mac("recovery-code", data);
}
