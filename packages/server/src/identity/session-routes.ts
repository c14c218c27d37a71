import { encodeId, limits, type SessionTokens, shapes } from "@stanchion/contract";
import type { Clock } from "../platform/clock.ts";
import { apiError } from "../platform/errors/index.ts";
import { countInHandler, jsonAnswer, type OperationHost, registerOperation } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import type { Revocations } from "./revocations.ts";
import { revokeSession, rotateSession } from "./session-store.ts";
import {
  issueAccessToken,
  issueRefreshToken,
  type RefreshClaims,
  readRefreshToken,
} from "./session-tokens.ts";

export function registerSessionRoutes(
  host: OperationHost,
  deps: { secrets: Secrets; clock: Clock; revocations: Revocations },
): void {
  const { secrets, clock } = deps;

  const tokensOf = (claims: RefreshClaims): SessionTokens => {
    const nowMs = clock.now();
    return {
      session: {
        type: "guest",
        consumerId: encodeId("consumer", claims.consumerId),
        expiresAt: new Date(claims.expiresAtSeconds * 1000).toISOString(),
      },
      accessToken: issueAccessToken(secrets, claims, nowMs),
      refreshToken: issueRefreshToken(secrets, claims),
      expiresIn: limits.accessTokenSeconds,
      refreshExpiresIn: Math.max(0, claims.expiresAtSeconds - Math.floor(nowMs / 1000)),
    };
  };

  // A guest costs no write: consumer and session family are inside the tokens until they first matter.
  registerOperation(host, "createGuest", (call) => {
    call.readBody(shapes.noBody);
    const nowMs = clock.now();
    const { organizationId, isLive } = call.tenant;
    const tokens = tokensOf({
      organizationId,
      isLive,
      consumerId: newUuid(nowMs),
      familyId: newUuid(nowMs),
      generation: 0,
      expiresAtSeconds: Math.floor(nowMs / 1000) + limits.refreshTokenSeconds,
    });
    return jsonAnswer(201, tokens);
  });

  registerOperation(
    host,
    "refreshSession",
    async (call) => {
      const { refreshToken } = call.readBody(shapes.refreshRequest);
      const claims = countInHandler(host, call, "general", () => {
        const read = readRefreshToken(secrets, refreshToken, clock.now());
        const { organizationId, isLive } = call.tenant;
        if (read.organizationId !== organizationId || read.isLive !== isLive) throw apiError("INVALID_TOKEN");
        return { value: read, countedBy: read.familyId };
      });
      const rotation = await rotateSession(host.database, claims);
      if (rotation.outcome === "rotated") return jsonAnswer(200, tokensOf({ ...claims, ...rotation }));
      deps.revocations.add(claims.familyId);
      throw apiError(rotation.outcome === "reused" ? "TOKEN_REUSED" : "INVALID_TOKEN");
    },
    { isCountedInHandler: true },
  );

  registerOperation(host, "logout", async (call) => {
    const { consumer } = call;
    await revokeSession(host.database, {
      ...consumer.tenant,
      consumerId: consumer.consumerId,
      familyId: consumer.familyId,
    });
    deps.revocations.add(consumer.familyId);
    return { status: 204 };
  });
}
