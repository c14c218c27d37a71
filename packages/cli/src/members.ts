import { parseArgs } from "node:util";
import { findServerUrl, inviteFromHost, readConfig } from "@stanchion/server";
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
  const { organization, email, role, json } = values;
  if (organization === undefined || email === undefined) {
    console.error("members invite needs --organization org_… and --email ADDRESS.");
    return 2;
  }
  const config = readConfig(process.env);
  const baseUrl = await findServerUrl(config);
  const made = await withDatabase(({ database }) =>
    inviteFromHost(database, { organization, email, role }, { mail: config.mail, baseUrl }),
  );
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
