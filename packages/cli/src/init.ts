import { parseArgs } from "node:util";
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
  if (name === "" || name.length > 200) {
    console.error("init needs --name NAME, 1 to 200 characters.");
    return 2;
  }
  const strange = values.origin?.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin);
  if (strange !== undefined) {
    console.error(`--origin needs an origin such as https://shop.example.com; "${strange}" is none.`);
    return 2;
  }
  const made = await withDatabase(({ database }) =>
    createOrganization(database, {
      name,
      isLive: values.live,
      ...(values.origin === undefined ? {} : { allowedOrigins: values.origin }),
    }),
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
