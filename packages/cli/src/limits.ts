import { parseArgs } from "node:util";
import { type QuotaName, quotaNames, rateClassNames } from "@stanchion/contract";
import { changeLimitsOnHost, type HostLimits, readConfig, readLimitsOnHost } from "@stanchion/server";
import { findOrganization, organizationForm } from "./find-organization.ts";
import { readLimitOptions } from "./limits-options.ts";
import { withDatabase } from "./with-database.ts";

/** `stanchion limits`: what one organization may use, shown and set by whoever runs the server. */
export async function limits(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      organization: { type: "string" },
      set: { type: "string", multiple: true },
      unset: { type: "string", multiple: true },
      quota: { type: "string", multiple: true },
      "unset-quota": { type: "string", multiple: true },
      json: { type: "boolean", default: false },
    },
  });
  const { change, faults } = readLimitOptions(values);
  const wanted = values.organization?.trim() ?? "";
  const missing = wanted === "" ? [`limits needs ${organizationForm}.`] : [];
  if (faults.length + missing.length > 0) return refuse([...missing, ...faults]);
  const { rateLimits } = readConfig(process.env);
  const isChange = Object.keys({ ...change.rateLimits, ...change.quotas }).length > 0;
  const found = await withDatabase(async ({ database }) => {
    const organization = await findOrganization(database, wanted);
    if ("refusal" in organization) return organization.refusal;
    const { organizationId } = organization;
    const isChanged = isChange && (await changeLimitsOnHost(database, organizationId, change));
    return { isChanged, shown: await readLimitsOnHost(database, organizationId, rateLimits) };
  });
  if (typeof found === "string") return refuse([found]);
  if (values.json) console.log(JSON.stringify(found.shown));
  else console.log(`${tableOf(found.shown)}\n\n${nextOf(isChange, found.isChanged)}`);
  return 0;
}

const whoseNumbers = {
  everyone: "as for everyone",
  server: "RATE_LIMITS, as set here",
  organization: "this organization's own",
} as const;
const countedPer = {
  address: "client address",
  consumer: "consumer",
  caller: "consumer, else key and address",
  organization: "organization and mode",
} as const;

function tableOf({ organizationId, name, rateLimits, quotas }: HostLimits): string {
  const classes = rateClassNames.map((rateClass) => {
    const { limit, windowSeconds, countedPer: subject, setFor } = rateLimits[rateClass];
    return [rateClass, String(limit), `${windowSeconds} s`, countedPer[subject], whoseNumbers[setFor]];
  });
  const own = quotaNames.map((quota) => [
    quota,
    String(quotas.test[quota].limit ?? "none"),
    usedOf(quota, quotas),
  ]);
  return [
    `${organizationId}  "${name}"`,
    inColumns([["CLASS", "CALLS", "WINDOW", "COUNTED PER", "WHOSE NUMBERS"], ...classes]),
    inColumns([["QUOTA", "AT MOST", "USED NOW"], ...own]),
  ].join("\n\n");
}

function usedOf(quota: QuotaName, { test, live }: HostLimits["quotas"]): string {
  if (quota !== "deliveries") return `${test[quota].used} in test mode, ${live[quota].used} in live mode`;
  const { used, resetsAt } = test.deliveries;
  if (used === null) return "not counted";
  return resetsAt === null ? `${used} in 24 hours` : `${used}, counted anew from ${resetsAt}`;
}

function inColumns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function nextOf(isChange: boolean, isChanged: boolean): string {
  if (!isChange)
    return "Next: --set CLASS=CALLS/SECONDS gives this organization numbers of its own, --unset CLASS takes them back; --quota QUOTA=NUMBER and --unset-quota QUOTA set what it may have.";
  if (!isChanged) return "All of it held already; nothing has changed. Nothing else is to be done.";
  return "Every process holds to it within two seconds, and it is in the organization's audit log. Nothing else is to be done; its developers see it at GET /api/v1/organizations/current.";
}

function refuse(faults: readonly string[]): number {
  for (const fault of faults) console.error(fault);
  return 2;
}
