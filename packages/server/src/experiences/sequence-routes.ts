import { decodeId, duplicateIssue, fieldIssue, operations, type Sequence, shapes } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { claimId, markDeleted, missing } from "../identity/index.ts";
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
  registerRead,
  registerWrite,
  requireVersion,
} from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { type SequenceRow, sequenceOf } from "./experience.ts";
import * as store from "./experience-store.ts";

const deleteThemFirst =
  "Delete the queues and draws in it first. A draw in which somebody is stays, and its sequence with it.";

export function registerSequenceRoutes(host: OperationHost, { clock }: { clock: Clock }): void {
  const answer = (status: number, row: SequenceRow, more: readonly string[] = []) =>
    jsonAnswer(status, sequenceOf(row), ["ETag", `"${row.version}"`, ...more]);

  registerWrite(host, "createSequence", async (call, db) => {
    const body = call.readBody(shapes.sequenceCreate);
    const { tenant } = call;
    const id = body.id === undefined ? newUuid(clock.now()) : (decodeId("sequence", body.id) ?? "");
    const experienceId = decodeId("experience", body.experienceId) ?? "";
    // Locked, so that it cannot be deleted meanwhile.
    const experience = await store.lockExperience(db, tenant, experienceId);
    if (experience === undefined)
      throw validationError([fieldIssue("experienceId", "reference", "experience", body.experienceId)]);
    if (await store.isSequenceTaken(db, tenant, experienceId, body.name, id))
      throw validationError([duplicateIssue("name")]);
    await claimId(db, "sequence", id, tenant);
    const now = new Date(clock.now());
    const row = await store.insertSequence(db, {
      id,
      organizationId: tenant.organizationId,
      isLive: tenant.isLive,
      experienceId,
      name: body.name,
      priority: body.priority ?? 0,
      createdAt: now,
      updatedAt: now,
    });
    const after = sequenceOf(row);
    await recordChange(db, call, { action: "sequence.created", ...subjectOf(after), after });
    return answer(201, row, ["Location", `/api/v1/sequences/${after.id}`]);
  });

  registerRead(host, "listSequences", async (call, db) => {
    const query = call.readQuery(operations.listSequences.query);
    const page = readPage(query);
    const experienceId =
      query.experienceId === undefined ? undefined : (decodeId("experience", query.experienceId) ?? "");
    const filter = { search: query.search, experienceId, after: page.after, limit: page.first + 1 };
    const rows = await store.listSequences(db, call.tenant, filter);
    return jsonAnswer(200, pageOf(rows, page.first, sequenceOf));
  });

  registerRead(host, "readSequence", async (call, db) => {
    const id = call.idParam("sequence");
    const row = await store.findSequence(db, call.tenant, id);
    if (row === undefined) throw await notFound(db, call, id);
    return answer(200, row);
  });

  registerWrite(host, "updateSequence", async (call, db) => {
    const row = await lock(db, call);
    const patch = call.readBody(shapes.sequencePatch);
    requireVersion(call, row.version);
    const name = patch.name ?? row.name;
    if (await store.isSequenceTaken(db, call.tenant, row.experienceId, name, row.id))
      throw validationError([duplicateIssue("name")]);
    const priority = patched(patch.priority, row.priority, 0);
    const updatedAt = new Date(clock.now());
    const updated = await store.updateSequence(db, call.tenant, row.id, { name, priority, updatedAt });
    const [before, after] = [sequenceOf(row), sequenceOf(updated)];
    await recordChange(db, call, { action: "sequence.updated", ...subjectOf(after), before, after });
    return answer(200, updated);
  });

  registerWrite(host, "deleteSequence", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    const queues = await store.countDistributions(db, call.tenant, row.id);
    if (queues > 0) throw apiError("RESOURCE_IN_USE", { details: { queues, hint: deleteThemFirst } });
    const deletedAt = new Date(clock.now());
    await store.updateSequence(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "sequence", row.id, call.tenant, deletedAt);
    const before = sequenceOf(row);
    await recordChange(db, call, { action: "sequence.deleted", ...subjectOf(before), before });
    return { status: 204 };
  });
}

function subjectOf({ id, experienceId }: Sequence) {
  return { target: id, related: [experienceId] };
}

async function lock(db: Kysely<Tables>, call: OperationCall): Promise<SequenceRow> {
  const id = call.idParam("sequence");
  const row = await store.lockSequence(db, call.tenant, id);
  if (row === undefined) throw await notFound(db, call, id);
  return row;
}

function notFound(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "SEQUENCE_NOT_FOUND", "sequence", id, call.tenant);
}
