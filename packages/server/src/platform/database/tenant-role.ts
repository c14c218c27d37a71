import { type Kysely, sql } from "kysely";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** What acts for an organization does so as this role of the database server, which row-level security holds to its rows. */
const tenantRole = "stanchion_tenant";

type Scoped = Parameters<Parameters<ReturnType<Kysely<Tables>["transaction"]>["execute"]>[0]>[0];

/**
 * Runs one transaction that sees and writes the rows of one organization only, whatever its statements forget to say. Role and
 * organization are set for the transaction alone, so they hold behind a pooler too, and nobody after it inherits them.
 */
export async function inOrganization<T>(
  { kysely }: Pick<Database, "kysely">,
  { organizationId }: { readonly organizationId: string },
  run: (db: Scoped) => Promise<T>,
): Promise<T> {
  return kysely.transaction().execute(async (transaction) => {
    await sql`select set_config('role', ${tenantRole}, true), set_config('stanchion.organization', ${organizationId}, true)`.execute(
      transaction,
    );
    return run(transaction);
  });
}

const missingRole = `The database has no role ${tenantRole} that this login may take on, and the login may not make one. Let an administrator of the database run: create role ${tenantRole} nologin; grant ${tenantRole} to the login of DATABASE_URL;`;

/**
 * Makes the role where the login may, and makes the login a member of it. Roles belong to the whole database server, so another
 * database of it may have made this one already, even in this moment.
 */
export async function makeTenantRole(kysely: Kysely<Tables>): Promise<void> {
  if (await canBeTenant(kysely)) return;
  for (const step of [`create role ${tenantRole} nologin`, `grant ${tenantRole} to current_user`])
    await sql
      .raw(step)
      .execute(kysely)
      .catch(() => {});
  if (!(await canBeTenant(kysely))) throw new Error(missingRole);
}

async function canBeTenant(kysely: Kysely<Tables>): Promise<boolean> {
  return kysely
    .transaction()
    .execute(async (transaction) => {
      await sql.raw(`set local role ${tenantRole}`).execute(transaction);
      return true;
    })
    .catch(() => false);
}
