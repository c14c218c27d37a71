import { decodeId, duplicateIssue, operations, shapes, type ValidationIssue } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { claimId, markDeleted, missing } from "../identity/index.ts";
import { recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import { inOrganization, type Tables } from "../platform/database/index.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
import {
  type Answer,
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
import { newUuid } from "../platform/randomness.ts";
import {
  type ExperienceRow,
  experienceOf,
  publicExperienceOf,
  scheduleIssues,
  timeOf,
} from "./experience.ts";
import * as store from "./experience-store.ts";

export function registerExperienceRoutes(host: OperationHost, { clock }: { clock: Clock }): void {
  const answer = (status: number, row: ExperienceRow, more: readonly string[] = []) =>
    jsonAnswer(status, experienceOf(row, clock.now()), ["ETag", `"${row.version}"`, ...more]);

  registerWrite(host, "createExperience", async (call, db) => {
    const body = call.readBody(shapes.experienceCreate);
    const { tenant } = call;
    const now = new Date(clock.now());
    const id = body.id === undefined ? newUuid(clock.now()) : (decodeId("experience", body.id) ?? "");
    const values = {
      name: body.name,
      slug: body.slug ?? null,
      openAt: timeOf(body.openAt, null),
      closeAt: timeOf(body.closeAt, null),
      timeZone: body.timeZone ?? "UTC",
    };
    await refuseIssues(db, tenant, id, values);
    await claimId(db, "experience", id, tenant);
    const { organizationId, isLive } = tenant;
    const row = await store.insertExperience(db, {
      id,
      organizationId,
      isLive,
      ...values,
      createdAt: now,
      updatedAt: now,
    });
    const shown = experienceOf(row, clock.now());
    await recordChange(db, call, { action: "experience.created", target: shown.id, after: shown });
    return answer(201, row, ["Location", `/api/v1/experiences/${shown.id}`]);
  });

  registerRead(host, "listExperiences", async (call, db) => {
    const query = call.readQuery(operations.listExperiences.query);
    const page = readPage(query);
    const rows = await store.listExperiences(db, call.tenant, {
      ...query,
      after: page.after,
      limit: page.first + 1,
    });
    return jsonAnswer(
      200,
      pageOf(rows, page.first, (row) => experienceOf(row, clock.now())),
    );
  });

  registerOperation(host, "readExperience", (call) => {
    const read = async (db: Kysely<Tables>): Promise<Answer> => {
      const id = call.idParam("experience");
      const row = await store.findExperience(db, call.tenant, id);
      if (row === undefined) throw await notFound(db, call, id);
      if (call.isByOperator) return answer(200, row);
      return jsonAnswer(200, publicExperienceOf(row, clock.now()));
    };
    // Pages of fans begin with this, so for them it goes without a transaction.
    return call.isByOperator ? inOrganization(host.database, call.tenant, read) : read(host.database.kysely);
  });

  registerWrite(host, "updateExperience", async (call, db) => {
    const row = await lock(db, call);
    const patch = call.readBody(shapes.experiencePatch);
    requireVersion(call, row.version);
    const values = {
      name: patch.name ?? row.name,
      slug: patched(patch.slug, row.slug, null),
      openAt: timeOf(patch.openAt, row.openAt),
      closeAt: timeOf(patch.closeAt, row.closeAt),
      timeZone: patched(patch.timeZone, row.timeZone, "UTC"),
    };
    const closedAtMs = row.closeAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (closedAtMs <= clock.now() && values.closeAt?.getTime() !== closedAtMs)
      throw apiError("INVALID_STATE", { details: { state: "CLOSED", field: "closeAt" } });
    await refuseIssues(db, call.tenant, row.id, values);
    const updated = await store.updateExperience(db, call.tenant, row.id, {
      ...values,
      updatedAt: new Date(clock.now()),
    });
    await store.touchQueuesOf(db, call.tenant, row.id);
    const [before, after] = [experienceOf(row, clock.now()), experienceOf(updated, clock.now())];
    await recordChange(db, call, { action: "experience.updated", target: after.id, before, after });
    return answer(200, updated);
  });

  registerWrite(host, "deleteExperience", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    const sequences = await store.countSequences(db, call.tenant, row.id);
    if (sequences > 0) throw apiError("RESOURCE_IN_USE", { details: { sequences } });
    const deletedAt = new Date(clock.now());
    await store.updateExperience(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "experience", row.id, call.tenant, deletedAt);
    const before = experienceOf(row, clock.now());
    await recordChange(db, call, { action: "experience.deleted", target: before.id, before });
    return { status: 204 };
  });
}

async function lock(db: Kysely<Tables>, call: OperationCall): Promise<ExperienceRow> {
  const id = call.idParam("experience");
  const row = await store.lockExperience(db, call.tenant, id);
  if (row === undefined) throw await notFound(db, call, id);
  return row;
}

function notFound(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "EXPERIENCE_NOT_FOUND", "experience", id, call.tenant);
}

async function refuseIssues(
  db: Kysely<Tables>,
  tenant: Tenant,
  id: string,
  values: { name: string; slug: string | null; openAt: Date | null; closeAt: Date | null },
): Promise<void> {
  const issues: ValidationIssue[] = [];
  if (await store.isExperienceTaken(db, tenant, { name: values.name }, id))
    issues.push(duplicateIssue("name"));
  if (values.slug !== null && (await store.isExperienceTaken(db, tenant, { slug: values.slug }, id)))
    issues.push(duplicateIssue("slug"));
  issues.push(...scheduleIssues(values.openAt, values.closeAt));
  if (issues.length > 0) throw validationError(issues);
}
