import { createHash } from "node:crypto";
import { limits } from "@stanchion/contract";
import { type Kysely, type Selectable, sql } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";

type Db = Kysely<Tables>;

/** Who a person is in the shop's own accounts: the same three always mean the same person. */
export interface AccountName {
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
}

export type ExternalAccountRow = Selectable<Tables["externalAccounts"]>;

/** Notes whose account it is. False where the account is known already; a rival's is waited for. */
export async function insertAccount(
  db: Db,
  { organizationId, isLive }: Tenant,
  { provider, issuer, subject }: AccountName,
  consumerId: string,
  createdAt: Date,
): Promise<boolean> {
  const inserted = await db
    .insertInto("externalAccounts")
    .values({ organizationId, isLive, provider, issuer, subject, consumerId, createdAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning("consumerId")
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The consumer whose account it is. */
export async function findAccountHolder(
  db: Db,
  tenant: Tenant,
  name: AccountName,
): Promise<string | undefined> {
  const found = await accountsOf(db, tenant)
    .where("provider", "=", name.provider)
    .where("issuer", "=", name.issuer)
    .where("subject", "=", name.subject)
    .executeTakeFirst();
  return found?.consumerId;
}

export async function listAccounts(
  db: Db,
  tenant: Tenant,
  consumerId: string,
): Promise<ExternalAccountRow[]> {
  return accountsOf(db, tenant).where("consumerId", "=", consumerId).orderBy("createdAt").execute();
}

export async function hasAccount(db: Db, tenant: Tenant, consumerId: string): Promise<boolean> {
  const found = await accountsOf(db, tenant).where("consumerId", "=", consumerId).executeTakeFirst();
  return found !== undefined;
}

/** Gives the account, which was just made for somebody new, to a consumer who is known. */
export async function giveAccount(
  db: Db,
  { organizationId, isLive }: Tenant,
  { provider, issuer, subject }: AccountName,
  consumerId: string,
): Promise<void> {
  await db
    .updateTable("externalAccounts")
    .set({ consumerId })
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("provider", "=", provider)
    .where("issuer", "=", issuer)
    .where("subject", "=", subject)
    .execute();
}

/** Gives everything that one consumer signs in by to another. */
export async function moveAccounts(db: Db, tenant: Tenant, fromId: string, toId: string): Promise<void> {
  const { organizationId, isLive } = tenant;
  for (const table of ["externalAccounts", "exchangeCodes"] as const)
    await db
      .updateTable(table)
      .set({ consumerId: toId })
      .where("organizationId", "=", organizationId)
      .where("isLive", "=", isLive)
      .where("consumerId", "=", fromId)
      .execute();
}

/** Their accounts are free again, codes that are under way are good no more, and no mail about a turn goes out. */
export async function deleteAccounts(
  db: Db,
  { organizationId, isLive }: Pick<Tenant, "organizationId" | "isLive">,
  consumerId: string,
): Promise<void> {
  for (const table of ["exchangeCodes", "carryCodes", "turnMails", "externalAccounts"] as const)
    await db
      .deleteFrom(table)
      .where("organizationId", "=", organizationId)
      .where("isLive", "=", isLive)
      .where("consumerId", "=", consumerId)
      .execute();
}

export async function insertExchangeCode(
  db: Db,
  { organizationId, isLive }: Tenant,
  code: string,
  consumerId: string,
): Promise<Date> {
  const { expiresAt } = await db
    .insertInto("exchangeCodes")
    .values({
      codeHash: hashOf(code),
      organizationId,
      isLive,
      consumerId,
      expiresAt: sql<Date>`stanchion_now() + make_interval(secs => ${limits.exchangeCodeSeconds})`,
    })
    .returning("expiresAt")
    .executeTakeFirstOrThrow();
  return expiresAt;
}

/** Uses a code up: the consumer it is for; undefined where it is unknown, spent or too old. */
export async function spendExchangeCode(
  db: Db,
  { organizationId, isLive }: Tenant,
  code: string,
): Promise<string | undefined> {
  const spent = await db
    .deleteFrom("exchangeCodes")
    .where("codeHash", "=", hashOf(code))
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive)
    .where("expiresAt", ">", sql<Date>`stanchion_now()`)
    .returning("consumerId")
    .executeTakeFirst();
  return spent?.consumerId;
}

function hashOf(code: string): Buffer {
  return createHash("sha256").update(code).digest();
}

function accountsOf(db: Db, { organizationId, isLive }: Tenant) {
  return db
    .selectFrom("externalAccounts")
    .selectAll()
    .where("organizationId", "=", organizationId)
    .where("isLive", "=", isLive);
}
