import {
  CamelCasePlugin,
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  sql,
  type Transaction,
} from "kysely";
import type pg from "pg";
import { CarefulDriver } from "./careful-driver.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";

/** What acts for an organization does so as this role of the database server, which row-level security holds to its rows. */
const tenantRole = "stanchion_tenant";

/**
 * Runs one transaction that sees and writes the rows of one organization only, whatever its statements forget to say. Role and
 * organization are set for the transaction alone, so they hold behind a pooler too, and nobody after it inherits them.
 */
export async function inOrganization<T>(
  { organizations }: Pick<Database, "organizations">,
  { organizationId }: { readonly organizationId: string },
  run: (db: Transaction<Tables>) => Promise<T>,
): Promise<T> {
  return organizations.get(organizationId).transaction().execute(run);
}

/** For each organization a builder of statements on the one pool, whose transactions begin as the organization's. */
export interface OrganizationScopes {
  get(organizationId: string): Kysely<Tables>;
}

const scopesMax = 1_000;

export function createOrganizationScopes(pool: pg.Pool): OrganizationScopes {
  const known = new Map<string, Kysely<Tables>>();
  return {
    get(organizationId) {
      const met = known.get(organizationId);
      if (met !== undefined) return met;
      if (known.size >= scopesMax) known.delete(known.keys().next().value ?? "");
      const scope = new Kysely<Tables>({
        dialect: new OrganizationDialect(pool, organizationId),
        plugins: [new CamelCasePlugin()],
      });
      known.set(organizationId, scope);
      return scope;
    },
  };
}

class OrganizationDialect extends PostgresDialect {
  private readonly pool: pg.Pool;
  private readonly organizationId: string;

  constructor(pool: pg.Pool, organizationId: string) {
    super({ pool });
    this.pool = pool;
    this.organizationId = organizationId;
  }

  override createDriver(): CarefulDriver {
    return new OrganizationDriver(this.pool, this.organizationId);
  }
}

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

class OrganizationDriver extends CarefulDriver {
  private readonly beginning: CompiledQuery;

  constructor(pool: pg.Pool, organizationId: string) {
    super({ pool });
    if (!uuidShape.test(organizationId)) throw new Error("the id of an organization must be a UUID");
    // One text, and so one way to the database and back: it is sent before everything that an organization does.
    this.beginning = CompiledQuery.raw(
      `begin; set local role ${tenantRole}; set local stanchion.organization = '${organizationId}'`,
    );
  }

  protected override async begin(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(this.beginning);
  }
}

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
