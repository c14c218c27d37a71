import { encodeId } from "@stanchion/contract";
import { type ChangeAuthor, recordChangeBy } from "../platform/audit/index.ts";
import { type Database, withRetries } from "../platform/database/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { findAccountByEmail, makeAccount } from "./account-store.ts";
import { invitationStatusAt } from "./invitation.ts";
import { findInvitationByToken, type InvitationRow, spendInvitation } from "./invitation-store.ts";
import { endOtherSessions } from "./member-session-store.ts";
import { hashToken } from "./member-sessions.ts";
import { insertMembership } from "./member-store.ts";
import { refusedToken } from "./refused-token.ts";
import { type Browser, judgeSignIn, type SignInDeps, type StartedSession, startSession } from "./sign-in.ts";

/**
 * Makes the one who has an invitation's token a member and signs in. Who has an account shows it by its password; nobody else
 * can take it over. Throws INVALID_TOKEN, TOKEN_EXPIRED, and what {@link judgeSignIn} throws.
 */
export async function acceptInvitation(
  database: Database,
  deps: SignInDeps,
  given: {
    token: string;
    password: string;
    name?: string | undefined;
    code?: string | undefined;
    browser: Browser;
    /** Who the record names as having joined. */
    author: (joined: { organizationId: string; memberId: string }) => ChangeAuthor;
  },
): Promise<{ started: StartedSession; organizationId: string }> {
  const { kysely } = database;
  const { clock, passwords } = deps;
  const invitation = await findPending(database, given.token, clock.now());
  const { email, organizationId, role } = invitation;
  const known = await findAccountByEmail(kysely, email);
  if (known !== undefined) await judgeSignIn(kysely, deps, { ...given, email });
  const passwordHash = known === undefined ? await passwords.hash(given.password) : known.passwordHash;
  const name = given.name ?? email.slice(0, email.lastIndexOf("@"));
  const started = await withRetries(() =>
    kysely.transaction().execute(async (db) => {
      const nowMs = clock.now();
      const now = new Date(nowMs);
      if (!(await spendInvitation(db, invitation, { acceptedAt: now }))) throw refusedToken("INVALID_TOKEN");
      const accountId =
        known?.id ??
        (await makeAccount(db, { id: newUuid(nowMs), email, name, passwordHash, createdAt: now }));
      // Whoever had the account while nobody was a member by it does not come in again.
      if (known === undefined) await endOtherSessions(db, accountId, null, now);
      const memberId = newUuid(nowMs);
      await insertMembership(db, { id: memberId, organizationId, accountId, role, now });
      const session = await startSession(db, deps, { id: accountId, email }, given.browser);
      await recordChangeBy(db, given.author({ organizationId, memberId }), {
        action: "member.created",
        target: encodeId("member", memberId),
        related: [encodeId("invitation", invitation.id)],
        after: { role },
      });
      return session;
    }),
  );
  return { started, organizationId };
}

async function findPending(database: Database, token: string, nowMs: number): Promise<InvitationRow> {
  const found = await findInvitationByToken(database.kysely, hashToken(token));
  if (found === undefined) throw refusedToken("INVALID_TOKEN");
  const status = invitationStatusAt(found, nowMs);
  if (status === "EXPIRED") throw refusedToken("TOKEN_EXPIRED");
  if (status !== "PENDING") throw refusedToken("INVALID_TOKEN");
  return found;
}
