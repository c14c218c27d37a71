export { type AuditAction, auditActions } from "./audit-actions.ts";
export { type CallName, callNameOf } from "./call-names.ts";
export { type Catalogue, catalogues, english, type IssueText, issueMessage } from "./catalogue.ts";
export {
  type ClientErrorCode,
  type ClientErrorRow,
  type ClientErrorType,
  clientErrorCodes,
  clientErrorTable,
} from "./client-errors.ts";
export type {
  Draw,
  DrawEntry,
  DrawEntryProof,
  DrawEntryStatus,
  DrawNews,
  DrawRules,
  DrawStatus,
  PublicDraw,
  RemovalReason,
} from "./draw-resources.ts";
export { canonicalEmail } from "./email-addresses.ts";
export { type ErrorExample, errorExamples } from "./error-examples.ts";
export {
  type ErrorBody,
  type ErrorCode,
  type ErrorRow,
  type ErrorType,
  errorCodes,
  errorPagePath,
  errorTable,
  type IssueType,
  isRetryable,
  issueTypes,
  type ValidationIssue,
} from "./errors.ts";
export {
  type BatchedEventType,
  type BatchType,
  batchedEventTypes,
  batchTypeOf,
  batchTypes,
  type EventType,
  eventTypes,
  testEventType,
} from "./event-types.ts";
export type { Beacon, LineReceipt, Receipt, RuledBeacon } from "./fairness-resources.ts";
export type { Hook, HookEffect, HookResult, HookSource } from "./hook-resources.ts";
export {
  bytesFromUuid,
  decodeId,
  encodeId,
  encodeIdBytes,
  type IdKind,
  idPrefixes,
  uuidFromBytes,
} from "./ids.ts";
export {
  type Language,
  languages,
  pickLanguage,
} from "./languages.ts";
export { limits } from "./limits.ts";
export type { LineRules, TurnMail } from "./line-resources.ts";
export { openapiDocument } from "./openapi.ts";
export {
  type Access,
  errorsOf,
  type OperationName,
  type OperationShape,
  operationNames,
  operationOf,
  operations,
  pathIdKinds,
} from "./operations.ts";
export type { Order, OrderCreate, OrderItem, OrderStatus, RefundReason } from "./order-resources.ts";
export { isListableOrigin, isOriginListed } from "./origins.ts";
export {
  countText,
  duplicateIssue,
  type FieldPath,
  fieldIssue,
  fieldNamesOf,
  isNumberField,
  type ParseResult,
  parseObject,
} from "./parse.ts";
export { type QuotaName, type Quotas, quotaNames } from "./quotas.ts";
export {
  type RateClass,
  type RateClassRule,
  type RateLimitInForce,
  type RateLimitOverrides,
  rateClasses,
  rateClassNames,
  rateLimitsInForce,
} from "./rate-classes.ts";
export type {
  ActiveEntry,
  Admission,
  ApiKey,
  AuditActor,
  AuditRecord,
  Board,
  Consumer,
  ConsumerBatched,
  ConsumerExport,
  CredentialKind,
  Entry,
  EntryAdmission,
  EntryLevel,
  EntryStatus,
  Experience,
  FairnessLog,
  Hold,
  HoldInput,
  Invitation,
  KeyKind,
  KeyStatus,
  ListedExperience,
  Member,
  MemberSession,
  Offer,
  Organization,
  OrganizationQuotas,
  OwnMember,
  Product,
  ProductsImported,
  PublicExperience,
  PublicQueue,
  Queue,
  QueueStatus,
  RequestRecord,
  RequestRecords,
  Sequence,
  SessionTokens,
  VariantInput,
} from "./resources.ts";
export { hasRole, leastRoles, type Role, roles } from "./roles.ts";
export {
  firstKeyScopes,
  holdsScope,
  type OperationScope,
  type Scope,
  scopeNames,
  scopes,
} from "./scopes.ts";
export { shapes } from "./shapes.ts";
export { patchedTheme, type Theme, type ThemeInput, themeIssues } from "./theme.ts";
export {
  blackOrWhiteOn,
  contrastOf,
  mixColors,
  nearestWith,
  type Palette,
  palettesOf,
} from "./theme-colors.ts";
export { eventData, nearestEventType, sampleEventData } from "./webhook-events.ts";
export type {
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookFailure,
} from "./webhook-resources.ts";
