import { randomBytes } from "node:crypto";
import { matchDevice } from "../admissions/index.ts";
import { type Database, inOrganization, withRetries } from "../platform/database/index.ts";
import { apiError } from "../platform/errors/index.ts";
import type { ConsumerActor } from "../platform/http/index.ts";
import { writeCarryCode } from "./carry-code-store.ts";
import { listLivePlaces } from "./live-place-store.ts";

/**
 * Makes the code by which another device goes on with the session. What moves is told now, from the places that this device may
 * go on with itself: whoever has no more than a copy of its tokens takes none of them along. Throws FP001.
 */
export async function createCarryCode(
  database: Database,
  consumer: ConsumerActor,
  fingerprint: string | null,
): Promise<{ carryCode: string; expiresAt: Date }> {
  const { tenant, consumerId, deviceKey } = consumer;
  const carryCode = randomBytes(32).toString("base64url");
  return withRetries(() =>
    inOrganization(database, tenant, async (db) => {
      const places = await listLivePlaces(db, tenant, consumerId);
      if (fingerprint === null && places.some(({ requiresDevice }) => requiresDevice))
        throw apiError("FP001");
      const isOther = ({ distributionId, device }: (typeof places)[number]): boolean =>
        matchDevice(distributionId, device, { fingerprint, deviceKey }).isOther;
      const [ownEntries, otherEntries] = [places.filter((place) => !isOther(place)), places.filter(isOther)];
      const expiresAt = await writeCarryCode(db, consumer, carryCode, {
        ownEntries: ownEntries.map(({ entryId }) => entryId),
        otherEntries: otherEntries.map(({ entryId }) => entryId),
      });
      return { carryCode, expiresAt };
    }),
  );
}
