import { decodeId, parseObject, type Role, shapes } from "@stanchion/contract";
import { createDevMailbox, createMailer, type MailSettings } from "../delivery/mail/index.ts";
import { hostAuthor, recordChangeBy } from "../platform/audit/index.ts";
import { systemClock } from "../platform/clock.ts";
import { type Database, withRetries } from "../platform/database/index.ts";
import { ApiError } from "../platform/errors/index.ts";
import { createMetrics } from "../platform/metrics/index.ts";
import { invitationChange, membersGuideAt } from "./invitation.ts";
import { mailInvitation, writeInvitation } from "./invite.ts";

export interface HostInvitation {
  /** As `org_…`. */
  readonly organization: string;
  readonly email: string;
  readonly role: string;
}

/**
 * Invites somebody from the host itself, an organization's first owner above all. Throws an error for a person to read where
 * something given cannot be used, and what the mailer throws. Answers the token where no mail is set up to carry it.
 */
export async function inviteFromHost(
  database: Database,
  invited: HostInvitation,
  { mail, baseUrl }: { mail: MailSettings | null; baseUrl: string },
): Promise<{ email: string; token: string | null; guide: string | null }> {
  const { email, role } = readInvited(invited);
  const organizationId = decodeId("organization", invited.organization);
  const found =
    organizationId !== null &&
    (await database.kysely
      .selectFrom("organizations")
      .select("id")
      .where("id", "=", organizationId)
      .executeTakeFirst());
  if (organizationId === null || !found)
    throw new Error(`There is no organization ${invited.organization}. stanchion init makes one.`);
  const written = await withRetries(() =>
    database.kysely.transaction().execute(async (db) => {
      const given = { organizationId, email, role, invitedBy: null };
      const made = await writeInvitation(db, given, systemClock.now());
      await recordChangeBy(
        db,
        hostAuthor({ organizationId, isLive: false }),
        invitationChange("created", made.row),
      );
      return made;
    }),
  ).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.code !== "VALIDATION_ERROR") throw error;
    throw new Error(`${email} is a member of the organization or invited already.`, { cause: error });
  });
  if (mail === null) return { email, token: written.token, guide: membersGuideAt(baseUrl) };
  const metrics = createMetrics();
  const mailer = createMailer({
    settings: mail,
    mailbox: createDevMailbox(systemClock),
    clock: systemClock,
    metrics,
  });
  try {
    await mailInvitation(database, mailer, written, baseUrl, hostAuthor({ organizationId, isLive: false }));
  } finally {
    await mailer.close();
    await metrics.close();
  }
  return { email, token: null, guide: null };
}

function readInvited({ email, role }: HostInvitation): { email: string; role: Role } {
  const parsed = parseObject(shapes.invitationCreate, { email, role });
  if (parsed.ok) return parsed.value as { email: string; role: Role };
  const [issue] = parsed.issues;
  const field = String(issue?.path[0]?.key ?? "invitation");
  throw new Error(`--${field} cannot be used: it must be ${issue?.expected}, and is ${issue?.received}.`);
}
