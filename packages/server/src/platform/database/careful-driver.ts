import { type DatabaseConnection, PostgresDialect, PostgresDriver, type TransactionSettings } from "kysely";
import type pg from "pg";

type Connection = Parameters<PostgresDriver["rollbackTransaction"]>[0];

/**
 * A beginning that was given up waiting for may have happened all the same, and whoever gets the connection next would be
 * inside of it: what is acknowledged to them would never be committed. So it is rolled back; a rollback that fails takes the
 * connection out of use.
 */
export class CarefulDriver extends PostgresDriver {
  override async beginTransaction(connection: Connection, settings: TransactionSettings): Promise<void> {
    try {
      await this.begin(connection, settings);
    } catch (error) {
      await this.rollbackTransaction(connection).catch(() => {});
      throw error;
    }
  }

  protected async begin(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await super.beginTransaction(connection, settings);
  }
}

/** The dialect of the host's own statements. */
export class HostDialect extends PostgresDialect {
  private readonly pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super({ pool });
    this.pool = pool;
  }

  override createDriver(): CarefulDriver {
    return new CarefulDriver({ pool: this.pool });
  }
}
