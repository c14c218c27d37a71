import { canonicalEmail, duplicateIssue, limits, type Role } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Mailer } from "../delivery/mail/index.ts";
import { readOrganization } from "../identity/index.ts";
import { type ChangeAuthor, recordChangeBy } from "../platform/audit/index.ts";
import { type Database, inOrganization, type Tables } from "../platform/database/index.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
import type { Actor } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { invitationChange, invitationMail } from "./invitation.ts";
import {
  deleteInvitation,
  hasOpenInvitation,
  type InvitationRow,
  insertInvitation,
  retireExpired,
} from "./invitation-store.ts";
import { hashToken, newSessionToken } from "./member-sessions.ts";
import { isMemberByEmail } from "./member-store.ts";
import { roleOf } from "./role-of.ts";

type Db = Kysely<Tables>;

export interface NewInvitation {
  readonly organizationId: string;
  readonly email: string;
  readonly role: Role;
  /** The member who invites; null: a secret key, or the operator of the host. */
  readonly invitedBy: string | null;
}

/** Writes an invitation. The token is known here and never again. Throws 422 `unique` for who is in or invited already. */
export async function writeInvitation(
  db: Db,
  invited: NewInvitation,
  nowMs: number,
): Promise<{ row: InvitationRow; token: string }> {
  const { organizationId, role, invitedBy } = invited;
  const email = canonicalEmail(invited.email);
  const now = new Date(nowMs);
  await retireExpired(db, organizationId, email, now);
  if (
    (await isMemberByEmail(db, organizationId, email)) ||
    (await hasOpenInvitation(db, organizationId, email))
  )
    throw validationError([duplicateIssue("email")]);
  const token = newSessionToken();
  const row = await insertInvitation(db, {
    id: newUuid(nowMs),
    organizationId,
    email,
    role,
    tokenHash: hashToken(token),
    invitedBy,
    createdAt: now,
    expiresAt: new Date(nowMs + limits.invitationSeconds * 1000),
  });
  return { row, token };
}

/** Mails a written invitation; one that could not be mailed is taken back, and what the {@link Mailer} throws is thrown. */
export async function mailInvitation(
  database: Database,
  mailer: Mailer,
  { row, token }: { row: InvitationRow; token: string },
  baseUrl: string,
  author: ChangeAuthor,
): Promise<void> {
  const { name } = await inOrganization(database, row, (db) => readOrganization(db, row));
  const { email: to, role } = row;
  try {
    await mailer.send(invitationMail({ to, token, role, organizationName: name, baseUrl }), false);
  } catch (error) {
    await inOrganization(database, row, async (transaction) => {
      await deleteInvitation(transaction, row);
      await recordChangeBy(transaction, author, invitationChange("revoked", row));
    });
    throw error;
  }
}

/** Refuses who would give or take a role above the own. */
export function requireRoleAbove(actor: Actor, others: readonly Role[]): void {
  const role = roleOf(actor);
  if (!others.includes("owner") || role === "owner") return;
  const hint =
    actor.kind === "member"
      ? `Yours is ${role}: ask an owner of the organization.`
      : "A secret key gives and takes roles as an admin does: an owner must do this, signed in, or whoever runs the server with members invite.";
  throw apiError("INSUFFICIENT_ROLE", { details: { role, roleNeeded: "owner", hint } });
}
