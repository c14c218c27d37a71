import { canonicalEmail } from "@stanchion/contract";
import { exchangeAccount, vouch } from "./fake-accounts.ts";
import type { FakeHandlers } from "./fake-answers.ts";
import { makeCarryCode, spendCarryCode } from "./fake-carry.ts";
import { timeOf } from "./fake-ids.ts";
import { refreshSession, sendCode, startGuest, verifyCode } from "./fake-sessions.ts";
import { fingerprintFor } from "./fingerprints.ts";
import { refuse } from "./refusal.ts";

const bindsNothing = { requireFingerprint: false };

export const sessionHandlers: FakeHandlers = {
  createGuest: (world, call) => {
    call.body("noBody");
    return { status: 201, json: startGuest(world) };
  },
  refreshSession: (world, call) => ({
    json: refreshSession(world, call.body("refreshRequest").refreshToken),
  }),
  logout: (_, call) => {
    if (call.session !== null) call.session.isEnded = true;
    return { status: 204 };
  },
  requestCode: (world, call) => {
    sendCode(world, call.body("codeRequest").email);
    return { json: { ok: true } };
  },
  verifyCode: (world, call) => ({ json: verifyCode(world, call.body("codeVerify"), call.session) }),
  authorizeExternalAccount: (world, call) => {
    const { claims, ...account } = call.body("accountAuthorize");
    const isVerified = claims?.email_verified === true && typeof claims.email === "string";
    const email = isVerified ? canonicalEmail(claims.email ?? "") : null;
    return { status: 201, json: vouch(world, account, email) };
  },
  exchangeExternalAccount: (world, call) => ({
    json: exchangeAccount(world, call.body("accountExchange").exchangeCode, call.session),
  }),
  createCarryCode: (world, call) => {
    const fingerprint = fingerprintFor(call, bindsNothing);
    call.body("noBody");
    if (call.session === null) throw refuse("AUTHENTICATION_REQUIRED");
    const { code: carryCode, endsAtMs } = makeCarryCode(world, call.session, fingerprint);
    return { status: 201, json: { carryCode, expiresAt: timeOf(endsAtMs) } };
  },
  exchangeCarryCode: (world, call) => {
    const fingerprint = fingerprintFor(call, bindsNothing);
    return { json: spendCarryCode(world, call.body("carryExchange").carryCode, fingerprint) };
  },
};
