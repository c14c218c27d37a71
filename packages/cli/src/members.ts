import { parseArgs } from "node:util";
import { encodeId } from "@stanchion/contract";
import { faultsOfInvitation, findServerUrl, inviteFromHost, readConfig } from "@stanchion/server";
import { findOrganization, organizationForm } from "./find-organization.ts";
import { withDatabase } from "./with-database.ts";

/** `stanchion members invite`: invites somebody to an organization, its first owner above all. */
export async function inviteMember(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      organization: { type: "string" },
      email: { type: "string" },
      role: { type: "string", default: "owner" },
      json: { type: "boolean", default: false },
    },
  });
  const { email, role, json } = values;
  const wanted = values.organization?.trim() ?? "";
  if (wanted === "" || email === undefined)
    return refuse(`members invite needs ${organizationForm}, and --email ADDRESS.`);
  const config = readConfig(process.env);
  const baseUrl = await findServerUrl(config);
  const made = await withDatabase(async ({ database }) => {
    const found = await findOrganization(database, wanted);
    if ("refusal" in found) return [found.refusal, ...faultsOfInvitation({ email, role })].join("\n");
    const organization = encodeId("organization", found.organizationId);
    return inviteFromHost(database, { organization, email, role }, { mail: config.mail, baseUrl });
  });
  if (typeof made === "string") return refuse(made);
  if (json) console.log(JSON.stringify(made));
  else if (made.token === null)
    console.log(`The invitation was mailed to ${made.email}. It is good for seven days.
Next: accept it as the mail says, with a password.`);
  else
    console.log(`Invited          ${made.email} as ${role}, for seven days
Token            ${made.token}
How              ${made.guide}

SMTP_URL is not set, so nothing was mailed, and the token is shown this once. Next: pass it on to that person alone, who
accepts with a password of 12 characters or more: POST ${baseUrl}/api/v1/members/accept-invitation {"token","password","name"}`);
  return 0;
}

function refuse(why: string): number {
  console.error(why);
  return 2;
}
