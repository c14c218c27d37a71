import {
  decodeId,
  duplicateIssue,
  type Experience,
  encodeId,
  type Offer,
  operations,
  patchedTheme,
  shapes,
  type Theme,
  themeIssues,
  type ValidationIssue,
} from "@stanchion/contract";
import type { Kysely } from "kysely";
import { lockOffers, readOffers } from "../catalog/index.ts";
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
  listedExperienceOf,
  publicExperienceOf,
  scheduleIssues,
  timeOf,
} from "./experience.ts";
import * as store from "./experience-store.ts";

const deleteThemFirst = "Delete the sequences of the experience first.";

export function registerExperienceRoutes(host: OperationHost, { clock }: { clock: Clock }): void {
  const answer = (status: number, shown: Experience, more: readonly string[] = []) =>
    jsonAnswer(status, shown, ["ETag", `"${shown.version}"`, ...more]);
  const show = (row: ExperienceRow, offers: readonly Offer[]) => experienceOf(row, offers, clock.now());

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
    const theme = patchedTheme(null, body.theme);
    const productIds = uuidsOf(body.products);
    await refuseFaults(db, tenant, id, { ...values, theme, wishedIds: productIds, presentIds: [] });
    await claimId(db, "experience", id, tenant);
    const { organizationId, isLive } = tenant;
    const row = await store.insertExperience(db, {
      id,
      organizationId,
      isLive,
      ...values,
      theme: jsonOf(theme),
      createdAt: now,
      updatedAt: now,
    });
    await store.writeOffered(db, tenant, id, productIds);
    const shown = show(row, await readOffers(db, tenant, productIds));
    const after = settingsOf(row, productIds);
    await recordChange(db, call, { action: "experience.created", target: shown.id, after });
    return answer(201, shown, ["Location", `/api/v1/experiences/${shown.id}`]);
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
      pageOf(rows, page.first, (row) => listedExperienceOf(row, clock.now())),
    );
  });

  registerOperation(host, "readExperience", (call) => {
    const read = async (db: Kysely<Tables>): Promise<Answer> => {
      const id = call.idParam("experience");
      const row = await store.findExperience(db, call.tenant, id);
      if (row === undefined) throw await notFound(db, call, id);
      const offers = await readOffers(db, call.tenant, row.productIds);
      if (call.isByOperator) return answer(200, show(row, offers));
      return jsonAnswer(200, publicExperienceOf(row, offers, clock.now()));
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
    const theme = patchedTheme(row.theme, patch.theme);
    const closedAtMs = row.closeAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (closedAtMs <= clock.now() && values.closeAt?.getTime() !== closedAtMs)
      throw apiError("INVALID_STATE", {
        details: { state: "CLOSED", field: "closeAt", hint: "What has closed stays closed: make another." },
      });
    const present = await store.listOfferedIds(db, call.tenant, row.id);
    const wishedIds = uuidsOf(patch.products);
    const productIds = patch.products === undefined ? present : wishedIds;
    await refuseFaults(db, call.tenant, row.id, { ...values, theme, wishedIds, presentIds: present });
    const updated = await store.updateExperience(db, call.tenant, row.id, {
      ...values,
      theme: jsonOf(theme),
      updatedAt: new Date(clock.now()),
    });
    if (patch.products !== undefined) await store.writeOffered(db, call.tenant, row.id, productIds);
    await store.touchQueuesOf(db, call.tenant, row.id);
    const shown = show(updated, await readOffers(db, call.tenant, productIds));
    const [before, after] = [settingsOf(row, present), settingsOf(updated, productIds)];
    await recordChange(db, call, { action: "experience.updated", target: shown.id, before, after });
    return answer(200, shown);
  });

  registerWrite(host, "deleteExperience", async (call, db) => {
    const row = await lock(db, call);
    requireVersion(call, row.version);
    const sequences = await store.countSequences(db, call.tenant, row.id);
    if (sequences > 0) throw apiError("RESOURCE_IN_USE", { details: { sequences, hint: deleteThemFirst } });
    const deletedAt = new Date(clock.now());
    const offered = await store.listOfferedIds(db, call.tenant, row.id);
    await store.writeOffered(db, call.tenant, row.id, []);
    await store.updateExperience(db, call.tenant, row.id, { deletedAt });
    await markDeleted(db, "experience", row.id, call.tenant, deletedAt);
    const before = settingsOf(row, offered);
    await recordChange(db, call, { action: "experience.deleted", target: before.id, before });
    return { status: 204 };
  });

  /** As the audit log keeps it: what is offered by its ids alone. */
  function settingsOf(row: ExperienceRow, productIds: readonly string[]) {
    const products = productIds.map((id) => encodeId("product", id));
    return { ...listedExperienceOf(row, clock.now()), products };
  }
}

function jsonOf(theme: Theme | null): string | null {
  return theme === null ? null : JSON.stringify(theme);
}

function uuidsOf(products: readonly string[] | null | undefined): string[] {
  return (products ?? []).map((id) => decodeId("product", id) ?? "");
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

interface WishedExperience {
  readonly name: string;
  readonly slug: string | null;
  readonly openAt: Date | null;
  readonly closeAt: Date | null;
  readonly theme: Theme | null;
  /** The UUIDs of the products that it is to offer. */
  readonly wishedIds: readonly string[];
  /** Of those that it offers. */
  readonly presentIds: readonly string[];
}

/** Refuses what no schema can see, and products that are not sold any more and were not offered before. */
async function refuseFaults(
  db: Kysely<Tables>,
  tenant: Tenant,
  id: string,
  values: WishedExperience,
): Promise<void> {
  const issues: ValidationIssue[] = [];
  if (await store.isExperienceTaken(db, tenant, { name: values.name }, id))
    issues.push(duplicateIssue("name"));
  if (values.slug !== null && (await store.isExperienceTaken(db, tenant, { slug: values.slug }, id)))
    issues.push(duplicateIssue("slug"));
  issues.push(...scheduleIssues(values.openAt, values.closeAt));
  const { wishedIds, presentIds } = values;
  const offers = await lockOffers(db, tenant, wishedIds);
  issues.push(...offers.issues, ...themeIssues(values.theme));
  if (issues.length > 0) throw validationError(issues);
  const archivedIds = offers.archivedIds.filter((one) => !presentIds.includes(one));
  if (archivedIds.length > 0) {
    const productIds = archivedIds.map((one) => encodeId("product", one));
    const hint = 'Set its status to "ACTIVE" first, or leave it out.';
    throw apiError("INVALID_STATE", { details: { state: "ARCHIVED", productIds, hint } });
  }
}
