import { limits } from "@stanchion/contract";
import type { Mailer } from "../delivery/mail/index.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inOrganization } from "../platform/database/index.ts";
import { ApiError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { addressKeyOf, codeMacOf, newOneTimeCode, oneTimeCodeMail } from "./one-time-code.ts";
import { replaceCode, secondsUntilNextCode, withdrawCode } from "./one-time-code-store.ts";
import { readOrganization } from "./organization-store.ts";
import { pastAddressLimit } from "./past-address-limit.ts";

export interface CodeDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly secrets: Secrets;
  readonly mailer: Mailer;
}

/**
 * Sends a new code to an address, which kills the one before it. Whether anybody is known by the address is not looked at.
 * Throws RATE_LIMITED, or what the {@link Mailer} throws.
 */
export async function requestCode(deps: CodeDeps, tenant: Tenant, email: string): Promise<void> {
  const { database, secrets, mailer, clock } = deps;
  // Before anything is written: while the provider is down a code that was sent before stays good.
  mailer.requireProvider(tenant.isLive);
  const addressKey = addressKeyOf(secrets, tenant, email);
  const code = newOneTimeCode();
  const codeMac = codeMacOf(secrets, addressKey, code);
  const name = await inOrganization(database, tenant, async (db) => {
    if (!(await replaceCode(db, addressKey, codeMac)))
      throw pastAddressLimit(clock, {
        limit: limits.oneTimeCodesPerAddressMax,
        windowSeconds: limits.oneTimeCodesPerAddressSeconds,
        secondsLeft: Math.max(1, await secondsUntilNextCode(db, addressKey)),
      });
    return (await readOrganization(db, tenant)).name;
  });
  try {
    await mailer.send(oneTimeCodeMail(email, code, name), tenant.isLive);
  } catch (error) {
    if (!mayHaveArrived(error))
      await inOrganization(database, tenant, (db) => withdrawCode(db, addressKey, codeMac));
    throw error;
  }
}

/** A provider that was too slow may have taken the mail: its code must work when it comes. */
function mayHaveArrived(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code === "MAIL_PROVIDER_TIMEOUT";
}
