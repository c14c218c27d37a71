import type { RateClass } from "@stanchion/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../errors/index.ts";
import type { RateLimiter, RateVerdict } from "../rate-limits/index.ts";
import type { Tenant } from "./actor.ts";
import { countFailure, peekFailures, rateLimited, tenantKey } from "./count-call.ts";
import type { OperationCall } from "./operation-call.ts";

/**
 * Counts a call whose counted subject stands in its body. `read` finds it, or throws the refusal that applies, which
 * {@link countRefused} counts. For operations registered with `isCountedInHandler`.
 */
export async function countInHandler<T>(
  host: { readonly rateLimiter: RateLimiter },
  call: OperationCall,
  rateClass: RateClass,
  read: () => { value: T; countedBy: string },
): Promise<T> {
  const { value, countedBy } = read();
  const verdict = await host.rateLimiter.countText(rateClass, countedBy, call.tenant.rateLimits);
  if (!verdict.isAllowed) throw rateLimited(verdict);
  call.request.call.verdict = verdict;
  return value;
}

/** Refuses whoever has failed too often from this address, before the database is asked what a call shows. */
export function refuseWhoFails(
  host: { readonly rateLimiter: RateLimiter },
  { request, operation }: OperationCall,
): void {
  const verdict = peekFailures(host.rateLimiter, operation.rateClass, request);
  if (!verdict.isAllowed) throw rateLimited(verdict);
}

/** Counts a call that has shown in its handler which organization it is for. */
export async function countForTenant(
  host: { readonly rateLimiter: RateLimiter },
  call: OperationCall,
  tenant: Tenant,
): Promise<void> {
  const { rateClass } = call.operation;
  if (rateClass === null) return;
  const verdict = await host.rateLimiter.countText(rateClass, tenantKey(tenant), tenant.rateLimits);
  if (!verdict.isAllowed) throw rateLimited(verdict);
  call.request.call.verdict = verdict;
}

/**
 * What becomes of a refused call of such an operation: one that was not counted, since its body was refused before anybody
 * could be found in it, is counted by the client's address first.
 */
export function countRefused(
  host: { readonly rateLimiter: RateLimiter },
  rateClass: RateClass | null,
): (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (thrown, request, reply) => {
    const { operation, verdict } = request.call;
    // Before the operation's turn nothing is counted, as in every other operation.
    const isCounted = operation === null || verdict !== null || isLimit(thrown);
    if (isCounted) return void reply.send(thrown);
    const tell = (counted: RateVerdict): void => {
      request.call.verdict = counted;
      void reply.send(counted.isAllowed ? thrown : rateLimited(counted));
    };
    const counted = countFailure(host.rateLimiter, rateClass, request);
    if (counted instanceof Promise) void counted.then(tell);
    else tell(counted);
  };
}

function isLimit(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.code === "RATE_LIMITED";
}
