import { parseArgs } from "node:util";
import { parseObject, shapes, type ValidationIssue } from "@stanchion/contract";
import { createOrganization } from "@stanchion/server";
import { withDatabase } from "./with-database.ts";

/** `stanchion init`: an organization and its first keys. */
export async function init(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      name: { type: "string" },
      live: { type: "boolean", default: false },
      origin: { type: "string", multiple: true },
      json: { type: "boolean", default: false },
    },
  });
  const name = values.name?.trim() ?? "";
  if (name === "") return refuse("init needs --name NAME.");
  // What the API takes of a name and of origins, and nothing else.
  const given = values.origin === undefined ? { name } : { name, allowedOrigins: values.origin };
  const parsed = parseObject(shapes.organizationPatch, given);
  if (!parsed.ok) return refuse(wordsOf(parsed.issues[0]));
  const made = await withDatabase(
    ({ database }) => createOrganization(database, { ...given, isLive: values.live }),
    { mayMake: true },
  );
  if (values.json) {
    console.log(JSON.stringify(made));
    return 0;
  }
  console.log(`Organization     ${made.organizationId}
Publishable key  ${made.publishableKey}   for browsers
Secret key       ${made.secretKey}   for your server only

The keys are shown this once. Next: make a queue with POST /api/v1/queues and the secret key, and invite the owner of the
dashboard: members invite --organization ${made.organizationId} --email ADDRESS --role owner`);
  return 0;
}

function wordsOf(issue: ValidationIssue | undefined): string {
  const option = issue?.path[0]?.key === "name" ? "--name" : "--origin";
  return `${option} cannot be used: ${issue?.message} Given was: ${issue?.received}`;
}

function refuse(why: string): number {
  console.error(why);
  return 2;
}
