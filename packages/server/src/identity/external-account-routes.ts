import { canonicalEmail, shapes } from "@stanchion/contract";
import type { Clock } from "../platform/clock.ts";
import { jsonAnswer, type OperationHost, registerOperation } from "../platform/http/index.ts";
import { authorizeAccount } from "./authorize-account.ts";
import type { DeviceProofs } from "./device-proofs.ts";
import { exchangeAccount } from "./exchange-account.ts";
import type { Revocations } from "./revocations.ts";
import type { SessionIssuer } from "./session-issuer.ts";

/** Signing in as whom the shop vouches for. */
export function registerExternalAccountRoutes(
  host: OperationHost,
  deps: { clock: Clock; revocations: Revocations; proofs: DeviceProofs; issuer: SessionIssuer },
): void {
  const ours = { database: host.database, clock: deps.clock };

  registerOperation(host, "authorizeExternalAccount", async (call) => {
    const { provider, issuer, subject, claims } = call.readBody(shapes.accountAuthorize);
    const isVerified = claims?.email_verified === true && typeof claims.email === "string";
    const { exchangeCode, expiresAt, resolution } = await authorizeAccount(ours, {
      tenant: call.tenant,
      account: { provider, issuer, subject },
      verifiedEmail: isVerified ? canonicalEmail(claims.email ?? "") : null,
      name: claims?.name ?? null,
    });
    return jsonAnswer(201, { exchangeCode, expiresAt: expiresAt.toISOString(), resolution });
  });

  registerOperation(host, "exchangeExternalAccount", async (call) => {
    const { exchangeCode } = call.readBody(shapes.accountExchange);
    const { actor, tenant } = call;
    const deviceKey = deps.proofs.keyForSession(call);
    const signedIn = await exchangeAccount(ours, {
      tenant,
      code: exchangeCode,
      present: actor.kind === "consumer" ? actor : null,
    });
    if (signedIn.endedFamilyId !== null) deps.revocations.addFamily(signedIn.endedFamilyId);
    const { organizationId, isLive } = tenant;
    const { consumerId } = signedIn;
    const subject = { organizationId, isLive, consumerId, isConfirmed: true, isExternal: true, deviceKey };
    return jsonAnswer(200, deps.issuer.start(subject));
  });
}
