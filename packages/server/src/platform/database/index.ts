export { bytesArray, hashArray, plainArray, textArray } from "./array-literals.ts";
export { type BinaryArrays, withBinaryArrays } from "./binary-arrays.ts";
export { type Database, type Holding, isUsedByOthers, keepSettings, openDatabase } from "./database.ts";
export {
  clashError,
  isConnectionLost,
  translateDatabaseError,
  translateViolation,
  withRetries,
} from "./database-errors.ts";
export { DatabaseTime } from "./database-time.ts";
export {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  hasEmbeddedPostgres,
  startEmbeddedPostgres,
} from "./embedded-postgres.ts";
export { migrate } from "./migrate.ts";
export { inOrganization } from "./organization-scopes.ts";
export type { Tables } from "./tables.ts";
