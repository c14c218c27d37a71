import { decodeId } from "@stanchion/contract";
import { type Insertable, type Kysely, sql } from "kysely";
import type { Tables } from "../database/index.ts";
import type { ChangeAuthor } from "./change-author.ts";

type Db = Kysely<Tables>;

export interface LockedChain {
  readonly id: number;
  readonly lastNumber: number;
  readonly lastHash: Buffer;
  readonly now: Date;
}

/** Locks the chain, which is begun where there is none. The time is read under the lock, so times follow the numbers. */
export async function lockChain(db: Db, tenant: ChangeAuthor["tenant"]): Promise<LockedChain> {
  return db
    .insertInto("auditChains")
    .values({ organizationId: tenant?.organizationId ?? null, isLive: tenant?.isLive ?? null })
    .onConflict((conflict) =>
      conflict
        .columns(["organizationId", "isLive"])
        .doUpdateSet({ lastNumber: sql<number>`audit_chains.last_number` }),
    )
    .returning(["id", "lastNumber", "lastHash"])
    .returning(sql<Date>`date_trunc('milliseconds', stanchion_now())`.as("now"))
    .executeTakeFirstOrThrow();
}

/** Appends to a locked chain. */
export async function appendRecord(db: Db, row: Insertable<Tables["auditRecords"]>): Promise<void> {
  await db
    .with("appended", (own) => own.insertInto("auditRecords").values(row))
    .updateTable("auditChains")
    .set({ lastNumber: row.number, lastHash: row.hash })
    .where("id", "=", row.chainId)
    .execute();
}

export async function findKeyName(db: Db, keyId: string): Promise<string | null> {
  const row = await db
    .selectFrom("apiKeys")
    .select("name")
    .where("id", "=", decodeId("apiKey", keyId) ?? "")
    .executeTakeFirst();
  return row?.name ?? null;
}
