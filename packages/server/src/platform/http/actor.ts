import type { RateLimitOverrides, Role, Scope } from "@stanchion/contract";

/** Who is calling, as the credential says. */
export type Actor = AnyoneActor | KeyActor | ConsumerActor | MemberActor;

export interface AnyoneActor {
  readonly kind: "anyone";
}

/** An organization in one mode, with what every call of it needs. */
export interface Tenant {
  readonly organizationId: string;
  readonly organizationBytes: Uint8Array;
  readonly isLive: boolean;
  /** Null: the host's numbers. */
  readonly rateLimits: RateLimitOverrides | null;
  /** Null: test keys any origin, live keys only the server's own. */
  readonly allowedOrigins: readonly string[] | null;
}

export interface KeyActor {
  readonly kind: "key";
  readonly keyKind: "publishable" | "secret";
  readonly keyId: string;
  /** What a secret key may do; a publishable one has none. */
  readonly scopes: readonly Scope[];
  readonly tenant: Tenant;
}

export interface ConsumerActor {
  readonly kind: "consumer";
  readonly tenant: Tenant;
  readonly consumerId: string;
  readonly consumerBytes: Uint8Array;
  /** Has this session shown that an address is its own? */
  readonly isConfirmed: boolean;
  /** Had its person an account of the shop's own when the session began? */
  readonly isExternal: boolean;
  readonly familyId: string;
  /** The thumbprint of the key that the session is bound to, and that this call has proved; null: it is bound to none. */
  readonly deviceKey: Uint8Array | null;
  /** What is wrong with the proof that came along. Dear, so asked once, when the call was counted and let through. */
  judgeProof(): Error | null;
}

/** A member of an organization, by the session of the dashboard. */
export interface MemberActor {
  readonly kind: "member";
  /** The organization and mode that the request names. */
  readonly tenant: Tenant;
  readonly memberId: string;
  /** The person, who may be a member of several organizations. */
  readonly accountId: string;
  readonly sessionId: string;
  readonly role: Role;
  /** A header that names no organization of the member, or no mode: told when the call was counted and let through. */
  readonly fault: Error | null;
}
