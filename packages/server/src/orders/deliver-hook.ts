import { bytesFromUuid, encodeId } from "@stanchion/contract";
import { systemAuthor } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import { inOrganization, translateViolation, withRetries } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import {
  type Answer,
  clientNetworkOf,
  countForTenant,
  isPlain,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  readJson,
  refuseWhoFails,
  registerOperation,
  type Tenant,
} from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import { type AppliedReport, applyReport, type ReportContext } from "./apply-report.ts";
import type { HookRow } from "./hook.ts";
import { isSigned } from "./hook-signature.ts";
import * as store from "./hook-store.ts";
import { readReport } from "./read-report.ts";

export interface DeliveryDeps {
  readonly clock: Clock;
  /** Reads a line anew of which somebody has completed. */
  readonly refreshLine: (queueId: string) => Promise<unknown>;
}

/** Takes what shop systems report. Whoever calls is known by the signature over the bytes, and nothing is read before it holds. */
export function registerHookDelivery(host: OperationHost, deps: DeliveryDeps): void {
  registerOperation(host, "deliverHook", (call) => deliver(host, deps, call), { isCountedInHandler: true });
}

async function deliver(host: OperationHost, deps: DeliveryDeps, call: OperationCall): Promise<Answer> {
  refuseWhoFails(host, call);
  const hookId = call.idParam("hook");
  const hook = await store.findCalledHook(host.database.kysely, hookId);
  if (hook === undefined) throw apiError("HOOK_NOT_FOUND");
  const bytes = call.request.body instanceof Buffer ? call.request.body : Buffer.alloc(0);
  const { headers } = call.request;
  const nowMs = deps.clock.now();
  const isOwn = secretsOf(host.secrets, hook, nowMs).some((secret) =>
    isSigned(hook.source, secret, { headers, bytes, nowMs }),
  );
  if (!isOwn) throw apiError("INVALID_TOKEN", { details: { hint: signatureHint } });
  const tenant = tenantOf(hook);
  await countForTenant(host, call, tenant);
  const received = readReport(hook.source, bytes, { headers, payload: payloadOf(call, bytes) });

  const context: ReportContext = {
    tenant,
    now: new Date(nowMs),
    author: { ...systemAuthor(tenant), requestId: call.requestId, network: clientNetworkOf(call.request) },
    related: [encodeId("hook", hook.id)],
    isRecordedAlways: hook.source === "hmac",
  };
  const { result, orderId, order } = await withRetries(() =>
    inOrganization(host.database, tenant, async (db): Promise<AppliedReport> => {
      const event = { ...received, hookId: hook.id, organizationId: tenant.organizationId };
      const known = await store.claimHookEvent(db, event);
      if (known !== null) return { ...known, order: null };
      if (received.report === null) return { result: "IGNORED", orderId: null, order: null };
      const applied = await applyReport(db, context, received.report).catch((error: unknown) => {
        throw translateViolation(error, { isDeleting: false }) ?? error;
      });
      await store.settleHookEvent(db, event, applied);
      return applied;
    }),
  );
  if (order?.status === "PAID" && order.distributionKind === "queue" && order.distributionId !== null)
    await deps.refreshLine(order.distributionId);
  return jsonAnswer(200, { result, orderId: orderId === null ? null : encodeId("order", orderId) });
}

const jsonType = "application/json";
const signatureHint =
  "The signature over the body does not hold with the hook's secret, or its time is more than five minutes off.";

function secretsOf(secrets: Secrets, hook: HookRow, nowMs: number): string[] {
  const { secret, previousSecret, previousSecretEndsAt } = hook;
  const isOverlapping = previousSecretEndsAt !== null && previousSecretEndsAt.getTime() > nowMs;
  const good = previousSecret !== null && isOverlapping ? [secret, previousSecret] : [secret];
  return good.map((sealed) => secrets.decrypt(sealed).toString());
}

function tenantOf({ organizationId, isLive, rateLimits }: HookRow & Pick<Tenant, "rateLimits">): Tenant {
  const organizationBytes = bytesFromUuid(organizationId);
  return { organizationId, organizationBytes, isLive, rateLimits, allowedOrigins: null };
}

function payloadOf(call: OperationCall, bytes: Buffer): object {
  if (bytes.length === 0) throw apiError("BODY_REQUIRED");
  if (!isPlain(jsonType, call.request.raw))
    throw apiError("UNSUPPORTED_MEDIA_TYPE", { details: { mediaType: jsonType } });
  const payload = readJson(bytes);
  if (payload === null || typeof payload !== "object" || Array.isArray(payload))
    throw apiError("INVALID_JSON", { details: { expected: "object" } });
  return payload;
}
