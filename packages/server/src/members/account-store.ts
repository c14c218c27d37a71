import { type Kysely, type Selectable, sql, type Updateable } from "kysely";
import type { Tables } from "../platform/database/index.ts";

type Db = Kysely<Tables>;

export type AccountRow = Selectable<Tables["memberAccounts"]>;

/** The account of an address, where it is a member of some organization. */
export async function findAccountByEmail(db: Db, email: string): Promise<AccountRow | undefined> {
  return db
    .selectFrom("memberAccounts as a")
    .selectAll()
    .where("a.email", "=", email)
    .where((is) =>
      is.exists(
        is
          .selectFrom("members as m")
          .select("m.id")
          .whereRef("m.accountId", "=", "a.id")
          .where("m.deletedAt", "is", null),
      ),
    )
    .executeTakeFirst();
}

export async function findAccount(db: Db, accountId: string): Promise<AccountRow> {
  return db.selectFrom("memberAccounts").selectAll().where("id", "=", accountId).executeTakeFirstOrThrow();
}

export async function updateAccount(
  db: Db,
  accountId: string,
  values: Updateable<Tables["memberAccounts"]>,
): Promise<void> {
  await db.updateTable("memberAccounts").set(values).where("id", "=", accountId).execute();
}

/** The account of an address, made where there is none; an account that nobody is a member by is taken over with its new password. */
export async function makeAccount(
  db: Db,
  values: { id: string; email: string; name: string; passwordHash: string; createdAt: Date },
): Promise<string> {
  const made = await sql<{ id: string }>`
    insert into member_accounts as a (id, email, name, password_hash, created_at)
    values (${values.id}, ${values.email}, ${values.name}, ${values.passwordHash}, ${values.createdAt})
    on conflict (email) do update set name = excluded.name, password_hash = excluded.password_hash,
      sealed_totp_secret = null, totp_confirmed_at = null
    returning id`.execute(db);
  const [row] = made.rows;
  if (row === undefined) throw new Error("an account was neither made nor found");
  return row.id;
}
