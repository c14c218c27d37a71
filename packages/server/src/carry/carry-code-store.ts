import { createHash } from "node:crypto";
import { limits } from "@stanchion/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { ConsumerActor, Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;

export type CarryCodeRow = Selectable<Tables["carryCodes"]>;

/** Writes a consumer's one code, in the place of an older one. Answers until when it is good. */
export async function writeCarryCode(
  db: Db,
  { tenant, consumerId, familyId, isConfirmed, isExternal }: ConsumerActor,
  code: string,
  entries: Pick<CarryCodeRow, "ownEntries" | "otherEntries">,
): Promise<Date> {
  const { organizationId, isLive } = tenant;
  const values = {
    codeHash: hashOf(code),
    familyId,
    isConfirmed,
    isExternal,
    ...entries,
    expiresAt: sql<Date>`stanchion_now() + make_interval(secs => ${limits.carryCodeSeconds})`,
    spentAt: null,
    successorId: null,
    deviceKey: null,
  };
  const { expiresAt } = await db
    .insertInto("carryCodes")
    .values({ organizationId, isLive, consumerId, ...values })
    .onConflict((conflict) =>
      conflict.columns(["organizationId", "isLive", "consumerId"]).doUpdateSet(values),
    )
    .returning("expiresAt")
    .executeTakeFirstOrThrow();
  return expiresAt;
}

/** A code that is not too old, spent or not. Whoever comes meanwhile waits. */
export async function lockCarryCode(
  db: Db,
  { organizationId, isLive }: Tenant,
  code: string,
): Promise<CarryCodeRow | undefined> {
  return db
    .selectFrom("carryCodes")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("codeHash", "=", hashOf(code))
    .where("expiresAt", ">", sql<Date>`stanchion_now()`)
    .forUpdate()
    .executeTakeFirst();
}

export async function noteSpent(
  db: Db,
  { organizationId, isLive, consumerId }: CarryCodeRow,
  { spentAt, successorId, deviceKey }: { spentAt: Date; successorId: string; deviceKey: Uint8Array | null },
): Promise<void> {
  await db
    .updateTable("carryCodes")
    .set({ spentAt, successorId, deviceKey: deviceKey === null ? null : Buffer.from(deviceKey) })
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("consumerId", "=", consumerId)
    .execute();
}

function hashOf(code: string): Buffer {
  return createHash("sha256").update(code).digest();
}
