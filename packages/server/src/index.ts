export { type Config, ConfigError, readConfig } from "./config.ts";
export { newWebhookSecret, signedHeaders } from "./delivery/webhooks/index.ts";
export {
  changeLimitsOnHost,
  createKeyOnHost,
  createOrganization,
  findOrganizationsOnHost,
  type HostKey,
  type HostLimits,
  type LimitChange,
  listKeysOnHost,
  type NewOrganization,
  readLimitsOnHost,
  revokeKeyOnHost,
  rotateKeyOnHost,
} from "./identity/index.ts";
export { faultsOfInvitation, type HostInvitation, inviteFromHost } from "./members/index.ts";
export {
  type AuditVerdict,
  type NotedHead,
  readAuditLog,
  type VerifiedChain,
  verifyAuditLog,
} from "./platform/audit/index.ts";
export { createLog } from "./platform/log.ts";
export { type Maintenance, readMaintenance } from "./platform/maintenance/index.ts";
export { keyPurposes, rotateSigningKeys } from "./platform/signing-keys/index.ts";
export { closeDatabase, type PreparedDatabase, prepareDatabase } from "./prepare-database.ts";
export { type OwnedRequestRecord, readRequests } from "./requests/index.ts";
export { findServerUrl } from "./server-address.ts";
export { type RunningServer, type ServerOptions, startServer } from "./start-server.ts";
export { beginMaintenance, checkAnnouncement, endMaintenance } from "./switch-maintenance.ts";
