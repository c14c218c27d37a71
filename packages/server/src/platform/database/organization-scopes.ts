import {
  CamelCasePlugin,
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  type Transaction,
} from "kysely";
import type pg from "pg";
import { CarefulDriver } from "./careful-driver.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";
import { tenantRole } from "./tenant-role.ts";

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
        plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
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
