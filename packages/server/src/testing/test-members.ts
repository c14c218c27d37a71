import { decodeId, type Role } from "@stanchion/contract";
import { createPasswords } from "../members/index.ts";
import { newUuid } from "../platform/randomness.ts";
import type { TestDatabase } from "./test-database.ts";

const password = "a password of the tests";
const passwordHash = createPasswords().hash(password);

/** Puts a member into an organization, beside the server. */
export async function insertMember(db: TestDatabase, organizationId: string, role: Role) {
  const [accountId, memberId] = [newUuid(Date.now()), newUuid(Date.now())];
  const email = `${role}-${accountId}@example.com`;
  await db.query(
    "insert into member_accounts (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, stanchion_now())",
    [accountId, email, `The ${role}`, await passwordHash],
  );
  await db.query(
    `insert into members (id, organization_id, account_id, role, created_at, updated_at)
     values ($1, $2, $3, $4, stanchion_now(), stanchion_now())`,
    [memberId, decodeId("organization", organizationId), accountId, role],
  );
  return { email, password, memberId, accountId };
}
