import { type Kysely, sql } from "kysely";
import type { Tables } from "./tables.ts";

/** What acts for an organization does so as this role of the database server, which row-level security holds to its rows. */
export const tenantRole = "stanchion_tenant";

/** What to ask an administrator for; `login` as it is written in SQL. */
export function missingRole(login: string, isThere: boolean): string {
  const grant = `grant ${tenantRole} to ${login};`;
  return isThere
    ? `The login ${login} may not take on the role ${tenantRole}. Let an administrator of the database server run:\n  ${grant}`
    : `There is no role ${tenantRole}, and the login ${login} may not make one. Let an administrator of the database server run, one after the other:\n  create role ${tenantRole} nologin;\n  ${grant}`;
}

/**
 * Makes the role where the login may, and makes the login a member of it. Roles belong to the whole database server, so another
 * database of it may have made this one already, even in this moment.
 */
export async function makeTenantRole(kysely: Kysely<Tables>): Promise<void> {
  if (await isDone(kysely, `set local role ${tenantRole}`)) return;
  await isDone(kysely, `create role ${tenantRole} nologin`);
  await isDone(kysely, `grant ${tenantRole} to current_user`);
  if (await isDone(kysely, `set local role ${tenantRole}`)) return;
  const { rows } = await sql<{ login: string; isThere: boolean }>`
    select quote_ident(current_user) as login,
      exists (select from pg_roles where rolname = ${tenantRole}) as "isThere"`.execute(kysely);
  throw new Error(missingRole(rows[0]?.login ?? "", rows[0]?.isThere ?? false));
}

/** Insufficient privilege, no such role, and two ways of saying that there is one already. */
const refusals = ["42501", "42704", "42710", "23505", "22023"];

async function isDone(kysely: Kysely<Tables>, statement: string): Promise<boolean> {
  return kysely
    .transaction()
    .execute(async (transaction) => {
      await sql.raw(statement).execute(transaction);
      return true;
    })
    .catch((error: { code?: string }) => {
      if (refusals.includes(error.code ?? "")) return false;
      throw error;
    });
}
