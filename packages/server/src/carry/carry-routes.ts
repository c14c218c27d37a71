import { shapes } from "@stanchion/contract";
import type { DeviceProofs, Revocations, SessionIssuer } from "../identity/index.ts";
import type { Clock } from "../platform/clock.ts";
import { jsonAnswer, type OperationHost, registerOperation } from "../platform/http/index.ts";
import { createCarryCode } from "./create-carry-code.ts";
import { exchangeCarryCode } from "./exchange-carry-code.ts";

/** Going on with another device. */
export function registerCarryRoutes(
  host: OperationHost,
  deps: { clock: Clock; revocations: Revocations; proofs: DeviceProofs; issuer: SessionIssuer },
): void {
  const { clock, revocations, proofs, issuer } = deps;

  registerOperation(host, "createCarryCode", async (call) => {
    const fingerprint = call.fingerprint();
    call.readBody(shapes.noBody);
    const { carryCode, expiresAt } = await createCarryCode(host.database, call.consumer, fingerprint);
    return jsonAnswer(201, { carryCode, expiresAt: expiresAt.toISOString() });
  });

  registerOperation(host, "exchangeCarryCode", async (call) => {
    const deviceKey = proofs.keyForSession(call);
    const fingerprint = call.fingerprint();
    const { carryCode } = call.readBody(shapes.carryExchange);
    const carried = await exchangeCarryCode(
      { database: host.database, clock },
      { tenant: call.tenant, code: carryCode, device: { fingerprint, deviceKey } },
    );
    revocations.addCarried(carried.endedFamilyId);
    return jsonAnswer(200, issuer.tokensOf(carried.session));
  });
}
