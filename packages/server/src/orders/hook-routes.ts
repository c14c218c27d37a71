import { randomBytes } from "node:crypto";
import {
  encodeId,
  fieldIssue,
  type HookSource,
  limits,
  operations,
  shapes,
  uuidFromBytes,
} from "@stanchion/contract";
import type { Kysely, Transaction } from "kysely";
import { claimId, markDeleted, missing } from "../identity/index.ts";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
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
} from "../platform/http/index.ts";
import { type HookRow, hookOf } from "./hook.ts";
import * as store from "./hook-store.ts";

export interface HookDeps {
  readonly clock: Clock;
  readonly baseUrl: () => string;
}

/** Making, reading, changing and deleting the addresses that shop systems report orders to. */
export function registerHookRoutes(host: OperationHost, { clock, baseUrl }: HookDeps): void {
  const { secrets } = host;
  const view = (row: HookRow) => hookOf(row, { baseUrl: baseUrl(), now: new Date(clock.now()) });
  const show = (status: number, row: HookRow, more: readonly string[] = []): Answer =>
    jsonAnswer(status, view(row), ["ETag", `"${row.version}"`, ...more]);
  const showOnce = (
    status: number,
    row: HookRow,
    made: string | null,
    more: readonly string[] = [],
  ): Answer =>
    made === null
      ? show(status, row, more)
      : {
          ...jsonAnswer(status, { ...view(row), secret: made }, ["ETag", `"${row.version}"`, ...more]),
          holdsSecret: true,
        };

  registerWrite(host, "createHook", async (call, db) => {
    const body = call.readBody(shapes.hookCreate);
    const { secret, made } = chooseSecret(body.source, body.secret ?? null);
    const now = new Date(clock.now());
    if ((await store.countHooksLocked(db, call.tenant)) >= limits.hooksMax)
      throw apiError("INVALID_STATE", {
        details: {
          state: "HOOKS_FULL",
          limit: limits.hooksMax,
          hint: "Delete one that nobody calls any more.",
        },
      });
    // All of it random: who has not been told the id has nothing to call.
    const id = uuidFromBytes(randomBytes(16));
    await claimId(db, "hook", id, call.tenant);
    const row = await store.insertHook(db, {
      id,
      organizationId: call.tenant.organizationId,
      isLive: call.tenant.isLive,
      source: body.source,
      description: body.description ?? null,
      secret: secrets.encrypt(Buffer.from(secret)),
      createdAt: now,
      updatedAt: now,
    });
    const after = view(row);
    await recordChange(db, call, { action: "hook.created", target: after.id, after });
    return showOnce(201, row, made, ["Location", `/api/v1/hooks/${encodeId("hook", id)}`]);
  });

  registerRead(host, "listHooks", async (call, db) => {
    const page = readPage(call.readQuery(operations.listHooks.query));
    const rows = await store.listHooks(db, call.tenant, { after: page.after, limit: page.first + 1 });
    return jsonAnswer(200, pageOf(rows, page.first, view));
  });

  registerRead(host, "readHook", async (call, db) => {
    const id = call.idParam("hook");
    const row = await store.findHook(db, call.tenant, id);
    if (row === undefined) throw await notFound(db, call, id);
    return show(200, row);
  });

  registerWrite(host, "updateHook", async (call, db) => {
    const row = await lockHook(db, call);
    const patch = call.readBody(shapes.hookPatch);
    requireVersion(call, row.version);
    const updated = await store.updateHook(db, call.tenant, row.id, {
      description: patched(patch.description, row.description, null),
      updatedAt: new Date(clock.now()),
    });
    const [before, after] = [view(row), view(updated)];
    await recordChange(db, call, { action: "hook.updated", target: after.id, before, after });
    return show(200, updated);
  });

  registerWrite(host, "deleteHook", async (call, db) => {
    const row = await lockHook(db, call);
    requireVersion(call, row.version);
    const deletedAt = new Date(clock.now());
    await store.updateHook(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "hook", row.id, call.tenant, deletedAt);
    const before = view(row);
    await recordChange(db, call, { action: "hook.deleted", target: before.id, before });
    return { status: 204 };
  });

  registerWrite(host, "rotateHook", async (call, db) => {
    const row = await lockHook(db, call);
    const body = call.readBody(shapes.hookRotate);
    const { secret, made } = chooseSecret(row.source, body.secret ?? null);
    const overlapMs = (body.overlapSeconds ?? limits.webhookOverlapSecondsDefault) * 1_000;
    // One secret of before at most: of an overlap that has not ended, the older one ends now.
    const updated = await store.updateHook(db, call.tenant, row.id, {
      secret: secrets.encrypt(Buffer.from(secret)),
      previousSecret: overlapMs === 0 ? null : row.secret,
      previousSecretEndsAt: overlapMs === 0 ? null : new Date(clock.now() + overlapMs),
      updatedAt: new Date(clock.now()),
    });
    const [before, after] = [view(row), view(updated)];
    await recordChange(db, call, { action: "hook.rotated", target: after.id, before, after });
    return showOnce(200, updated, made);
  });
}

const secretBytes = 32;

/** A shop system signs with a secret of its own; for the others one is made. */
function chooseSecret(source: HookSource, given: string | null): { secret: string; made: string | null } {
  if (source === "hmac") {
    if (given !== null)
      throw validationError([
        fieldIssue("secret", "pattern", "left out: it is made for this source", "hidden"),
      ]);
    const made = `whsec_${randomBytes(secretBytes).toString("base64")}`;
    return { secret: made, made };
  }
  if (given === null) throw validationError([fieldIssue("secret", "required", "string", "undefined")]);
  return { secret: given, made: null };
}

async function lockHook(db: Transaction<Tables>, call: OperationCall): Promise<HookRow> {
  const id = call.idParam("hook");
  const row = await store.lockHook(db, call.tenant, id);
  if (row === undefined) throw await notFound(db, call, id);
  return row;
}

function notFound(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "HOOK_NOT_FOUND", "hook", id, call.tenant);
}
