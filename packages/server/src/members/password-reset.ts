import { limits } from "@stanchion/contract";
import type { Mail, Mailer } from "../delivery/mail/index.ts";
import { type Database, withRetries } from "../platform/database/index.ts";
import { findAccountByEmail, updateAccount } from "./account-store.ts";
import { membersGuideAt } from "./invitation.ts";
import { endOtherSessions } from "./member-session-store.ts";
import { hashToken, newSessionToken } from "./member-sessions.ts";
import { findReset, insertReset, spendReset } from "./password-reset-store.ts";
import { refusedToken } from "./refused-token.ts";
import type { SignInDeps } from "./sign-in.ts";

/** Mails a new token to the account of an address; does nothing where nobody has it. */
export async function mailReset(
  database: Database,
  deps: Pick<SignInDeps, "clock"> & { mailer: Mailer; baseUrl: string },
  email: string,
): Promise<void> {
  const account = await findAccountByEmail(database.kysely, email);
  if (account === undefined) return;
  const token = newSessionToken();
  await insertReset(database.kysely, account.id, hashToken(token), new Date(deps.clock.now()));
  await deps.mailer.send(resetMail(email, token, deps.baseUrl), false);
}

/**
 * Sets a new password by the token of a mail, and ends every session of the account. A second factor stays on. Throws
 * INVALID_TOKEN or TOKEN_EXPIRED. Answers whose it was.
 */
export async function resetPassword(
  database: Database,
  { clock, passwords }: SignInDeps,
  given: { token: string; password: string },
): Promise<{ accountId: string; email: string }> {
  const tokenHash = hashToken(given.token);
  const found = await findReset(database.kysely, tokenHash);
  if (found === undefined || found.usedAt !== null) throw refusedToken("INVALID_TOKEN");
  if (found.expiresAt.getTime() <= clock.now()) throw refusedToken("TOKEN_EXPIRED");
  const passwordHash = await passwords.hash(given.password);
  const { accountId, email } = found;
  await withRetries(() =>
    database.kysely.transaction().execute(async (db) => {
      const now = new Date(clock.now());
      if (!(await spendReset(db, tokenHash, accountId, now))) throw refusedToken("INVALID_TOKEN");
      await updateAccount(db, accountId, { passwordHash });
      await endOtherSessions(db, accountId, null, now);
    }),
  );
  return { accountId, email };
}

function resetMail(to: string, token: string, baseUrl: string): Mail {
  return {
    to,
    subject: "Choose a new password",
    text: `To choose a new password for ${to}, send it with the token below to

    POST ${baseUrl}/api/v1/members/password/reset

as ${membersGuideAt(baseUrl)} shows. It is good for ${limits.passwordResetSeconds / 60} minutes and can be used once; all your sessions end then.
Its token: ${token}
If you did not ask for it, do nothing: your password stays as it is. Do not pass this on to anyone.
`,
  };
}
