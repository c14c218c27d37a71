import { uuidFromBytes } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import type { Clock } from "../platform/clock.ts";
import { apiError } from "../platform/errors/index.ts";
import type {
  Actor,
  Authenticate,
  ConsumerActor,
  KeyActor,
  MemberActor,
  Tenant,
} from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type DeviceProofs, otherDevice, type RestOfProof } from "./device-proofs.ts";
import type { KeyDirectory } from "./key-directory.ts";
import { RecentTokens } from "./recent-tokens.ts";
import type { Revocations } from "./revocations.ts";
import { sessionOver } from "./session-over.ts";
import type { AccessClaims } from "./session-tokens.ts";
import { unknownKey } from "./unknown-key.ts";

/** The member whose session a request's cookie is; null where it has no cookie. */
export type FindMember = (
  request: FastifyRequest,
  beforeAsking: () => void,
) => MemberActor | Promise<MemberActor> | null;

/** The one place where a credential becomes an actor. */
export function createAuthenticate(deps: {
  keys: KeyDirectory;
  findMember: FindMember;
  revocations: Revocations;
  proofs: DeviceProofs;
  secrets: Secrets;
  clock: Clock;
}): Authenticate {
  const tokens = new RecentTokens(deps.secrets);
  const consumerOf = (key: KeyActor, token: string, request: FastifyRequest): Actor => {
    if (key.keyKind !== "publishable") throw apiError("PUBLISHABLE_KEY_REQUIRED");
    const claims = tokens.read(token, deps.clock.now());
    const { tenant } = key;
    if (claims.isLive !== tenant.isLive || !claims.isOfOrganization(tenant.organizationBytes))
      throw apiError("INVALID_TOKEN");
    if (deps.revocations.has(tenant, claims)) throw sessionOver(deps.revocations.isCarried(claims));
    return new SessionActor(tenant, claims, proofOf(claims, token, request));
  };

  /** Holds a bound token against the proof that came with it, and lets none be sent by the other's scheme. */
  const proofOf = (
    { deviceKey }: AccessClaims,
    accessToken: string,
    request: FastifyRequest,
  ): RestOfProof => {
    if (deviceKey === null) {
      if (isWithProof(request)) throw apiError("INVALID_TOKEN");
      return null;
    }
    const credential = "accessToken";
    if (!isWithProof(request)) throw otherDevice({ credential }, "sent_as_bearer");
    return deps.proofs.require(request, { credential, deviceKey, accessToken });
  };

  return ({ access, leastRole = null }, request, refuseAsking) => {
    if (access === "anyone" || access === "visitor" || access === "signed") return { kind: "anyone" };
    const beforeAsking = (): void => refuseAsking(request);
    const find: FindKey = (given, kind) => keyOfKind(deps.keys, given, kind, beforeAsking);
    const publishable = headerOf(request, "x-publishable-key");
    const bearer = bearerOf(request);
    const secret = bearer?.startsWith("sk_") ? bearer : null;
    // Authorization beats a cookie, and so does a key.
    const takesCookie = leastRole !== null && bearer === null && publishable === null;
    const member = takesCookie ? deps.findMember(request, beforeAsking) : null;
    if (member !== null) return member;
    switch (access) {
      case "member":
        throw apiError("AUTHENTICATION_REQUIRED");
      case "secret": {
        if (secret === null) throw apiError("SECRET_KEY_REQUIRED");
        return then(find(secret, "secret"), (key) => withSameTenant(find, key, publishable));
      }
      case "maybeConsumer":
      case "publishable": {
        if (secret !== null)
          return then(find(secret, "secret"), (key) => withSameTenant(find, key, publishable));
        if (publishable === null) throw apiError("PUBLISHABLE_KEY_REQUIRED");
        if (access === "maybeConsumer" && bearer !== null)
          return then(find(publishable, "publishable"), (key) => consumerOf(key, bearer, request));
        return find(publishable, "publishable");
      }
      case "consumer": {
        if (publishable === null) throw apiError("PUBLISHABLE_KEY_REQUIRED");
        if (bearer === null || secret !== null) throw apiError("AUTHENTICATION_REQUIRED");
        return then(find(publishable, "publishable"), (key) => {
          request.call.key = key;
          return consumerOf(key, bearer, request);
        });
      }
    }
  };
}

/** A consumer, whose ids become text when somebody asks for them. */
class SessionActor implements ConsumerActor {
  readonly kind = "consumer";
  readonly tenant: Tenant;
  readonly consumerBytes: Uint8Array;
  readonly isConfirmed: boolean;
  readonly isExternal: boolean;
  readonly deviceKey: Uint8Array | null;
  readonly #claims: AccessClaims;
  readonly #proof: RestOfProof;

  constructor(tenant: Tenant, claims: AccessClaims, proof: RestOfProof) {
    this.tenant = tenant;
    this.consumerBytes = claims.consumerBytes;
    this.isConfirmed = claims.isConfirmed;
    this.isExternal = claims.isExternal;
    this.deviceKey = claims.deviceKey;
    this.#proof = proof;
    this.#claims = claims;
  }

  get consumerId(): string {
    return uuidFromBytes(this.consumerBytes);
  }

  judgeProof(): Error | null {
    return this.#proof === null ? null : this.#proof();
  }

  get familyId(): string {
    return uuidFromBytes(this.#claims.familyBytes);
  }
}

type FindKey = (given: string, kind: KeyActor["keyKind"]) => KeyActor | Promise<KeyActor>;

function keyOfKind(
  keys: KeyDirectory,
  given: string,
  kind: KeyActor["keyKind"],
  beforeAsking: () => void,
): KeyActor | Promise<KeyActor> {
  if (!given.startsWith(kind === "secret" ? "sk_" : "pk_")) throw unknownKey(kind);
  return keys.find(given, beforeAsking);
}

/** Keys of two organizations, or of two modes, in one request do not belong together. */
function withSameTenant(
  find: FindKey,
  key: KeyActor,
  publishable: string | null,
): KeyActor | Promise<KeyActor> {
  if (publishable === null) return key;
  return then(find(publishable, "publishable"), (other) => {
    const isSame =
      other.tenant.organizationId === key.tenant.organizationId && other.tenant.isLive === key.tenant.isLive;
    if (!isSame) throw apiError("INVALID_TOKEN");
    return key;
  });
}

function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

function headerOf(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** The token of `Bearer <token>`, or of `DPoP <token>`, which a secret key cannot be sent by. */
function bearerOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const isBearer = authorization.length > 7 && authorization.slice(0, 7).toLowerCase() === "bearer ";
  const scheme = isBearer ? 7 : isWithProof(request) ? 5 : authorization.length;
  const token = authorization.slice(scheme).trim();
  if (token === "" || (!isBearer && token.startsWith("sk_"))) throw apiError("INVALID_TOKEN");
  return token;
}

const proofScheme = /^dpop ./i;

/** Is the token presented as one that is bound to a key? */
function isWithProof({ headers: { authorization = "" } }: FastifyRequest): boolean {
  return proofScheme.test(authorization);
}
