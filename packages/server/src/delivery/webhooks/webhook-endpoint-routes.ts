import { decodeId, encodeId, fieldIssue, limits, operations, shapes } from "@stanchion/contract";
import type { Kysely, Transaction } from "kysely";
import { recordChange } from "../../platform/audit/index.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Tables } from "../../platform/database/index.ts";
import { apiError, validationError } from "../../platform/errors/index.ts";
import {
  type Answer,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  patched,
  readPage,
  registerRead,
  registerWrite,
  requireVersion,
} from "../../platform/http/index.ts";
import { claimId, markDeleted, missing } from "../../platform/owners.ts";
import { newUuid } from "../../platform/randomness.ts";
import type { AddressGuard } from "./address-guard.ts";
import { type WebhookEndpointRow, webhookEndpointOf } from "./webhook-endpoint.ts";
import * as store from "./webhook-endpoint-store.ts";
import { newWebhookSecret, sealWebhookSecret } from "./webhook-signature.ts";

type Db = Transaction<Tables>;

const endpointsFull = `There are ${limits.webhookEndpointsMax} endpoints in this mode already; delete one first.`;

export interface WebhookDeps {
  readonly clock: Clock;
  readonly guard: AddressGuard;
}

/** Making, reading, changing and deleting the places that are told what happens. */
export function registerWebhookEndpointRoutes(host: OperationHost, { clock, guard }: WebhookDeps): void {
  const { secrets } = host;
  const show = (status: number, row: WebhookEndpointRow, more: readonly string[] = []): Answer =>
    jsonAnswer(status, view(row), ["ETag", `"${row.version}"`, ...more]);
  const showOnce = (
    status: number,
    row: WebhookEndpointRow,
    secret: string,
    more: readonly string[] = [],
  ): Answer => ({
    ...jsonAnswer(status, { ...view(row), secret }, ["ETag", `"${row.version}"`, ...more]),
    holdsSecret: true,
  });
  const view = (row: WebhookEndpointRow) => webhookEndpointOf(row, new Date(clock.now()));
  /** Names are looked up before the transaction; what came of it is said after what else is to be said. */
  const judge = (call: OperationCall): Promise<boolean> => isUrlRefused(guard, call);

  registerWrite<boolean>(
    host,
    "createWebhookEndpoint",
    async (call, db, isRefused) => {
      const body = call.readBody(shapes.webhookEndpointCreate);
      refuseUrl(body.url, isRefused);
      const { organizationId, isLive } = call.tenant;
      const now = new Date(clock.now());
      const id = body.id === undefined ? newUuid(clock.now()) : (decodeId("webhookEndpoint", body.id) ?? "");
      await store.lockSubscriptions(db, call.tenant);
      if ((await store.countEndpoints(db, call.tenant)) >= limits.webhookEndpointsMax)
        throw apiError("INVALID_STATE", {
          details: { state: "ENDPOINTS_FULL", limit: limits.webhookEndpointsMax, hint: endpointsFull },
        });
      await claimId(db, "webhookEndpoint", id, call.tenant);
      const secret = newWebhookSecret();
      const row = await store.insertEndpoint(db, {
        id,
        organizationId,
        isLive,
        url: new URL(body.url).href,
        events: [...new Set(body.events)],
        description: body.description ?? null,
        maxPerMinute: body.maxPerMinute ?? limits.webhooksPerMinuteDefault,
        maxPerBatch: body.maxPerBatch ?? 1,
        secret: sealWebhookSecret(secrets, secret),
        createdAt: now,
        updatedAt: now,
      });
      await store.writeSubscriptions(db, call.tenant);
      const after = view(row);
      await recordChange(db, call, { action: "webhook_endpoint.created", target: after.id, after });
      const location = ["Location", `/api/v1/webhook-endpoints/${encodeId("webhookEndpoint", id)}`];
      return showOnce(201, row, secret, location);
    },
    judge,
  );

  registerRead(host, "listWebhookEndpoints", async (call, db) => {
    const { status, ...query } = call.readQuery(operations.listWebhookEndpoints.query);
    const page = readPage(query);
    const filter = { status, after: page.after, limit: page.first + 1 };
    const rows = await store.listEndpoints(db, call.tenant, filter);
    return jsonAnswer(200, pageOf(rows, page.first, view));
  });

  registerRead(host, "readWebhookEndpoint", async (call, db) => {
    const id = call.idParam("webhookEndpoint");
    const row = await store.findEndpoint(db, call.tenant, id);
    if (row === undefined) throw await endpointMissing(db, call, id);
    return show(200, row);
  });

  registerWrite<boolean>(
    host,
    "updateWebhookEndpoint",
    async (call, db, isRefused) => {
      await store.lockSubscriptions(db, call.tenant);
      const row = await lockEndpoint(db, call);
      const patch = call.readBody(shapes.webhookEndpointPatch);
      if (patch.url != null) refuseUrl(patch.url, isRefused);
      requireVersion(call, row.version);
      const now = new Date(clock.now());
      const updated = await store.updateEndpoint(db, call.tenant, row.id, {
        url: patch.url == null ? row.url : new URL(patch.url).href,
        events: [...new Set(patch.events ?? row.events)],
        description: patched(patch.description, row.description, null),
        maxPerMinute: patched(patch.maxPerMinute, row.maxPerMinute, limits.webhooksPerMinuteDefault),
        maxPerBatch: patched(patch.maxPerBatch, row.maxPerBatch, 1),
        ...switched(row, patch.status ?? null, now),
        updatedAt: now,
      });
      await store.writeSubscriptions(db, call.tenant);
      const [before, after] = [view(row), view(updated)];
      await recordChange(db, call, { action: "webhook_endpoint.updated", target: after.id, before, after });
      return show(200, updated);
    },
    judge,
  );

  registerWrite(host, "deleteWebhookEndpoint", async (call, db) => {
    await store.lockSubscriptions(db, call.tenant);
    const row = await lockEndpoint(db, call);
    requireVersion(call, row.version);
    const deletedAt = new Date(clock.now());
    await store.updateEndpoint(db, call.tenant, row.id, { deletedAt });
    await store.writeSubscriptions(db, call.tenant);
    await markDeleted(db, "webhookEndpoint", row.id, call.tenant, deletedAt);
    const before = view(row);
    await recordChange(db, call, { action: "webhook_endpoint.deleted", target: before.id, before });
    return { status: 204 };
  });

  registerWrite(host, "rotateWebhookEndpoint", async (call, db) => {
    const row = await lockEndpoint(db, call);
    const { overlapSeconds } = call.readBody(shapes.webhookEndpointRotate);
    const overlapMs = (overlapSeconds ?? limits.webhookOverlapSecondsDefault) * 1_000;
    const secret = newWebhookSecret();
    // One secret of before at most: of an overlap that has not ended, the older one ends now.
    const updated = await store.updateEndpoint(db, call.tenant, row.id, {
      secret: sealWebhookSecret(secrets, secret),
      previousSecret: overlapMs === 0 ? null : row.secret,
      previousSecretEndsAt: overlapMs === 0 ? null : new Date(clock.now() + overlapMs),
      updatedAt: new Date(clock.now()),
    });
    const [before, after] = [view(row), view(updated)];
    await recordChange(db, call, { action: "webhook_endpoint.rotated", target: after.id, before, after });
    return showOnce(200, updated, secret);
  });
}

/** The endpoint of the path, locked; 404 or 403 where it is none of one's own. */
export async function lockEndpoint(db: Db, call: OperationCall): Promise<WebhookEndpointRow> {
  const id = call.idParam("webhookEndpoint");
  const row = await store.lockEndpoint(db, call.tenant, id);
  if (row === undefined) throw await endpointMissing(db, call, id);
  return row;
}

export function endpointMissing(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "WEBHOOK_ENDPOINT_NOT_FOUND", "webhookEndpoint", id, call.tenant);
}

/** What switching on or off changes; whoever switches on begins with a clean slate. */
function switched(row: WebhookEndpointRow, status: "ENABLED" | "DISABLED" | null, now: Date) {
  if (status === "ENABLED") return { disabledAt: null, disabledReason: null, failingSince: null };
  if (status === "DISABLED" && row.disabledAt === null)
    return { disabledAt: now, disabledReason: "BY_REQUEST" as const };
  return {};
}

async function isUrlRefused(guard: AddressGuard, { request }: OperationCall): Promise<boolean> {
  const url: unknown = Object(request.body).url;
  // What is no url at all, the schema refuses.
  return typeof url === "string" && URL.canParse(url) && (await guard.refuses(new URL(url)));
}

function refuseUrl(url: string, isRefused: boolean): void {
  if (isRefused)
    throw validationError([fieldIssue("url", "format", "https URL on the public internet", url)]);
}
