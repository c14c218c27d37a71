import { shapes } from "@stanchion/contract";
import type { Clock } from "../platform/clock.ts";
import { inOrganization } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import {
  countInHandler,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  registerOperation,
} from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import type { DeviceProofs, RestOfProof } from "./device-proofs.ts";
import type { Revocations } from "./revocations.ts";
import type { SessionIssuer } from "./session-issuer.ts";
import { sessionOver } from "./session-over.ts";
import { revokeSession, rotateSession } from "./session-store.ts";
import { readRefreshToken } from "./session-tokens.ts";

export function registerSessionRoutes(
  host: OperationHost,
  deps: {
    secrets: Secrets;
    clock: Clock;
    revocations: Revocations;
    proofs: DeviceProofs;
    issuer: SessionIssuer;
  },
): void {
  const { secrets, clock, proofs, issuer } = deps;

  // A guest costs no write: consumer and session family are inside the tokens until they first matter.
  registerOperation(host, "createGuest", (call) => {
    const deviceKey = proofs.keyForSession(call);
    call.readBody(shapes.noBody);
    const { organizationId, isLive } = call.tenant;
    const tokens = issuer.start({
      organizationId,
      isLive,
      isConfirmed: false,
      isExternal: false,
      consumerId: newUuid(clock.now()),
      deviceKey,
    });
    return jsonAnswer(201, tokens);
  });

  registerOperation(
    host,
    "refreshSession",
    async (call) => {
      const { claims, judgeProof } = await countInHandler(host, call, "general", () => {
        const { refreshToken } = call.readBody(shapes.refreshRequest);
        const read = readRefreshToken(secrets, refreshToken, clock.now());
        const { organizationId, isLive } = call.tenant;
        if (read.organizationId !== organizationId || read.isLive !== isLive) throw apiError("INVALID_TOKEN");
        // Before anything is spent: who has the token and not the key neither renews nor ends the session.
        return {
          value: { claims: read, judgeProof: proofFor(proofs, call, read.deviceKey) },
          countedBy: read.familyId,
        };
      });
      const fault = judgeProof?.() ?? null;
      if (fault !== null) throw fault;
      const rotation = await rotateSession(host.database, claims);
      if (claims.deviceKey !== null) proofs.offerNonce(call.request);
      if (rotation.outcome === "rotated") return jsonAnswer(200, issuer.tokensOf({ ...claims, ...rotation }));
      const isCarried = rotation.outcome === "carried";
      deps.revocations[isCarried ? "addCarried" : "addFamily"](claims.familyId);
      throw rotation.outcome === "reused" ? apiError("TOKEN_REUSED") : sessionOver(isCarried);
    },
    { isCountedInHandler: true },
  );

  registerOperation(host, "logout", async (call) => {
    const { consumer } = call;
    const { tenant, consumerId, familyId } = consumer;
    await inOrganization(host.database, tenant, (db) =>
      revokeSession(db, { ...tenant, consumerId, familyId }),
    );
    deps.revocations.addFamily(familyId);
    return { status: 204 };
  });
}

function proofFor(
  proofs: DeviceProofs,
  { request }: OperationCall,
  deviceKey: Uint8Array | null,
): RestOfProof {
  if (deviceKey === null) return null;
  return proofs.require(request, { credential: "refreshToken", deviceKey, accessToken: null });
}
