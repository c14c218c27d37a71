import { canonicalEmail, shapes } from "@stanchion/contract";
import { inOrganization } from "../platform/database/index.ts";
import { wishedLanguages } from "../platform/errors/index.ts";
import { jsonAnswer, type OperationHost, registerOperation } from "../platform/http/index.ts";
import type { DeviceProofs } from "./device-proofs.ts";
import { hasAccount } from "./external-account-store.ts";
import { type CodeDeps, requestCode } from "./request-code.ts";
import type { Revocations } from "./revocations.ts";
import type { SessionIssuer } from "./session-issuer.ts";
import { verifyCode } from "./verify-code.ts";

/** Signing in by a code that is sent to an address. */
export function registerOneTimeCodeRoutes(
  host: OperationHost,
  deps: CodeDeps & { revocations: Revocations; proofs: DeviceProofs; issuer: SessionIssuer },
): void {
  registerOperation(host, "requestCode", async (call) => {
    const { email } = call.readBody(shapes.codeRequest);
    const wishes = wishedLanguages(call.request.headers["accept-language"]);
    await requestCode(deps, call.tenant, canonicalEmail(email), wishes);
    return jsonAnswer(200, { ok: true });
  });

  registerOperation(host, "verifyCode", async (call) => {
    const { email, code } = call.readBody(shapes.codeVerify);
    const { actor, tenant } = call;
    const deviceKey = deps.proofs.keyForSession(call);
    const signedIn = await verifyCode(deps, {
      tenant,
      email: canonicalEmail(email),
      code,
      present: actor.kind === "consumer" ? actor : null,
    });
    if (signedIn.endedFamilyId !== null) deps.revocations.addFamily(signedIn.endedFamilyId);
    const { organizationId, isLive } = tenant;
    const { consumerId } = signedIn;
    const isExternal = await inOrganization(host.database, tenant, (db) =>
      hasAccount(db, tenant, consumerId),
    );
    const subject = { organizationId, isLive, consumerId, isConfirmed: true, isExternal, deviceKey };
    return jsonAnswer(200, deps.issuer.start(subject));
  });
}
