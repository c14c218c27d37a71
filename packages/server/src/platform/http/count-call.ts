import { limits, type RateClass } from "@stanchion/contract";
import type { FastifyRequest } from "fastify";
import { type ApiError, apiError } from "../errors/index.ts";
import type { Counted, RateLimiter, RateVerdict } from "../rate-limits/index.ts";
import type { Actor, Tenant } from "./actor.ts";
import type { Refusal } from "./answered-request.ts";
import { clientNetworkOf } from "./client-network-of.ts";

/** Counts a call in its class, by what that class counts. */
export function countCall(
  limiter: RateLimiter,
  rateClass: RateClass,
  request: FastifyRequest,
  actor: Actor,
): Counted {
  if (actor.kind === "anyone") return countVisitor(limiter, rateClass, request);
  const overrides = actor.tenant.rateLimits;
  switch (rateClass) {
    case "authentication":
    case "guest":
      return limiter.countText(rateClass, addressKey(rateClass, request, actor.tenant), overrides);
    case "webhook":
      return limiter.countText(rateClass, tenantKey(actor.tenant), overrides);
    case "entry":
    case "general":
      if (actor.kind === "consumer") return limiter.countUuid(rateClass, actor.consumerBytes, overrides);
      if (actor.kind === "member") return limiter.countText(rateClass, actor.memberId, overrides);
      return limiter.countText(
        rateClass,
        actor.keyKind === "secret" ? actor.keyId : `${actor.keyId} ${clientNetworkOf(request)}`,
        overrides,
      );
  }
}

/** Where an organization has numbers of its own, its calls are counted apart: they must not use up its neighbours'. */
function addressKey(rateClass: RateClass, request: FastifyRequest, tenant: Tenant): string {
  const network = clientNetworkOf(request);
  return tenant.rateLimits?.[rateClass] === undefined ? network : `${network} ${tenant.organizationId}`;
}

/** Who has no credential is known by the address alone. */
function countVisitor(limiter: RateLimiter, rateClass: RateClass, request: FastifyRequest): Counted {
  const network = clientNetworkOf(request);
  return limiter.countText(rateClass, rateClass === "general" ? `visitor ${network}` : network, null);
}

/** A failed credential is counted by address; in the classes that count an address first, as a call like any other. */
export function countFailure(
  limiter: RateLimiter,
  rateClass: RateClass | null,
  request: FastifyRequest,
): Counted {
  const { countedAs, key, overrides } = failuresOf(rateClass, request);
  return limiter.countText(countedAs, key, overrides);
}

/** What one more failed credential of the client would come to. */
export function peekFailures(
  limiter: RateLimiter,
  rateClass: RateClass | null,
  request: FastifyRequest,
): RateVerdict {
  const { countedAs, key, overrides } = failuresOf(rateClass, request);
  return limiter.peekText(countedAs, key, overrides);
}

/** The refusal of a call past its limit; `hint`: what to do besides waiting. */
export function rateLimited(verdict: RateVerdict, hint?: string): ApiError {
  const details = { ...limitedDetails(verdict), ...(hint === undefined ? {} : { hint }) };
  return apiError("RATE_LIMITED", { retryAfterSeconds: details.retryAfter, details, verdict });
}

/** The facts of a refusal that is written without an error's being thrown. */
export function limitedRefusal(verdict: RateVerdict): Refusal {
  return { code: "RATE_LIMITED", details: limitedDetails(verdict), issues: [], retryable: true };
}

function limitedDetails({ secondsLeft, rateClass, limit }: RateVerdict) {
  return { retryAfter: Math.max(1, secondsLeft), class: rateClass, limit };
}

function failuresOf(rateClass: RateClass | null, request: FastifyRequest) {
  const network = clientNetworkOf(request);
  return rateClass === "guest" || rateClass === "authentication"
    ? { countedAs: rateClass, key: network, overrides: null }
    : { countedAs: "general" as const, key: `failed ${network}`, overrides: failedCredentials };
}

const failedCredentials = { general: { limit: limits.failedCredentialsPerMinute, windowSeconds: 60 } };

/** What an organization is counted under in one mode. */
export function tenantKey(tenant: Pick<Tenant, "organizationId" | "isLive">): string {
  return `${tenant.organizationId} ${tenant.isLive}`;
}
