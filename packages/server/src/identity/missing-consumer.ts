import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { findOwnersOf } from "../platform/owners.ts";

/** Why a consumer was not found among one's own: another organization's (403), the other mode's, deleted, or none at all (404). */
export async function missingConsumer(db: Kysely<Tables>, id: string, tenant: Tenant): Promise<ApiError> {
  const [owner] = await findOwnersOf(db, "consumer", [id]);
  if (owner === undefined) return apiError("CONSUMER_NOT_FOUND");
  if (owner.organizationId !== tenant.organizationId) return apiError("OTHER_ORGANIZATION");
  const isDeleted = owner.isLive === tenant.isLive && owner.deletedAt !== null;
  return apiError("CONSUMER_NOT_FOUND", isDeleted ? { details: { deleted: true } } : {});
}
