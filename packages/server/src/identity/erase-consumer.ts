import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import type { Secrets } from "../platform/secrets.ts";
import type { ConsumerRow } from "./consumer.ts";
import { blankOrders } from "./consumer-order-store.ts";
import { listActiveStays } from "./consumer-store.ts";
import { blankDrawStays } from "./draw-stay-store.ts";
import { deleteAccounts } from "./external-account-store.ts";
import { addressKeyOf } from "./one-time-code.ts";
import {
  blankConsumer,
  blankStays,
  deleteKeptAnswers,
  deleteOneTimeCode,
  deleteSessions,
} from "./personal-data-store.ts";

const denyFirst = "Deny the place first, or let this person leave. The consumer's active says where it is.";

/**
 * Takes away what is personal of a consumer whose row is locked. Throws RESOURCE_IN_USE where the person waits or holds an
 * admission: leaving is the person's own act and denying the shop's, and a checkout may be under way. Draws are left.
 */
export async function eraseConsumer(
  db: Kysely<Tables>,
  { tenant, secrets }: { tenant: Tenant; secrets: Secrets },
  row: ConsumerRow,
): Promise<{ erased: ConsumerRow; entriesKept: number }> {
  const { length: entries } = await listActiveStays(db, tenant, row.id);
  if (entries > 0) throw apiError("RESOURCE_IN_USE", { details: { entries, hint: denyFirst } });
  await deleteAccounts(db, tenant, row.id);
  await deleteSessions(db, tenant, row.id);
  await deleteKeptAnswers(db, row.id);
  if (row.email !== null) await deleteOneTimeCode(db, addressKeyOf(secrets, tenant, row.email));
  await blankOrders(db, tenant, row.id);
  const entriesKept = (await blankStays(db, tenant, row.id)) + (await blankDrawStays(db, tenant, row.id));
  return { erased: await blankConsumer(db, tenant, row.id), entriesKept };
}
