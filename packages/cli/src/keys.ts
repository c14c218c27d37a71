import { parseArgs } from "node:util";
import { decodeId, firstKeyScopes, limits, type Scope, scopeNames } from "@stanchion/contract";
import {
  createKeyOnHost,
  type HostKey,
  listKeysOnHost,
  revokeKeyOnHost,
  rotateKeyOnHost,
} from "@stanchion/server";
import { findOrganization, organizationForm } from "./find-organization.ts";
import { withDatabase } from "./with-database.ts";

/** `stanchion keys`: the API keys of the organizations, on the host: for who has lost those that could make others. */
export async function keys(args: readonly string[]): Promise<number> {
  const [verb = "list", ...rest] = args;
  // Without a word they are listed, also with options.
  if (verb.startsWith("-")) return list(args);
  switch (verb) {
    case "list":
      return list(rest);
    case "create":
      return create(rest);
    case "rotate":
      return rotate(rest);
    case "revoke":
      return revoke(rest);
  }
  return refuse("keys takes list, create, rotate or revoke.");
}

async function list(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { organization: { type: "string" }, json: { type: "boolean", default: false } },
  });
  const wanted = values.organization?.trim();
  if (wanted === "") return refuse(`keys list takes ${organizationForm}.`);
  const found = await withDatabase(async ({ database }) => {
    if (wanted === undefined) return listKeysOnHost(database, undefined);
    const organization = await findOrganization(database, wanted);
    if ("refusal" in organization) return organization.refusal;
    return listKeysOnHost(database, organization.organizationId);
  });
  if (typeof found === "string") return refuse(found);
  if (values.json) console.log(JSON.stringify(found));
  else for (const key of found) console.log(lineOf(key));
  if (!values.json && found.length === 0) console.log("There are no keys. Make an organization with: init");
  return 0;
}

async function create(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      organization: { type: "string" },
      name: { type: "string" },
      publishable: { type: "boolean", default: false },
      live: { type: "boolean", default: false },
      scope: { type: "string", multiple: true },
      "expires-at": { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const wanted = values.organization?.trim() ?? "";
  if (wanted === "") return refuse(`keys create needs ${organizationForm}. keys list shows their ids.`);
  const name = values.name?.trim() ?? "";
  if (name === "" || name.length > limits.nameCharactersMax)
    return refuse(`keys create needs --name NAME, 1 to ${limits.nameCharactersMax} characters.`);
  const scopes = scopesOf(values.scope, values.publishable);
  if (scopes === null) return refuse(`--scope takes one of: ${scopeNames.join(", ")}; for secret keys.`);
  const expiresAt = values["expires-at"] === undefined ? null : new Date(values["expires-at"]);
  if (expiresAt !== null && !(expiresAt.getTime() > Date.now()))
    return refuse("--expires-at needs a time to come, such as 2030-01-31T00:00:00Z.");
  const kind = values.publishable ? "publishable" : "secret";
  const settings = { name, kind, scopes, expiresAt } as const;
  const made = await withDatabase(async ({ database }) => {
    const organization = await findOrganization(database, wanted);
    if ("refusal" in organization) return organization.refusal;
    const { organizationId } = organization;
    const known = await listKeysOnHost(database, organizationId);
    if (known.some((key) => key.name === name && key.status !== "REVOKED"))
      return `A key of this organization has the name "${name}" already.`;
    return createKeyOnHost(database, { organizationId, isLive: values.live }, settings);
  });
  return typeof made === "string" ? refuse(made) : show(made, values.json);
}

async function rotate(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { overlap: { type: "string" }, json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const keyId = keyIdOf(positionals);
  if (keyId === null)
    return refuse(
      "keys rotate needs the id of one API key, such as key_…. The signing key: signing-keys rotate.",
    );
  const overlap = /^\d{1,6}$/.test(values.overlap ?? "") ? Number(values.overlap) : Number.NaN;
  if (!(overlap <= limits.keyOverlapSecondsMax))
    return refuse(
      `keys rotate needs --overlap SECONDS, 0 to ${limits.keyOverlapSecondsMax}: for how long the old one goes on.`,
    );
  const rotated = await withDatabase(({ database }) => rotateKeyOnHost(database, keyId, overlap));
  return rotated === null
    ? refuse("There is no such key. keys list shows them.")
    : show(rotated, values.json);
}

async function revoke(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const keyId = keyIdOf(positionals);
  if (keyId === null) return refuse("keys revoke needs the id of one API key, such as key_….");
  const revoked = await withDatabase(({ database }) => revokeKeyOnHost(database, keyId));
  if (revoked === null) return refuse("There is no such key. keys list shows them.");
  if (values.json) console.log(JSON.stringify(revoked));
  else
    console.log(`${lineOf(revoked)}

Within two seconds every process refuses it. Whoever needs another one: keys create --organization ${revoked.organizationId} --name NAME.`);
  return 0;
}

function show(key: HostKey, isJson: boolean): number {
  if (isJson) {
    console.log(JSON.stringify(key));
    return 0;
  }
  console.log(`${lineOf(key)}
Key              ${key.key}

The key is shown this once. Next: give it to the program that calls with it${
    key.kind === "secret" ? ", on your server only" : ""
  }.`);
  return 0;
}

function lineOf(key: HostKey): string {
  const scopes = key.kind === "secret" ? ` ${key.scopes.join(",")}` : "";
  const lastUse = key.lastUsedAt === null ? "never used" : `last used ${key.lastUsedAt}`;
  return `${key.id}  ${key.organizationId}  ${key.kind} ${key.mode} ${key.status}  ${key.hint ?? "?"}  "${key.name}"${scopes}  ${lastUse}`;
}

function keyIdOf(positionals: readonly string[]): string | null {
  const [id = "", ...others] = positionals;
  return others.length > 0 ? null : decodeId("apiKey", id);
}

/** Where none is named, all: who makes a key here has lost the others. Null: one that there is not. */
function scopesOf(given: readonly string[] | undefined, isPublishable: boolean): readonly Scope[] | null {
  if (isPublishable) return given === undefined ? [] : null;
  if (given === undefined) return firstKeyScopes;
  const named = given.flatMap((text) => text.split(","));
  return named.every(isScope) ? (named as Scope[]) : null;
}

function isScope(text: string): boolean {
  return (scopeNames as readonly string[]).includes(text);
}

function refuse(message: string): number {
  console.error(message);
  return 2;
}
