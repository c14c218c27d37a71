import { limits } from "@stanchion/contract";
import { postponeSeatEnds } from "./distributions/draws/index.ts";
import { postponeAdmissionEnds } from "./distributions/queues/index.ts";
import { postponeHoldEnds } from "./orders/index.ts";
import { hostAuthor, recordChangeBy, type Settings } from "./platform/audit/index.ts";
import { type Database, withRetries } from "./platform/database/index.ts";
import {
  deleteMaintenance,
  type Maintenance,
  readMaintenance,
  writeMaintenance,
} from "./platform/maintenance/index.ts";

type Announcement = Omit<Maintenance, "since">;

/** Announces maintenance to every process on this database, or changes what was announced; throws as {@link checkAnnouncement}. */
export async function beginMaintenance(database: Database, announced: Announcement): Promise<void> {
  checkAnnouncement(announced);
  await withRetries(() =>
    database.kysely.transaction().execute(async (transaction) => {
      const present = await readMaintenance(transaction);
      await writeMaintenance(transaction, announced);
      await recordChangeBy(transaction, hostAuthor(), {
        action: present === null ? "maintenance.begun" : "maintenance.changed",
        target: null,
        before: present && settingsOf(present),
        after: settingsOf(announced),
      });
    }),
  );
}

/** @throws RangeError where the wait or the message is out of bounds */
export function checkAnnouncement({ retryAfterSeconds, message }: Announcement): void {
  const { maintenanceRetryAfterSecondsMax: secondsMax, maintenanceMessageCharactersMax: charactersMax } =
    limits;
  if (!Number.isInteger(retryAfterSeconds) || retryAfterSeconds < 1 || retryAfterSeconds > secondsMax)
    throw new RangeError(`The wait must be 1 to ${secondsMax} whole seconds.`);
  if (message !== null && !isPlainText(message, charactersMax))
    throw new RangeError(`The message must be one line of 1 to ${charactersMax} characters.`);
}

/**
 * Ends maintenance. Whoever held an admission, or an order, gets the time back that the maintenance took: nobody could check out in it.
 * Answers what was on; null: nothing was.
 */
export async function endMaintenance(database: Database): Promise<Maintenance | null> {
  return withRetries(() =>
    database.kysely.transaction().execute(async (transaction) => {
      const ended = await deleteMaintenance(transaction);
      if (ended === null) return null;
      await postponeAdmissionEnds(transaction, ended.since);
      await postponeSeatEnds(transaction, ended.since);
      await postponeHoldEnds(transaction, ended.since);
      const before = settingsOf(ended);
      await recordChangeBy(transaction, hostAuthor(), { action: "maintenance.ended", target: null, before });
      return ended;
    }),
  );
}

function settingsOf({ retryAfterSeconds, message }: Announcement): Settings {
  return { retryAfterSeconds, message };
}

/** One line that a page, a log and a terminal can show as it is: no control characters, no half of a pair. */
function isPlainText(text: string, charactersMax: number): boolean {
  const { length } = [...text];
  return length >= 1 && length <= charactersMax && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text);
}
