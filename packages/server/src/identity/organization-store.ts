import { type Kysely, type Selectable, sql, type Updateable } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;
export type OrganizationRow = Selectable<Tables["organizations"]>;

export async function readOrganization(db: Db, { organizationId }: Tenant): Promise<OrganizationRow> {
  return organizations(db).where("id", "=", organizationId).executeTakeFirstOrThrow();
}

export async function lockOrganization(db: Db, { organizationId }: Tenant): Promise<OrganizationRow> {
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

function organizations(db: Db) {
  return db.selectFrom("organizations").selectAll();
}
