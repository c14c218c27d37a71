import { encodeId } from "@stanchion/contract";
import { findOrganizationsOnHost, listKeysOnHost, type PreparedDatabase } from "@stanchion/server";

/** What --organization may be, for the refusals of commands that need it. */
export const organizationForm = "--organization, an id such as org_… or a name";

type Found = { readonly organizationId: string } | { readonly refusal: string };

/** The one organization that is meant by an id or a name; or why there is none. */
export async function findOrganization(
  database: PreparedDatabase["database"],
  idOrName: string,
): Promise<Found> {
  const [organizationId, ...namesakes] = await findOrganizationsOnHost(database, idOrName);
  if (organizationId === undefined) return { refusal: await absence(database, idOrName) };
  if (namesakes.length > 0) return { refusal: ambiguity(idOrName, [organizationId, ...namesakes]) };
  return { organizationId };
}

async function absence(database: PreparedDatabase["database"], wanted: string): Promise<string> {
  const keys = await listKeysOnHost(database, undefined);
  const next = keys.length === 0 ? "There is none at all: init makes one." : "keys list shows their ids.";
  return `There is no organization ${wanted} in this database. ${next}`;
}

function ambiguity(name: string, ids: readonly string[]): string {
  const named = ids.map((id) => encodeId("organization", id)).join(", ");
  return `Several organizations are called ${name}: ${named}. Say which by its id.`;
}
