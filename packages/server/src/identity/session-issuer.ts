import { encodeId, limits, type SessionTokens } from "@stanchion/contract";
import type { Clock } from "../platform/clock.ts";
import { newUuid } from "../platform/randomness.ts";
import type { Secrets } from "../platform/secrets.ts";
import {
  issueAccessToken,
  issueRefreshToken,
  type RefreshClaims,
  type TokenSubject,
} from "./session-tokens.ts";

/** Makes the tokens of sessions. It writes nothing: consumer and session family are inside the tokens. */
export interface SessionIssuer {
  /** A new session. */
  start(subject: Omit<TokenSubject, "familyId">): SessionTokens;
  /** The tokens that go on with a session. */
  tokensOf(claims: RefreshClaims): SessionTokens;
}

export function createSessionIssuer({ secrets, clock }: { secrets: Secrets; clock: Clock }): SessionIssuer {
  const tokensOf = (claims: RefreshClaims): SessionTokens => {
    const nowMs = clock.now();
    return {
      session: {
        type: claims.isConfirmed ? "authenticated" : "guest",
        consumerId: encodeId("consumer", claims.consumerId),
        expiresAt: new Date(claims.expiresAtSeconds * 1000).toISOString(),
      },
      tokenType: claims.deviceKey === null ? "Bearer" : "DPoP",
      accessToken: issueAccessToken(secrets, claims, nowMs),
      refreshToken: issueRefreshToken(secrets, claims),
      expiresIn: limits.accessTokenSeconds,
      refreshExpiresIn: Math.max(0, claims.expiresAtSeconds - Math.floor(nowMs / 1000)),
    };
  };
  return {
    tokensOf,
    start(subject) {
      const nowMs = clock.now();
      return tokensOf({
        ...subject,
        familyId: newUuid(nowMs),
        generation: 0,
        expiresAtSeconds: Math.floor(nowMs / 1000) + limits.refreshTokenSeconds,
      });
    },
  };
}
