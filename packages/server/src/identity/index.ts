export { claimId, findOwnersOf, markDeleted, missing } from "../platform/owners.ts";
export { registerApiKeyRoutes } from "./api-key-routes.ts";
export { createAuthenticate, type FindMember } from "./authenticate.ts";
export { patchedMetadata } from "./consumer.ts";
export { registerConsumerRoutes } from "./consumer-routes.ts";
export { findRecord } from "./consumer-store.ts";
export { createOrganization, type NewOrganization } from "./create-organization.ts";
export { createDeviceProofs, type DeviceProofs } from "./device-proofs.ts";
export { registerExternalAccountRoutes } from "./external-account-routes.ts";
export {
  createKeyOnHost,
  type HostKey,
  listKeysOnHost,
  revokeKeyOnHost,
  rotateKeyOnHost,
} from "./host-keys.ts";
export {
  changeLimitsOnHost,
  findOrganizationsOnHost,
  type HostLimits,
  type LimitChange,
  readLimitsOnHost,
} from "./host-limits.ts";
export { createKeyDirectory, type KeyDirectory } from "./key-directory.ts";
export { registerOneTimeCodeRoutes } from "./one-time-code-routes.ts";
export { registerOrganizationRoutes } from "./organization-routes.ts";
export { overridesOf, readOrganization } from "./organization-store.ts";
export { pageKeyOf } from "./page-key.ts";
export { pastAddressLimit } from "./past-address-limit.ts";
export { registerPersonalDataRoutes } from "./personal-data-routes.ts";
export { type Revocations, watchRevocations } from "./revocations.ts";
export { createSessionIssuer, type SessionIssuer } from "./session-issuer.ts";
export { registerSessionRoutes } from "./session-routes.ts";
export { carrySession, isSessionUsed } from "./session-store.ts";
export type { RefreshClaims } from "./session-tokens.ts";
