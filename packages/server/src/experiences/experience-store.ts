import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ListCursor, likePattern, olderThan, type Tenant } from "../platform/http/index.ts";
import type { ExperienceRow, SequenceRow } from "./experience.ts";

type Db = Kysely<Tables>;

export async function insertExperience(
  db: Db,
  values: Insertable<Tables["experiences"]>,
): Promise<ExperienceRow> {
  return db.insertInto("experiences").values(values).returningAll().executeTakeFirstOrThrow();
}

/** False, and nothing inserted, where the name is taken: also by an insert that has not committed yet, which is waited for. */
export async function insertExperienceUnlessTaken(
  db: Db,
  values: Insertable<Tables["experiences"]>,
): Promise<boolean> {
  const inserted = await db
    .insertInto("experiences")
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The experience with the UUIDs of what it offers, in their order. */
export async function findExperience(
  db: Db,
  tenant: Tenant,
  id: string,
): Promise<(ExperienceRow & { productIds: string[] }) | undefined> {
  const offered = sql<string[]>`array(
    select product_id from experience_products where experience_id = experiences.id order by ordinal)`;
  return experiencesOf(db, tenant).select(offered.as("productIds")).where("id", "=", id).executeTakeFirst();
}

/** Null where there is no theme, or no such experience. */
export async function findTheme(
  db: Db,
  tenant: Pick<Tenant, "organizationId" | "isLive">,
  id: string,
): Promise<ExperienceRow["theme"]> {
  const found = await db
    .selectFrom("experiences")
    .select("theme")
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .executeTakeFirst();
  return found?.theme ?? null;
}

/** The UUIDs of what an experience offers, in their order. */
export async function listOfferedIds(db: Db, tenant: Tenant, experienceId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("experienceProducts")
    .select("productId")
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("experienceId", "=", experienceId)
    .orderBy("ordinal")
    .execute();
  return rows.map(({ productId }) => productId);
}

/** Makes these what an experience, which is locked or new, offers. */
export async function writeOffered(
  db: Db,
  tenant: Tenant,
  experienceId: string,
  productIds: readonly string[],
): Promise<void> {
  const { organizationId, isLive } = tenant;
  await db
    .deleteFrom("experienceProducts")
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("experienceId", "=", experienceId)
    .execute();
  if (productIds.length === 0) return;
  const row = { organizationId, isLive, experienceId };
  await db
    .insertInto("experienceProducts")
    .values(productIds.map((productId, ordinal) => ({ ...row, productId, ordinal })))
    .execute();
}

export async function lockExperience(db: Db, tenant: Tenant, id: string): Promise<ExperienceRow | undefined> {
  return experiencesOf(db, tenant).where("id", "=", id).forUpdate().executeTakeFirst();
}

export async function isExperienceTaken(
  db: Db,
  tenant: Tenant,
  by: { name?: string; slug?: string },
  exceptId: string,
): Promise<boolean> {
  let query = experiencesOf(db, tenant).where("id", "<>", exceptId);
  if (by.name !== undefined) query = query.where("name", "=", by.name);
  if (by.slug !== undefined) query = query.where("slug", "=", by.slug);
  return (await query.executeTakeFirst()) !== undefined;
}

export async function listExperiences(
  db: Db,
  tenant: Tenant,
  filter: {
    limit: number;
    after: ListCursor | null;
    search?: string | undefined;
    status?: ExperienceFilterStatus | undefined;
  },
): Promise<ExperienceRow[]> {
  let query = experiencesOf(db, tenant);
  if (filter.after !== null) query = query.where(olderThan(filter.after));
  if (filter.search !== undefined) query = query.where("name", "ilike", likePattern(filter.search));
  if (filter.status !== undefined) query = query.where(statusConditions[filter.status]);
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

type ExperienceFilterStatus = "SCHEDULED" | "OPEN" | "CLOSED";
const isClosed = sql<boolean>`coalesce(close_at <= stanchion_now(), false)`;
const isEarly = sql<boolean>`coalesce(open_at > stanchion_now(), false)`;
const statusConditions = {
  CLOSED: isClosed,
  SCHEDULED: sql<boolean>`${isEarly} and not ${isClosed}`,
  OPEN: sql<boolean>`not ${isEarly} and not ${isClosed}`,
};

export async function updateExperience(
  db: Db,
  tenant: Tenant,
  id: string,
  values: Updateable<Tables["experiences"]>,
): Promise<ExperienceRow> {
  return db
    .updateTable("experiences")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function countSequences(db: Db, tenant: Tenant, experienceId: string): Promise<number> {
  const { count } = await db
    .selectFrom("sequences")
    .select(sql<number>`count(*)`.as("count"))
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("experienceId", "=", experienceId)
    .where("deletedAt", "is", null)
    .executeTakeFirstOrThrow();
  return count;
}

export async function insertSequence(db: Db, values: Insertable<Tables["sequences"]>): Promise<SequenceRow> {
  return db.insertInto("sequences").values(values).returningAll().executeTakeFirstOrThrow();
}

export async function findSequence(db: Db, tenant: Tenant, id: string): Promise<SequenceRow | undefined> {
  return sequencesOf(db, tenant).where("id", "=", id).executeTakeFirst();
}

export async function lockSequence(db: Db, tenant: Tenant, id: string): Promise<SequenceRow | undefined> {
  return sequencesOf(db, tenant).where("id", "=", id).forUpdate().executeTakeFirst();
}

export async function isSequenceTaken(
  db: Db,
  tenant: Tenant,
  experienceId: string,
  name: string,
  exceptId: string,
): Promise<boolean> {
  const found = await sequencesOf(db, tenant)
    .where("experienceId", "=", experienceId)
    .where("name", "=", name)
    .where("id", "<>", exceptId)
    .executeTakeFirst();
  return found !== undefined;
}

export async function listSequences(
  db: Db,
  tenant: Tenant,
  filter: {
    limit: number;
    after: ListCursor | null;
    search?: string | undefined;
    experienceId?: string | undefined;
  },
): Promise<SequenceRow[]> {
  let query = sequencesOf(db, tenant);
  if (filter.after !== null) query = query.where(olderThan(filter.after));
  if (filter.search !== undefined) query = query.where("name", "ilike", likePattern(filter.search));
  if (filter.experienceId !== undefined) query = query.where("experienceId", "=", filter.experienceId);
  return query.orderBy("createdAt", "desc").orderBy("id", "desc").limit(filter.limit).execute();
}

export async function updateSequence(
  db: Db,
  tenant: Tenant,
  id: string,
  values: Updateable<Tables["sequences"]>,
): Promise<SequenceRow> {
  return db
    .updateTable("sequences")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** How many distributions stand in a sequence. */
export async function countDistributions(db: Db, tenant: Tenant, sequenceId: string): Promise<number> {
  const countIn = async (table: "queues" | "draws"): Promise<number> => {
    const { count } = await db
      .selectFrom(table)
      .select(sql<number>`count(*)`.as("count"))
      .where("organizationId", "=", tenant.organizationId)
      .where("isLive", "=", tenant.isLive)
      .where("sequenceId", "=", sequenceId)
      .where("deletedAt", "is", null)
      .executeTakeFirstOrThrow();
    return count;
  };
  return (await countIn("queues")) + (await countIn("draws"));
}

/** The lines whose boards change when the experience's schedule does. */
export async function touchQueuesOf(db: Db, tenant: Tenant, experienceId: string): Promise<void> {
  await sql`
    update line_controls set version = version + 1
    where queue_id in (
      select id from queues
      where organization_id = ${tenant.organizationId} and is_live = ${tenant.isLive}
        and experience_id = ${experienceId} and deleted_at is null
    )`.execute(db);
}

function experiencesOf(db: Db, tenant: Tenant) {
  return db
    .selectFrom("experiences")
    .selectAll()
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("deletedAt", "is", null);
}

function sequencesOf(db: Db, tenant: Tenant) {
  return db
    .selectFrom("sequences")
    .selectAll()
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("deletedAt", "is", null);
}
