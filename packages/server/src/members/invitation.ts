import { encodeId, type Invitation, limits, type Role } from "@stanchion/contract";
import type { Mail } from "../delivery/mail/index.ts";
import type { Change } from "../platform/audit/index.ts";
import type { InvitationRow } from "./invitation-store.ts";

/** PENDING can be accepted; the others are over. */
export function invitationStatusAt(row: InvitationRow, nowMs: number): Invitation["status"] {
  if (row.acceptedAt !== null) return "ACCEPTED";
  // One that ran out and was replaced carries its own end as the time of its revocation.
  if (row.revokedAt !== null && row.revokedAt < row.expiresAt) return "REVOKED";
  return row.expiresAt.getTime() <= nowMs ? "EXPIRED" : "PENDING";
}

export function invitationOf(row: InvitationRow, nowMs: number): Invitation {
  return {
    id: encodeId("invitation", row.id),
    email: row.email,
    role: row.role,
    status: invitationStatusAt(row, nowMs),
    invitedBy: row.invitedBy === null ? null : encodeId("member", row.invitedBy),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}

/** The page that says how an invitation is accepted, and a password chosen anew. */
export function membersGuideAt(baseUrl: string): string {
  return `${baseUrl}/docs/guides/members-and-roles`;
}

export function invitationMail(invited: {
  to: string;
  token: string;
  role: Role;
  organizationName: string;
  baseUrl: string;
}): Mail {
  const name = invited.organizationName.replace(/\s+/g, " ").trim();
  const days = limits.invitationSeconds / 86_400;
  return {
    to: invited.to,
    subject: `You are invited to ${name}`,
    text: `You are invited to ${name} as ${invited.role}. To accept, send the token below with a password of your choice (if you have one here already, that one) to

    POST ${invited.baseUrl}/api/v1/members/accept-invitation

as ${membersGuideAt(invited.baseUrl)} shows. The invitation is good for ${days} days and can be used once.
Its token: ${invited.token}
If you do not know ${name}, do nothing. Do not pass this on to anyone.
`,
  };
}

/** What the audit log says of an invitation: the role, and no address. */
export function invitationChange(verb: "created" | "revoked", row: InvitationRow): Change {
  const target = encodeId("invitation", row.id);
  return verb === "created"
    ? { action: "invitation.created", target, after: { role: row.role } }
    : { action: "invitation.revoked", target };
}
