import { randomBytes } from "node:crypto";
import type { Kysely } from "kysely";
import type { Clock } from "../platform/clock.ts";
import { type Database, inOrganization, type Tables } from "../platform/database/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { insertConsumer, lockConsumer, lockConsumerByEmail, updateConsumer } from "./consumer-store.ts";
import {
  type AccountName,
  findAccountHolder,
  giveAccount,
  insertAccount,
  insertExchangeCode,
  listAccounts,
} from "./external-account-store.ts";
import { RowMadeMeanwhile, withClashesRetried } from "./guest-session.ts";

type Db = Kysely<Tables>;

export interface VouchedPerson {
  readonly tenant: Tenant;
  readonly account: AccountName;
  /** In lower case, and only where the shop's identity provider says that it has been verified. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
}

export interface AuthorizedAccount {
  readonly exchangeCode: string;
  readonly expiresAt: Date;
  readonly resolution: "created" | "existing" | "linked";
}

/** Notes whom the shop vouches for, and makes a code by which that person's browser signs in. */
export async function authorizeAccount(
  { database, clock }: { database: Database; clock: Clock },
  person: VouchedPerson,
): Promise<AuthorizedAccount> {
  const exchangeCode = randomBytes(32).toString("base64url");
  return withClashesRetried(() =>
    inOrganization(database, person.tenant, async (db) => {
      const { consumerId, resolution } = await resolve(db, person, new Date(clock.now()));
      const expiresAt = await insertExchangeCode(db, person.tenant, exchangeCode, consumerId);
      return { exchangeCode, expiresAt, resolution };
    }),
  );
}

async function resolve(
  db: Db,
  person: VouchedPerson,
  now: Date,
): Promise<{ consumerId: string; resolution: AuthorizedAccount["resolution"] }> {
  const { tenant, account } = person;
  const newId = newUuid(now.getTime());
  if (!(await insertAccount(db, tenant, account, newId, now))) {
    const holderId = await findAccountHolder(db, tenant, account);
    // The holder was deleted between the two statements.
    if (holderId === undefined) throw new RowMadeMeanwhile();
    await fillBlanks(db, person, holderId, now);
    return { consumerId: holderId, resolution: "existing" };
  }
  const known = await findLinkable(db, person);
  if (known !== undefined) {
    await giveAccount(db, tenant, account, known);
    await fillBlanks(db, person, known, now);
    return { consumerId: known, resolution: "linked" };
  }
  await createPerson(db, person, newId, now);
  return { consumerId: newId, resolution: "created" };
}

/**
 * Who is known by the address already. Both sides must be sure of it: the shop's provider has verified the address, and
 * nobody holds a session of the consumer without having shown the same. A consumer who has another account of the same
 * issuer stays apart: the issuer tells the two apart itself, and an address can be given to somebody else one day.
 */
async function findLinkable(
  db: Db,
  { tenant, account, verifiedEmail }: VouchedPerson,
): Promise<string | undefined> {
  if (verifiedEmail === null) return undefined;
  const owner = await lockConsumerByEmail(db, tenant, verifiedEmail);
  if (owner === undefined || !owner.isEmailLinkable) return undefined;
  const accounts = await listAccounts(db, tenant, owner.id);
  return accounts.some(({ issuer }) => issuer === account.issuer) ? undefined : owner.id;
}

async function createPerson(db: Db, person: VouchedPerson, id: string, now: Date): Promise<void> {
  const { organizationId, isLive } = person.tenant;
  const email = await freeEmail(db, person);
  const made = { id, organizationId, isLive, email, name: person.name, createdAt: now, updatedAt: now };
  await insertConsumer(db, { ...made, isEmailLinkable: email !== null, awaitsPerson: true });
}

/** What was not known of the person before; what is known stays as it is. */
async function fillBlanks(db: Db, person: VouchedPerson, id: string, now: Date): Promise<void> {
  const row = await lockConsumer(db, person.tenant, id);
  if (row === undefined) throw new RowMadeMeanwhile();
  const email = row.email ?? (await freeEmail(db, person));
  const name = row.name ?? person.name;
  if (email === row.email && name === row.name) return;
  const isEmailLinkable = row.isEmailLinkable || row.email === null;
  await updateConsumer(db, person.tenant, id, { email, name, isEmailLinkable, updatedAt: now });
}

/** The verified address, where nobody else has it. */
async function freeEmail(db: Db, { tenant, verifiedEmail }: VouchedPerson): Promise<string | null> {
  if (verifiedEmail === null) return null;
  const owner = await lockConsumerByEmail(db, tenant, verifiedEmail);
  return owner === undefined ? verifiedEmail : null;
}
