export { registerAuditRoutes } from "./audit-routes.ts";
export { authorOf, type ChangeAuthor, hostAuthor, systemAuthor } from "./change-author.ts";
export { forgetOldRecords } from "./forget-old-records.ts";
export { readAuditLog } from "./read-chain.ts";
export { type Change, recordChange, recordChangeBy } from "./record-change.ts";
export type { Settings } from "./settings-change.ts";
export { type AuditVerdict, type NotedHead, type VerifiedChain, verifyAuditLog } from "./verify-audit-log.ts";
