import { parseArgs } from "node:util";
import {
  beginMaintenance,
  checkAnnouncement,
  endMaintenance,
  type Maintenance,
  readMaintenance,
} from "@stanchion/server";
import { withDatabase } from "./with-database.ts";

const retryAfterSecondsDefault = 60;

/** `stanchion maintenance [on|off]`: announces planned maintenance to every process, ends it, or says whether it is on. */
export async function maintenance([verb, ...rest]: readonly string[]): Promise<number> {
  switch (verb) {
    case "on":
      return begin(rest);
    case "off":
      refuseWords(rest);
      return end();
    case undefined:
      return tell();
  }
  if (verb.startsWith("-")) refuseWords([verb]);
  console.error("maintenance takes on, off, or nothing.");
  return 2;
}

/** Throws as for any command that takes no words, unless there are none. */
function refuseWords(args: readonly string[]): void {
  parseArgs({ args: [...args], options: {} });
}

async function begin(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { "retry-after": { type: "string" }, message: { type: "string" } },
  });
  const retryAfter = values["retry-after"] ?? String(retryAfterSecondsDefault);
  const retryAfterSeconds = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : Number.NaN;
  const announced = { retryAfterSeconds, message: values.message?.trim() ?? null };
  try {
    checkAnnouncement(announced);
  } catch (error) {
    console.error(
      `--retry-after or --message cannot be used. ${error instanceof Error ? error.message : error}`,
    );
    return 2;
  }
  await withDatabase(({ database }) => beginMaintenance(database, announced));
  console.log(`Maintenance is on. Within two seconds every process answers 503 MAINTENANCE with Retry-After: ${retryAfterSeconds};
health, metrics, JWKS, the API's description and the pages stay up, and the lines stand still with every place kept.

Next: do the work, then npm run stanchion -- maintenance off.`);
  return 0;
}

async function end(): Promise<number> {
  const ended = await withDatabase(({ database }) => endMaintenance(database));
  console.log(
    ended === null
      ? "Maintenance was not on. Nothing has changed."
      : "Maintenance is over: within two seconds every process serves again. Whoever held an admission got the time back. Nothing else is to be done.",
  );
  return 0;
}

async function tell(): Promise<number> {
  const current = await withDatabase(({ database }) => readMaintenance(database.kysely));
  console.log(current === null ? "Maintenance is off. Begin it with: maintenance on" : stateOf(current));
  return 0;
}

function stateOf({ since, retryAfterSeconds, message }: Maintenance): string {
  return `Maintenance is on since ${since.toISOString()}. End it with: maintenance off
Retry-After      ${retryAfterSeconds} s
Message          ${message ?? "none"}`;
}
