import { encodeId, fieldIssue } from "@stanchion/contract";
import type { Kysely } from "kysely";
import { claimId, markDeleted } from "../identity/index.ts";
import type { Tables } from "../platform/database/index.ts";
import { validationError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { newUuid } from "../platform/randomness.ts";
import * as store from "./experience-store.ts";

export interface Placement {
  readonly experienceId: string;
  readonly sequenceId: string;
}

/** The sequence that a distribution names, locked so that it stays; 422 `reference` where there is none. */
export async function placeInSequence(
  db: Kysely<Tables>,
  tenant: Tenant,
  sequenceId: string,
): Promise<Placement> {
  const sequence = await store.lockSequence(db, tenant, sequenceId);
  if (sequence === undefined)
    throw validationError([
      fieldIssue("sequenceId", "reference", "sequence", encodeId("sequence", sequenceId)),
    ]);
  return { experienceId: sequence.experienceId, sequenceId };
}

/** An experience and a sequence of its own for a distribution that came without: a first launch is one call. */
export async function placeByItself(
  db: Kysely<Tables>,
  tenant: Tenant,
  name: string,
  now: Date,
): Promise<Placement> {
  const experienceId = newUuid(now.getTime());
  const sequenceId = newUuid(now.getTime());
  const { organizationId, isLive } = tenant;
  const ownName = `${name.slice(0, 150).toWellFormed()} (${encodeId("experience", experienceId)})`;
  const shared = { organizationId, isLive, isImplied: true, createdAt: now, updatedAt: now };
  await claimId(db, "experience", experienceId, tenant);
  await claimId(db, "sequence", sequenceId, tenant);
  const experience = { id: experienceId, name, timeZone: "UTC", ...shared };
  if (!(await store.insertExperienceUnlessTaken(db, experience)))
    await store.insertExperience(db, { ...experience, name: ownName });
  await store.insertSequence(db, { id: sequenceId, experienceId, name, priority: 0, ...shared });
  return { experienceId, sequenceId };
}

/** Takes away what {@link placeByItself} made, unless something else stands in it by now. */
export async function removeImplied(
  db: Kysely<Tables>,
  tenant: Tenant,
  placement: Placement,
  deletedAt: Date,
): Promise<void> {
  const sequence = await store.lockSequence(db, tenant, placement.sequenceId);
  if (sequence?.isImplied !== true || (await store.countDistributions(db, tenant, sequence.id)) > 0) return;
  await store.updateSequence(db, tenant, sequence.id, { deletedAt });
  await markDeleted(db, "sequence", sequence.id, tenant, deletedAt);
  const experience = await store.lockExperience(db, tenant, placement.experienceId);
  if (experience?.isImplied !== true || (await store.countSequences(db, tenant, experience.id)) > 0) return;
  await store.writeOffered(db, tenant, experience.id, []);
  await store.updateExperience(db, tenant, experience.id, { deletedAt });
  await markDeleted(db, "experience", experience.id, tenant, deletedAt);
}
