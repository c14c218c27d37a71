import { bytesFromUuid, decodeId, encodeId, idPrefixes } from "@stanchion/contract";
import type { Secrets } from "../platform/secrets.ts";

// Publishable keys are stored as hashes only, so the server's own pages carry a key that is derived: organization, mode and a MAC.
const pattern = /^pk_(test|live)_page_([0-9a-z]{26})_([0-9a-f]{32})$/;

/** The publishable key of the server's own pages for an organization in one mode. Good from the server's own origin only. */
export function pageKeyOf(secrets: Secrets, organizationId: string, isLive: boolean): string {
  const suffix = encodeId("organization", organizationId).slice(idPrefixes.organization.length + 1);
  return `pk_${isLive ? "live" : "test"}_page_${suffix}_${macOf(secrets, organizationId, isLive).toString("hex")}`;
}

/** The organization and mode of a page key, or null where it is none of ours. */
export function readPageKey(
  secrets: Secrets,
  key: string,
): { organizationId: string; isLive: boolean } | null {
  const match = pattern.exec(key);
  if (match === null) return null;
  const organizationId = decodeId("organization", `${idPrefixes.organization}_${match[2]}`);
  const isLive = match[1] === "live";
  if (organizationId === null) return null;
  return secrets.isMac("page-key", subject(organizationId, isLive), Buffer.from(match[3] ?? "", "hex"))
    ? { organizationId, isLive }
    : null;
}

function subject(organizationId: string, isLive: boolean): Uint8Array {
  return Buffer.concat([bytesFromUuid(organizationId), Buffer.from([isLive ? 1 : 0])]);
}

function macOf(secrets: Secrets, organizationId: string, isLive: boolean): Buffer {
  return secrets.mac("page-key", subject(organizationId, isLive));
}
