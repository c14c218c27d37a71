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
 * Invites somebody from the host itself, an organization's first owner above all. Throws an error for a person to read that names all
 * that cannot be used, a line for each, and what the mailer throws. Answers the token where no mail is set up to carry it.
 */
export async function inviteFromHost(
  database: Database,
  invited: HostInvitation,
  { mail, baseUrl }: { mail: MailSettings | null; baseUrl: string },
): Promise<{ email: string; token: string | null; guide: string | null }> {
  const { read, faults } = readInvited(invited);
  const organizationId = decodeId("organization", invited.organization);
  const found =
    organizationId !== null &&
    (await database.kysely
      .selectFrom("organizations")
      .select("id")
      .where("id", "=", organizationId)
      .executeTakeFirst());
  const missing =
    organizationId === null || !found
      ? [`There is no organization ${invited.organization} in this database.`]
      : [];
  if (organizationId === null || read === null || missing.length > 0)
    throw new Error([...missing, ...faults].join("\n"));
  const { email, role } = read;
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

/** What of an invitation cannot be used, a line for each; of its organization it knows nothing. */
export function faultsOfInvitation(invited: Omit<HostInvitation, "organization">): readonly string[] {
  return readInvited(invited).faults;
}

function readInvited({ email, role }: Omit<HostInvitation, "organization">): {
  read: { email: string; role: Role } | null;
  faults: readonly string[];
} {
  const parsed = parseObject(shapes.invitationCreate, { email, role });
  if (parsed.ok) return { read: parsed.value as { email: string; role: Role }, faults: [] };
  const faults = parsed.issues.map(
    ({ path, expected, received }) =>
      `--${String(path[0]?.key ?? "invitation")} cannot be used: it must be ${expected}, and is ${received}.`,
  );
  return { read: null, faults };
}
