import { limits } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { type GivenDevice, keptDevice } from "../admissions/index.ts";
import { carrySession, findRecord, isSessionUsed, type RefreshClaims } from "../identity/index.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inOrganization, type Tables, withRetries } from "../platform/database/index.ts";
import { type ApiError, apiError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import { type CarryCodeRow, lockCarryCode, noteSpent } from "./carry-code-store.ts";
import { type LivePlace, listLivePlaces, movePlaces } from "./live-place-store.ts";

type Db = Kysely<Tables>;

export interface GivenCarryCode {
  readonly tenant: Tenant;
  readonly code: string;
  readonly device: GivenDevice;
}

export interface CarriedSession {
  /** What the first tokens of the new session say. */
  readonly session: RefreshClaims;
  /** The session of the device that made the code, which is over. */
  readonly endedFamilyId: string;
}

/**
 * Lets another device go on with a session: its places are this device's from now on, and the old session is over, all in one
 * transaction. Throws INVALID_TOKEN where the code is unknown, spent, too old or older than a place, and FP001, which leaves it good.
 */
export async function exchangeCarryCode(
  { database, clock }: { database: Database; clock: Clock },
  given: GivenCarryCode,
): Promise<CarriedSession> {
  return withRetries(() =>
    inOrganization(database, given.tenant, async (db) => {
      const row = await lockCarryCode(db, given.tenant, given.code);
      if (row === undefined) throw refusedCode();
      return row.spentAt === null
        ? spend(db, given, row, new Date(clock.now()))
        : repeat(db, given, { ...row, spentAt: row.spentAt });
    }),
  );
}

async function spend(
  db: Db,
  { tenant, device }: GivenCarryCode,
  row: CarryCodeRow,
  now: Date,
): Promise<CarriedSession> {
  const { organizationId, isLive } = tenant;
  const { consumerId, familyId } = row;
  const record = await findRecord(db, tenant, consumerId);
  if (record !== undefined && record.deletedAt !== null) throw refusedCode();
  if (!(await carrySession(db, { organizationId, isLive, consumerId, familyId }))) throw refusedCode();
  // Read when the old session is over: a place that it took since the code was made stands among them.
  const places = await listLivePlaces(db, tenant, consumerId);
  const isKnown = ({ entryId, device: kept }: LivePlace): boolean =>
    kept === null || row.ownEntries.includes(entryId) || row.otherEntries.includes(entryId);
  if (!places.every(isKnown)) throw refusedCode(placeSinceHint);
  const moving = places.filter(({ entryId }) => !row.otherEntries.includes(entryId));
  if (device.fingerprint === null && moving.some(({ requiresDevice }) => requiresDevice))
    throw apiError("FP001");
  await movePlaces(
    db,
    tenant,
    moving.map((place) => ({ ...place, device: keptDevice(place.distributionId, device) })),
  );
  const successorId = newUuid(now.getTime());
  await noteSpent(db, row, { spentAt: now, successorId, deviceKey: device.deviceKey });
  return carriedSession(row, { successorId, spentAt: now, deviceKey: device.deviceKey });
}

/** The answer was lost on its way: the device that has spent the code gets the same tokens again, as long as it used none. */
async function repeat(
  db: Db,
  { tenant, device }: GivenCarryCode,
  row: CarryCodeRow & { readonly spentAt: Date },
): Promise<CarriedSession> {
  const { deviceKey, successorId } = row;
  const isSameDevice = deviceKey !== null && device.deviceKey !== null && deviceKey.equals(device.deviceKey);
  if (!isSameDevice || successorId === null) throw refusedCode();
  if (await isSessionUsed(db, tenant, successorId)) throw refusedCode();
  return carriedSession(row, { ...row, successorId });
}

function carriedSession(
  { organizationId, isLive, consumerId, isConfirmed, isExternal, familyId }: CarryCodeRow,
  { successorId, spentAt, deviceKey }: { successorId: string; spentAt: Date; deviceKey: Uint8Array | null },
): CarriedSession {
  const expiresAtSeconds = Math.floor(spentAt.getTime() / 1_000) + limits.refreshTokenSeconds;
  const subject = { organizationId, isLive, consumerId, familyId: successorId, isConfirmed, isExternal };
  return {
    session: { ...subject, deviceKey, generation: 0, expiresAtSeconds },
    endedFamilyId: familyId,
  };
}

const placeSinceHint = "A place was taken since the code was made: make a new code on the old device.";

/** Says that it is the code, so that a client does not give up a session for it. */
function refusedCode(hint?: string): ApiError {
  return apiError("INVALID_TOKEN", {
    details: { field: "carryCode", ...(hint === undefined ? {} : { hint }) },
  });
}
