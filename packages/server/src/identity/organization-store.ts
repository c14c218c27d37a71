import type { RateLimitOverrides } from "@stanchion/contract";
import { type Kysely, type Selectable, sql, type Updateable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;
export type OrganizationRow = Selectable<Tables["organizations"]>;

export async function readOrganization(
  db: Db,
  { organizationId }: Pick<Tenant, "organizationId">,
): Promise<OrganizationRow> {
  return organizations(db).where("id", "=", organizationId).executeTakeFirstOrThrow();
}

export async function lockOrganization(
  db: Db,
  { organizationId }: Pick<Tenant, "organizationId">,
): Promise<OrganizationRow> {
  return organizations(db).where("id", "=", organizationId).forNoKeyUpdate().executeTakeFirstOrThrow();
}

export async function updateOrganization(
  db: Db,
  id: string,
  values: Updateable<Tables["organizations"]>,
): Promise<OrganizationRow> {
  return db
    .updateTable("organizations")
    .set({ ...values, version: sql<number>`version + 1` })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The organizations of this name, at most `limit`. */
export async function findOrganizationsByName(db: Db, name: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom("organizations")
    .select("id")
    .where("name", "=", name)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

export async function findOrganization(db: Db, id: string): Promise<OrganizationRow | undefined> {
  return organizations(db).where("id", "=", id).executeTakeFirst();
}

/** What the host has set for this organization alone, checked when it was set. */
export function overridesOf({ rateLimits }: Pick<OrganizationRow, "rateLimits">): RateLimitOverrides | null {
  return rateLimits as RateLimitOverrides | null;
}

function organizations(db: Db) {
  return db.selectFrom("organizations").selectAll();
}
