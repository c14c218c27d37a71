import { isDeepStrictEqual } from "node:util";
import {
  canonicalEmail,
  decodeId,
  duplicateIssue,
  encodeId,
  fieldIssue,
  limits,
  operations,
  shapes,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Kysely } from "kysely";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
import {
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  patched,
  readPage,
  registerOperation,
  registerRead,
  registerWrite,
  requireVersion,
  type Tenant,
} from "../platform/http/index.ts";
import { findOwnersOf } from "../platform/owners.ts";
import { newUuid } from "../platform/randomness.ts";
import {
  activeEntryOf,
  type ConsumerRow,
  consumerOf,
  guestSince,
  isLinkable,
  type Metadata,
  patchedMetadata,
} from "./consumer.ts";
import { createConsumers } from "./consumer-batch.ts";
import { batchedOf } from "./consumer-batch-answer.ts";
import * as store from "./consumer-store.ts";
import { deleteAccounts } from "./external-account-store.ts";
import { missingConsumer } from "./missing-consumer.ts";
import type { Revocations } from "./revocations.ts";

const takeOutFirst =
  "Deny the place or win first, or remove the entry while the draw is open. The consumer's active says where it is.";

/** Consumers as the shop keeps them, and what they see of themselves. */
export function registerConsumerRoutes(
  host: OperationHost,
  { clock, revocations }: { clock: Clock; revocations: Revocations },
): void {
  const answer = (status: number, row: ConsumerRow, more: readonly string[] = []) =>
    jsonAnswer(status, consumerOf(row), ["ETag", `"${row.version}"`, ...more]);

  registerWrite(host, "createConsumer", async (call, db) => {
    const body = call.readBody(shapes.consumerCreate);
    const { organizationId, isLive } = call.tenant;
    const now = new Date(clock.now());
    const id = body.id === undefined ? newUuid(clock.now()) : (decodeId("consumer", body.id) ?? "");
    const values = {
      email: canonicalEmailOf(body.email, null),
      name: body.name ?? null,
      metadata: body.metadata ?? {},
      isEmailLinkable: isLinkable(body),
    };
    await refuseIssues(db, call.tenant, id, values);
    const row = await store.insertConsumer(db, {
      id,
      organizationId,
      isLive,
      ...values,
      metadata: JSON.stringify(values.metadata),
      createdAt: now,
      updatedAt: now,
    });
    if (row === undefined) throw apiError("ALREADY_EXISTS", { details: { id: encodeId("consumer", id) } });
    const { id: target } = consumerOf(row);
    await recordChange(db, call, { action: "consumer.created", target, changed: fieldsChanged(null, row) });
    return { ...answer(201, row, ["Location", `/api/v1/consumers/${target}`]), consumerIds: [row.id] };
  });

  registerWrite(host, "batchConsumers", async (call, db) => {
    const { consumers } = call.readBody(shapes.consumerBatch);
    const outcomes = await createConsumers(db, call.tenant, consumers, clock.now());
    const rows = outcomes.flatMap((outcome) => (outcome.status === "created" ? [outcome.row] : []));
    const related = rows.map(({ id }) => encodeId("consumer", id));
    if (related.length > 0)
      await recordChange(db, call, { action: "consumer.imported", target: null, related });
    const shown = outcomes.flatMap((outcome) => (outcome.status === "refused" ? [] : [outcome.row.id]));
    return { ...jsonAnswer(200, batchedOf(host, call, outcomes)), consumerIds: shown };
  });

  // Under row-level security the index of names and addresses could not be used: what a text is like might tell of other rows.
  registerOperation(host, "listConsumers", async (call) => {
    const query = call.readQuery(operations.listConsumers.query);
    const page = readPage(query);
    const email = query.email === undefined ? undefined : canonicalEmail(query.email);
    const filter = { search: query.search, email, after: page.after, limit: page.first + 1 };
    const rows = await store.listConsumers(host.database.kysely, call.tenant, filter);
    return jsonAnswer(200, pageOf(rows, page.first, consumerOf));
  });

  registerRead(host, "readConsumer", async (call, db) => {
    const id = call.idParam("consumer");
    const row = await store.findConsumer(db, call.tenant, id);
    if (row === undefined) throw await missingConsumer(db, id, call.tenant);
    const active = await store.listActiveEntries(db, call.tenant, id);
    const profile = { ...consumerOf(row), active: active.map(activeEntryOf) };
    return jsonAnswer(200, profile, ["ETag", `"${row.version}"`]);
  });

  registerRead(host, "readOwnConsumer", async (call, db) => {
    const { consumerId, tenant } = call.consumer;
    const row = await store.findConsumer(db, tenant, consumerId);
    if (row === undefined) await refuseDeleted(db, tenant, consumerId);
    const active = await store.listActiveEntries(db, tenant, consumerId);
    // A guest who has not entered anywhere yet has no row: nothing is written until it matters.
    return jsonAnswer(200, {
      id: encodeId("consumer", consumerId),
      email: row?.email ?? null,
      name: row?.name ?? null,
      createdAt: (row?.createdAt ?? guestSince(consumerId)).toISOString(),
      active: active.map(activeEntryOf),
    });
  });

  registerWrite(host, "updateConsumer", async (call, db) => {
    const row = await lock(db, call);
    const patch = call.readBody(shapes.consumerPatch);
    requireVersion(call, row.version);
    const values = {
      email: canonicalEmailOf(patch.email, row.email),
      name: patched(patch.name, row.name, null),
      metadata: patchedMetadata(row.metadata, patch.metadata),
    };
    await refuseIssues(db, call.tenant, row.id, values);
    const updated = await store.updateConsumer(db, call.tenant, row.id, {
      ...values,
      isEmailLinkable: row.isEmailLinkable && values.email === row.email,
      metadata: JSON.stringify(values.metadata),
      updatedAt: new Date(clock.now()),
    });
    const target = encodeId("consumer", row.id);
    const changed = fieldsChanged(row, updated);
    await recordChange(db, call, { action: "consumer.updated", target, changed });
    return answer(200, updated);
  });

  registerWrite(host, "deleteConsumer", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    const { length: entries } = await store.listActiveEntries(db, call.tenant, row.id);
    if (entries > 0) throw apiError("RESOURCE_IN_USE", { details: { entries, hint: takeOutFirst } });
    await store.deleteConsumer(db, call.tenant, row.id);
    await deleteAccounts(db, row, row.id);
    await recordChange(db, call, { action: "consumer.deleted", target: encodeId("consumer", row.id) });
    return { status: 204, afterCommit: async () => revocations.addConsumer(row) };
  });
}

/** The names alone: what is personal can be erased from the consumer, and from no chain of hashes. */
function fieldsChanged(before: ConsumerRow | null, after: ConsumerRow): string[] {
  const fields = ["email", "name", "metadata"] as const;
  const { email, name, metadata } = before ?? { email: null, name: null, metadata: {} };
  const present = { email, name, metadata };
  return fields.filter((field) => !isDeepStrictEqual(present[field], after[field]));
}

function canonicalEmailOf(given: string | null | undefined, present: string | null): string | null {
  const email = patched(given, present, null);
  return email === null ? null : canonicalEmail(email);
}

async function lock(db: Kysely<Tables>, call: OperationCall): Promise<ConsumerRow> {
  const id = call.idParam("consumer");
  const row = await store.lockConsumer(db, call.tenant, id);
  if (row === undefined) throw await missingConsumer(db, id, call.tenant);
  return row;
}

/** A session ends with its consumer, also where this process has not heard of it yet. */
async function refuseDeleted(db: Kysely<Tables>, tenant: Tenant, id: string): Promise<void> {
  const [owner] = await findOwnersOf(db, "consumer", [id]);
  if (owner?.organizationId === tenant.organizationId && owner.isLive === tenant.isLive)
    throw apiError("INVALID_TOKEN");
}

async function refuseIssues(
  db: Kysely<Tables>,
  tenant: Tenant,
  id: string,
  values: { email: string | null; metadata: Metadata },
): Promise<void> {
  const issues: ValidationIssue[] = [];
  if (values.email !== null && (await store.isEmailTaken(db, tenant, values.email, id)))
    issues.push(duplicateIssue("email"));
  const { length: members } = Object.keys(values.metadata);
  const { metadataMembersMax } = limits;
  if (members > metadataMembersMax)
    issues.push(fieldIssue("metadata", "max_length", `${metadataMembersMax} members`, `${members} members`));
  if (issues.length > 0) throw validationError(issues);
}
