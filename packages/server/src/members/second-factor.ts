import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import type { AccountRow } from "./account-store.ts";
import { recoveryCodeMac } from "./recovery-codes.ts";
import { spendRecoveryCode, takeTotpStep } from "./second-factor-store.ts";
import { findTotpStep } from "./totp.ts";

interface FactorDeps {
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/** Judges a code of the authenticator, or a recovery code, and uses it up. Throws INVALID_OTP. */
export async function judgeSecondFactor(
  db: Kysely<Tables>,
  deps: FactorDeps,
  account: AccountRow,
  code: string,
): Promise<void> {
  const step = stepOf(deps, account, code);
  if (step !== null && (await takeTotpStep(db, account.id, step))) return;
  const codeMac = recoveryCodeMac(deps.secrets, account.id, code);
  if (codeMac !== null && (await spendRecoveryCode(db, account.id, codeMac))) return;
  throw apiError("INVALID_OTP");
}

/** The step that a code of the authenticator is of; null where it is of none. */
export function stepOf({ secrets, clock }: FactorDeps, account: AccountRow, code: string): number | null {
  if (account.sealedTotpSecret === null) return null;
  const secret = secrets.decrypt(account.sealedTotpSecret);
  return findTotpStep(secret, code.replace(/\s/g, ""), clock.now(), account.totpStep);
}
