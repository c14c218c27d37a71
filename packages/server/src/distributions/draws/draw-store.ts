import type { DrawStatus } from "@stanchion/contract";
import { type Insertable, type Kysely, sql, type Updateable } from "kysely";
import { selectHolds } from "../../catalog/index.ts";
import type { Tables } from "../../platform/database/index.ts";
import { type ListCursor, likePattern, type Tenant } from "../../platform/http/index.ts";
import type { DrawWithFacts } from "./draw.ts";
import { drawStatusText } from "./draw-entry-store.ts";

type Db = Kysely<Tables>;

interface ListRow {
  drawId: string;
  lastNumber: number;
  removed: number;
  frozenAt: Date | null;
}

interface OutcomeRow {
  drawId: string;
  publishedAt: Date | null;
  voidedAt: Date | null;
}

function drawsOf(db: Db, tenant: Tenant) {
  return db
    .selectFrom("draws as d")
    .innerJoin("experiences as e", "e.id", "d.experienceId")
    .innerJoin(sql<ListRow>`draw_lists`.as("l"), (join) => join.onRef("l.drawId", "=", "d.id"))
    .innerJoin(sql<OutcomeRow>`draw_outcomes`.as("o"), (join) => join.onRef("o.drawId", "=", "d.id"))
    .selectAll("d")
    .select([
      sql<Date>`least(d.close_at, e.close_at)`.as("effectiveCloseAt"),
      "l.lastNumber",
      "l.removed",
      "l.frozenAt",
      "o.publishedAt",
      "o.voidedAt",
      selectHolds(sql`d.id`).as("holds"),
      sql<Date>`stanchion_now()`.as("databaseNow"),
    ])
    .where("d.organizationId", "=", tenant.organizationId)
    .where("d.isLive", "=", tenant.isLive)
    .where("d.deletedAt", "is", null);
}

export async function insertDraw(db: Db, values: Insertable<Tables["draws"]>): Promise<void> {
  await db.insertInto("draws").values(values).execute();
  await sql`insert into draw_lists (draw_id) values (${values.id})`.execute(db);
  await sql`insert into draw_outcomes (draw_id, due_at) values (${values.id}, ${values.closeAt})`.execute(db);
}

export async function findDraw(db: Db, tenant: Tenant, id: string): Promise<DrawWithFacts | undefined> {
  return drawsOf(db, tenant).where("d.id", "=", id).executeTakeFirst();
}

/** Locks a draw against everything: entries, leaves, removals, the freeze and changes of its settings. */
export async function lockDraw(db: Db, tenant: Tenant, id: string): Promise<DrawWithFacts | undefined> {
  const own = await drawsOf(db, tenant).where("d.id", "=", id).executeTakeFirst();
  if (own === undefined) return undefined;
  await sql`select 1 from draw_lists where draw_id = ${id} for update`.execute(db);
  await sql`select 1 from draws where organization_id = ${tenant.organizationId} and id = ${id} for update`.execute(
    db,
  );
  return drawsOf(db, tenant).where("d.id", "=", id).executeTakeFirst();
}

export async function listDraws(
  db: Db,
  tenant: Tenant,
  filter: {
    limit: number;
    after: ListCursor | null;
    search?: string | undefined;
    status?: DrawStatus | undefined;
    experienceId?: string | undefined;
    sequenceId?: string | undefined;
  },
): Promise<DrawWithFacts[]> {
  let query = drawsOf(db, tenant);
  const { after } = filter;
  if (after !== null)
    query = query.where(sql<boolean>`(d.created_at, d.id) < (${after.createdAt}, ${after.id}::uuid)`);
  if (filter.search !== undefined) query = query.where("d.name", "ilike", likePattern(filter.search));
  if (filter.experienceId !== undefined) query = query.where("d.experienceId", "=", filter.experienceId);
  if (filter.sequenceId !== undefined) query = query.where("d.sequenceId", "=", filter.sequenceId);
  if (filter.status !== undefined) query = query.where(statusIs(filter.status));
  return query.orderBy("d.createdAt", "desc").orderBy("d.id", "desc").limit(filter.limit).execute();
}

function statusIs(status: DrawStatus) {
  return sql<boolean>`${status} = ${sql.raw(drawStatusText("e"))}`;
}

export async function updateDraw(
  db: Db,
  tenant: Tenant,
  id: string,
  values: Updateable<Tables["draws"]>,
): Promise<void> {
  await db
    .updateTable("draws")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("organizationId", "=", tenant.organizationId)
    .where("isLive", "=", tenant.isLive)
    .where("id", "=", id)
    .execute();
}

/** Says when the list of a draw is to be frozen now. Once it was there is nothing to move any more. */
export async function moveClose(db: Db, drawId: string, closeAt: Date): Promise<void> {
  await sql`update draw_outcomes o set due_at = ${closeAt} from draw_lists l
    where o.draw_id = ${drawId} and l.draw_id = o.draw_id and l.frozen_at is null`.execute(db);
}
