import { randomBytes } from "node:crypto";
import { shapes } from "@stanchion/contract";
import { apiError } from "../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../platform/http/index.ts";
import { findAccount, updateAccount } from "./account-store.ts";
import { browserOf, type MemberDeps } from "./own-member-routes.ts";
import { newRecoveryCodes, recoveryCodeMac } from "./recovery-codes.ts";
import { stepOf } from "./second-factor.ts";
import { replaceRecoveryCodes, takeTotpStep } from "./second-factor-store.ts";
import { judgePassword } from "./sign-in.ts";
import { base32Of, totpUri } from "./totp.ts";

const secretBytes = 20;
const isOn = {
  state: "SECOND_FACTOR_ON",
  hint: "Turn it off first, to begin anew with another authenticator.",
};
const isNotBegun = {
  state: "SECOND_FACTOR_OFF",
  hint: "Enrol first: the answer has the secret for the authenticator.",
};

/** A code of an authenticator besides the password. */
export function registerSecondFactorRoutes(host: OperationHost, deps: MemberDeps): void {
  const { secrets, clock } = deps;
  const db = host.database.kysely;

  const requirePassword = async (call: OperationCall, password: string) => {
    const { email } = await findAccount(db, call.member.accountId);
    const browser = browserOf(host, call.request);
    const { account, forgive } = await judgePassword(db, deps, { email, password, browser });
    await forgive();
    return account;
  };

  registerOperation(host, "enrolSecondFactor", async (call) => {
    const { password } = call.readBody(shapes.passwordProof);
    const account = await requirePassword(call, password);
    if (account.totpConfirmedAt !== null) throw apiError("INVALID_STATE", { details: isOn });
    const secret = randomBytes(secretBytes);
    await updateAccount(db, account.id, { sealedTotpSecret: secrets.encrypt(secret), totpStep: null });
    return jsonAnswer(200, { secret: base32Of(secret), uri: totpUri(secret, account.email) });
  });

  registerOperation(host, "confirmSecondFactor", async (call) => {
    const { code } = call.readBody(shapes.secondFactorCode);
    const account = await findAccount(db, call.member.accountId);
    if (account.totpConfirmedAt !== null || account.sealedTotpSecret === null) {
      throw apiError("INVALID_STATE", { details: account.totpConfirmedAt === null ? isNotBegun : isOn });
    }
    const step = stepOf(deps, account, code);
    if (step === null || !(await takeTotpStep(db, account.id, step))) throw apiError("INVALID_OTP");
    const recoveryCodes = newRecoveryCodes();
    const macs = recoveryCodes.flatMap((one) => recoveryCodeMac(secrets, account.id, one) ?? []);
    await db.transaction().execute(async (transaction) => {
      await replaceRecoveryCodes(transaction, account.id, macs);
      await updateAccount(transaction, account.id, { totpConfirmedAt: new Date(clock.now()) });
    });
    return jsonAnswer(200, { recoveryCodes });
  });

  registerOperation(host, "disableSecondFactor", async (call) => {
    const { password } = call.readBody(shapes.passwordProof);
    const account = await requirePassword(call, password);
    await db.transaction().execute(async (transaction) => {
      await replaceRecoveryCodes(transaction, account.id, []);
      const off = { sealedTotpSecret: null, totpConfirmedAt: null, totpStep: null };
      await updateAccount(transaction, account.id, off);
    });
    return { status: 204 };
  });
}
