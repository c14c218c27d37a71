import { limits } from "@stanchion/contract";
import { type Mailer, mayHaveGoneOut } from "../delivery/mail/index.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inOrganization } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { countDelivery, giveDeliveryBack } from "../platform/quotas/index.ts";
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
 * `wishes`: the languages that the mail may be written in, the best first. Throws RATE_LIMITED, QUOTA_EXCEEDED, or what the {@link Mailer} throws.
 */
export async function requestCode(
  deps: CodeDeps,
  tenant: Tenant,
  email: string,
  wishes: readonly string[],
): Promise<void> {
  const { database, secrets, mailer, clock } = deps;
  // Before anything is written: while the provider is down a code that was sent before stays good.
  mailer.requireProvider(tenant.isLive);
  const addressKey = addressKeyOf(secrets, tenant, email);
  const code = newOneTimeCode();
  const codeMac = codeMacOf(secrets, addressKey, code);
  const { name, counted } = await inOrganization(database, tenant, async (db) => {
    if (!(await replaceCode(db, addressKey, codeMac)))
      throw pastAddressLimit(clock, {
        limit: limits.oneTimeCodesPerAddressMax,
        windowSeconds: limits.oneTimeCodesPerAddressSeconds,
        secondsLeft: Math.max(1, await secondsUntilNextCode(db, addressKey)),
      });
    // A refusal takes the new code back with it, so that the one before stays good.
    const delivery = await countDelivery(db, tenant.organizationId);
    return { name: (await readOrganization(db, tenant)).name, counted: delivery };
  });
  try {
    await mailer.send(oneTimeCodeMail(email, { code, organizationName: name, wishes }), tenant.isLive);
  } catch (error) {
    if (!mayHaveGoneOut(error))
      await inOrganization(database, tenant, async (db) => {
        await withdrawCode(db, addressKey, codeMac);
        await giveDeliveryBack(db, counted);
      });
    throw error;
  }
}
