/** Every operation of the API: who may call it, what it takes, what it answers and how it refuses. */
import * as v from "valibot";
import { auditActions } from "./audit-actions.ts";
import { type ErrorCode, errorCodes, errorTable } from "./errors.ts";
import { dateTime, email, id, integer, text } from "./fields.ts";
import type { IdKind } from "./ids.ts";
import { limits } from "./limits.ts";
import type { RateClass } from "./rate-classes.ts";
import * as shapes from "./resources.ts";
import { leastRoles, type Role, roles } from "./roles.ts";
import { neededScopes, type OperationScope } from "./scopes.ts";

/**
 * Who may call: `anyone` without a credential; `publishable` a publishable key (a secret key is accepted too);
 * `consumer` a publishable key and a consumer's access token; `maybeConsumer` as `publishable`, and besides a consumer's
 * access token where the caller has one; `secret` a secret key; `member` the session of a member; `visitor` without a
 * credential too, and from no page of another origin: who signs in. Where the operation has a least role, a member's session
 * is accepted as well.
 */
export type Access =
  | "anyone"
  | "publishable"
  | "consumer"
  | "maybeConsumer"
  | "secret"
  | "member"
  | "visitor";

export interface OperationShape {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Parameters stand in braces: `/api/v1/queues/{queueId}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly access: Access;
  /** The least role of a member who may call; from the table of roles. Null or absent: it is not for members. */
  readonly leastRole?: Role | null;
  /** What a secret key must hold; from the table of scopes. Null or absent: no secret key is taken. */
  readonly scope?: OperationScope | null;
  /** Null: not limited. */
  readonly rateClass: RateClass | null;
  /** The schema of the body, where the operation takes one. */
  readonly body?: v.GenericSchema;
  /** False: the body may be left out. */
  readonly bodyNeeded?: boolean;
  readonly query?: v.GenericSchema;
  readonly status: 200 | 201 | 204;
  /** The schema of the answer; absent for 204 and for answers that are not JSON. */
  readonly answer?: v.GenericSchema;
  /** The media type of an answer that is not JSON. */
  readonly answerType?: string;
  /** Takes an Idempotency-Key. */
  readonly idempotent?: true;
  /** Honours If-Match. */
  readonly ifMatch?: true;
  /** Sets or takes back the cookie of a session. */
  readonly setsCookie?: true;
  /** Reads X-Fingerprint. */
  readonly fingerprint?: true;
  /** A read with an ETag that honours If-None-Match: 304 to who has it already. */
  readonly ifNoneMatch?: true;
  /** Under load the last to be refused: whoever is admitted already buys first. */
  readonly keptLongest?: true;
  /** Answers during maintenance and under any load too. */
  readonly staysUp?: true;
  /** The refusals of its own; those that follow from the members above are added by {@link errorsOf}. */
  readonly errors: readonly ErrorCode[];
}

const listQuery = {
  first: v.optional(integer(1, limits.listFirstMax)),
  after: v.optional(text(1, 200)),
  search: v.optional(text(1, limits.nameCharactersMax)),
};
const consumerListQuery = v.object({ ...listQuery, email: v.optional(email) });
const productListQuery = v.object({ ...listQuery, status: v.optional(v.picklist(shapes.productStatuses)) });
const experienceListQuery = v.object({
  ...listQuery,
  status: v.optional(v.picklist(["SCHEDULED", "OPEN", "CLOSED"])),
});
const sequenceListQuery = v.object({ ...listQuery, experienceId: v.optional(id("experience")) });
const queueListQuery = v.object({
  ...listQuery,
  status: v.optional(v.picklist(shapes.queueStatuses)),
  experienceId: v.optional(id("experience")),
  sequenceId: v.optional(id("sequence")),
});

const auditFilter = {
  action: v.optional(v.picklist(auditActions)),
  actor: v.optional(text(1, limits.idCharactersMax)),
  target: v.optional(text(1, limits.idCharactersMax)),
  from: v.optional(dateTime),
  to: v.optional(dateTime),
};
const auditListQuery = v.object({ first: listQuery.first, after: listQuery.after, ...auditFilter });
const auditExportQuery = v.object(auditFilter);
const apiKeyListQuery = v.object({
  ...listQuery,
  kind: v.optional(v.picklist(shapes.keyKinds)),
  status: v.optional(v.picklist(shapes.keyStatuses)),
});
const memberListQuery = v.object({ ...listQuery, role: v.optional(v.picklist(roles)) });

const secretGeneral = { access: "secret", rateClass: "general" } as const;
const queueErrors = ["QUEUE_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const consumerErrors = ["CONSUMER_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const productErrors = ["PRODUCT_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const experienceErrors = ["EXPERIENCE_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const sequenceErrors = ["SEQUENCE_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const apiKeyErrors = ["API_KEY_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const memberErrors = ["MEMBER_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const invitationErrors = ["INVITATION_NOT_FOUND", "OTHER_ORGANIZATION"] as const;
const fingerprintErrors = ["FP001", "FP003", "FP002"] as const;
const stateChange = {
  ...secretGeneral,
  method: "POST",
  tag: "queues",
  bodyNeeded: false,
  body: shapes.noBody,
  status: 200,
  answer: shapes.queue,
  idempotent: true,
  errors: [...queueErrors, "INVALID_STATE", "CONCURRENT_MODIFICATION"],
} as const;
const admissionCall = {
  access: "secret",
  rateClass: "webhook",
  method: "POST",
  tag: "admissions",
  status: 200,
} as const;
const entryChange = { ...admissionCall, answer: shapes.entry, idempotent: true } as const;

const asMember = { access: "member", rateClass: "general", tag: "members" } as const;
const visit = { access: "visitor", rateClass: "authentication", method: "POST", tag: "members" } as const;

export const operations = {
  // --- sessions ---
  createGuest: {
    method: "POST",
    path: "/api/v1/auth/guest",
    tag: "sessions",
    summary: "Start a guest session",
    access: "publishable",
    rateClass: "guest",
    body: shapes.noBody,
    bodyNeeded: false,
    status: 201,
    answer: shapes.sessionTokens,
    errors: [],
  },
  refreshSession: {
    method: "POST",
    path: "/api/v1/auth/refresh",
    tag: "sessions",
    summary: "Exchange a refresh token for new tokens",
    access: "publishable",
    rateClass: "general",
    body: shapes.refreshRequest,
    status: 200,
    answer: shapes.sessionTokens,
    errors: ["INVALID_TOKEN", "TOKEN_EXPIRED", "TOKEN_REUSED"],
  },
  logout: {
    method: "POST",
    path: "/api/v1/auth/logout",
    tag: "sessions",
    summary: "End the session: its tokens are refused from now on",
    access: "consumer",
    rateClass: "general",
    body: shapes.noBody,
    bodyNeeded: false,
    status: 204,
    errors: [],
  },

  requestCode: {
    method: "POST",
    path: "/api/v1/auth/otp/request",
    tag: "sessions",
    summary: "Send a one-time code by mail; codes sent before are good no more",
    access: "maybeConsumer",
    rateClass: "authentication",
    body: shapes.codeRequest,
    status: 200,
    answer: shapes.codeRequested,
    errors: ["MAIL_PROVIDER_FAILED", "MAIL_PROVIDER_TIMEOUT", "UPSTREAM_UNAVAILABLE"],
  },
  verifyCode: {
    method: "POST",
    path: "/api/v1/auth/otp/verify",
    tag: "sessions",
    summary:
      "Sign in with a one-time code; with a guest's token the guest becomes that person and keeps every place",
    access: "maybeConsumer",
    rateClass: "authentication",
    body: shapes.codeVerify,
    status: 200,
    answer: shapes.sessionTokens,
    errors: ["INVALID_OTP", "OTP_EXPIRED", "IDENTITY_TAKEN"],
  },

  authorizeExternalAccount: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/auth/external/authorize",
    tag: "sessions",
    summary: "Vouch for a person of the shop's own accounts; the answer's code is good once, for a minute",
    body: shapes.accountAuthorize,
    status: 201,
    answer: shapes.accountAuthorized,
    errors: [],
  },
  exchangeExternalAccount: {
    method: "POST",
    path: "/api/v1/auth/external/exchange",
    tag: "sessions",
    summary:
      "Sign in with the code of an outside account; with a guest's token the guest becomes that person and keeps every place",
    access: "maybeConsumer",
    rateClass: "authentication",
    body: shapes.accountExchange,
    status: 200,
    answer: shapes.sessionTokens,
    errors: ["IDENTITY_TAKEN"],
  },

  // --- consumers ---
  createConsumer: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/consumers",
    tag: "consumers",
    summary: "Create a consumer",
    body: shapes.consumerCreate,
    status: 201,
    answer: shapes.consumer,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  batchConsumers: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/consumers/batch",
    tag: "consumers",
    summary: "Create up to 500 consumers, each judged by itself",
    body: shapes.consumerBatch,
    status: 200,
    answer: shapes.consumerBatched,
    idempotent: true,
    errors: [],
  },
  listConsumers: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/consumers",
    tag: "consumers",
    summary: "List consumers, newest first",
    query: consumerListQuery,
    status: 200,
    answer: shapes.listOf(shapes.consumer),
    errors: [],
  },
  readOwnConsumer: {
    method: "GET",
    path: "/api/v1/consumers/me",
    tag: "consumers",
    summary: "Read one's own profile, and where one takes part",
    access: "consumer",
    rateClass: "general",
    status: 200,
    answer: shapes.ownProfile,
    errors: [],
  },
  readConsumer: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/consumers/{consumerId}",
    tag: "consumers",
    summary: "Read a consumer, and where it takes part",
    status: 200,
    answer: shapes.consumerProfile,
    errors: [...consumerErrors],
  },
  updateConsumer: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/consumers/{consumerId}",
    tag: "consumers",
    summary: "Change a consumer by a merge patch",
    body: shapes.consumerPatch,
    status: 200,
    answer: shapes.consumer,
    ifMatch: true,
    errors: [...consumerErrors],
  },
  deleteConsumer: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/consumers/{consumerId}",
    tag: "consumers",
    summary: "Delete a consumer who waits nowhere and holds no admission",
    status: 204,
    ifMatch: true,
    errors: [...consumerErrors, "RESOURCE_IN_USE"],
  },

  exportConsumer: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/consumers/{consumerId}/export",
    tag: "consumers",
    summary: "Export everything that is kept of a person, deleted or not",
    status: 200,
    answer: shapes.consumerExport,
    errors: [...consumerErrors],
  },
  eraseConsumer: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/consumers/{consumerId}/erase",
    tag: "consumers",
    summary: "Erase what is personal of a consumer, deleted or not, who waits nowhere and holds no admission",
    body: shapes.noBody,
    bodyNeeded: false,
    status: 200,
    answer: shapes.consumerErased,
    idempotent: true,
    errors: [...consumerErrors, "RESOURCE_IN_USE"],
  },

  // --- products ---
  createProduct: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/products",
    tag: "products",
    summary: "Create a product, with its variants",
    body: shapes.productCreate,
    status: 201,
    answer: shapes.product,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  listProducts: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/products",
    tag: "products",
    summary: "List products, newest first",
    query: productListQuery,
    status: 200,
    answer: shapes.listOf(shapes.product),
    errors: [],
  },
  readProduct: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/products/{productId}",
    tag: "products",
    summary: "Read a product",
    status: 200,
    answer: shapes.product,
    errors: [...productErrors],
  },
  updateProduct: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/products/{productId}",
    tag: "products",
    summary: "Change a product by a merge patch; a list of variants replaces the present one",
    body: shapes.productPatch,
    status: 200,
    answer: shapes.product,
    ifMatch: true,
    errors: [...productErrors, "ALREADY_EXISTS"],
  },
  deleteProduct: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/products/{productId}",
    tag: "products",
    summary: "Delete a product with its variants; their SKUs are free again",
    status: 204,
    ifMatch: true,
    errors: [...productErrors],
  },

  // --- experiences ---
  createExperience: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/experiences",
    tag: "experiences",
    summary: "Create an experience",
    body: shapes.experienceCreate,
    status: 201,
    answer: shapes.experience,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  listExperiences: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/experiences",
    tag: "experiences",
    summary: "List experiences, newest first",
    query: experienceListQuery,
    status: 200,
    answer: shapes.listOf(shapes.experience),
    errors: [],
  },
  readExperience: {
    method: "GET",
    path: "/api/v1/experiences/{experienceId}",
    tag: "experiences",
    summary: "Read an experience",
    access: "publishable",
    rateClass: "general",
    status: 200,
    answer: v.union([shapes.experience, shapes.publicExperience]),
    errors: [...experienceErrors],
  },
  updateExperience: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/experiences/{experienceId}",
    tag: "experiences",
    summary: "Change an experience by a merge patch",
    body: shapes.experiencePatch,
    status: 200,
    answer: shapes.experience,
    ifMatch: true,
    errors: [...experienceErrors, "INVALID_STATE"],
  },
  deleteExperience: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/experiences/{experienceId}",
    tag: "experiences",
    summary: "Delete an experience that has no sequences",
    status: 204,
    ifMatch: true,
    errors: [...experienceErrors, "RESOURCE_IN_USE"],
  },

  // --- sequences ---
  createSequence: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/sequences",
    tag: "sequences",
    summary: "Create a sequence inside an experience",
    body: shapes.sequenceCreate,
    status: 201,
    answer: shapes.sequence,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  listSequences: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/sequences",
    tag: "sequences",
    summary: "List sequences, newest first",
    query: sequenceListQuery,
    status: 200,
    answer: shapes.listOf(shapes.sequence),
    errors: [],
  },
  readSequence: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/sequences/{sequenceId}",
    tag: "sequences",
    summary: "Read a sequence",
    status: 200,
    answer: shapes.sequence,
    errors: [...sequenceErrors],
  },
  updateSequence: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/sequences/{sequenceId}",
    tag: "sequences",
    summary: "Change a sequence by a merge patch",
    body: shapes.sequencePatch,
    status: 200,
    answer: shapes.sequence,
    ifMatch: true,
    errors: [...sequenceErrors],
  },
  deleteSequence: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/sequences/{sequenceId}",
    tag: "sequences",
    summary: "Delete a sequence that has no distributions",
    status: 204,
    ifMatch: true,
    errors: [...sequenceErrors, "RESOURCE_IN_USE"],
  },

  // --- queues ---
  createQueue: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/queues",
    tag: "queues",
    summary: "Create a queue; without a sequence it gets an experience and a sequence of its own",
    body: shapes.queueCreate,
    status: 201,
    answer: shapes.queue,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  listQueues: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/queues",
    tag: "queues",
    summary: "List queues, newest first",
    query: queueListQuery,
    status: 200,
    answer: shapes.listOf(shapes.queue),
    errors: [],
  },
  readQueue: {
    method: "GET",
    path: "/api/v1/queues/{queueId}",
    tag: "queues",
    summary: "Read a queue; a publishable key sees what is public of it",
    access: "publishable",
    rateClass: "general",
    status: 200,
    answer: v.union([shapes.queue, shapes.publicQueue]),
    errors: [...queueErrors],
  },
  updateQueue: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/queues/{queueId}",
    tag: "queues",
    summary: "Change a queue by a merge patch",
    body: shapes.queuePatch,
    status: 200,
    answer: shapes.queue,
    ifMatch: true,
    errors: [...queueErrors, "INVALID_STATE"],
  },
  deleteQueue: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/queues/{queueId}",
    tag: "queues",
    summary: "Delete a queue in which nobody waits or is admitted",
    status: 204,
    ifMatch: true,
    errors: [...queueErrors, "RESOURCE_IN_USE"],
  },
  openQueue: {
    ...stateChange,
    path: "/api/v1/queues/{queueId}/open",
    summary: "Open a scheduled queue now",
  },
  pauseQueue: {
    ...stateChange,
    path: "/api/v1/queues/{queueId}/pause",
    summary: "Stop admitting; joining goes on and every place is kept",
  },
  resumeQueue: { ...stateChange, path: "/api/v1/queues/{queueId}/resume", summary: "Go on admitting" },
  closeQueue: {
    ...stateChange,
    path: "/api/v1/queues/{queueId}/close",
    summary: "Take no more joins; with drain false, end it for those who still wait as well",
    body: shapes.queueClose,
    errors: [...queueErrors, "CONCURRENT_MODIFICATION"],
  },

  // --- the line, as a fan ---
  enterQueue: {
    method: "POST",
    path: "/api/v1/queues/{queueId}/enter",
    tag: "line",
    summary: "Join the line",
    access: "consumer",
    rateClass: "entry",
    body: shapes.noBody,
    bodyNeeded: false,
    status: 201,
    answer: shapes.entry,
    idempotent: true,
    fingerprint: true,
    errors: [
      ...queueErrors,
      ...fingerprintErrors,
      "RESOURCE_RESTRICTED",
      "QUEUE_NOT_OPEN",
      "ALREADY_IN_QUEUE",
      "ALREADY_COMPLETED",
      "QUEUE_CLOSED",
      "QUEUE_FULL",
      "CONCURRENT_MODIFICATION",
    ],
  },
  readEntry: {
    method: "GET",
    path: "/api/v1/queues/{queueId}/status",
    tag: "line",
    summary: "Read one's own entry; with X-Line-Token without touching the database while waiting",
    access: "consumer",
    rateClass: "general",
    status: 200,
    answer: shapes.entry,
    fingerprint: true,
    errors: [...queueErrors, ...fingerprintErrors, "NOT_IN_QUEUE"],
  },
  leaveQueue: {
    method: "POST",
    path: "/api/v1/queues/{queueId}/leave",
    tag: "line",
    summary: "Give up one's place or admission",
    access: "consumer",
    rateClass: "general",
    body: shapes.noBody,
    bodyNeeded: false,
    status: 200,
    answer: shapes.entry,
    idempotent: true,
    fingerprint: true,
    errors: [
      ...queueErrors,
      ...fingerprintErrors,
      "NOT_IN_QUEUE",
      "INVALID_STATE",
      "ALREADY_COMPLETED",
      "ADMISSION_EXPIRED",
      "CONCURRENT_MODIFICATION",
    ],
  },
  readBoard: {
    method: "GET",
    path: "/api/v1/queues/{queueId}/now-serving",
    tag: "line",
    summary: "The public board of the line, the same for everybody and cacheable",
    access: "anyone",
    rateClass: null,
    status: 200,
    answer: shapes.board,
    errors: ["QUEUE_NOT_FOUND"],
  },
  readDepartedSegment: {
    method: "GET",
    path: "/api/v1/queues/{queueId}/departed/{segment}",
    tag: "line",
    summary: "The 512-byte bitmap of who does not wait any more in one segment of ranks",
    access: "anyone",
    rateClass: null,
    status: 200,
    answerType: "application/octet-stream",
    ifNoneMatch: true,
    errors: ["QUEUE_NOT_FOUND", "SEGMENT_NOT_FOUND"],
  },
  streamBoard: {
    method: "GET",
    path: "/api/v1/queues/{queueId}/stream",
    tag: "line",
    summary: "The board as server-sent events: board, then changes",
    access: "anyone",
    rateClass: null,
    status: 200,
    answerType: "text/event-stream",
    errors: ["QUEUE_NOT_FOUND"],
  },

  // --- admissions, as the shop ---
  admitEntry: {
    ...entryChange,
    path: "/api/v1/queues/{queueId}/admit",
    summary: "Admit one waiting consumer now, out of order and on the record",
    body: shapes.consumerReference,
    errors: [
      ...queueErrors,
      "NOT_IN_QUEUE",
      "INVALID_STATE",
      "ADMISSIONS_EXHAUSTED",
      "ALREADY_COMPLETED",
      "ADMISSION_EXPIRED",
      "CONCURRENT_MODIFICATION",
    ],
  },
  denyEntry: {
    ...entryChange,
    path: "/api/v1/queues/{queueId}/deny",
    summary: "Take a consumer out of the line or take back the admission",
    body: shapes.entryDeny,
    errors: [
      ...queueErrors,
      "NOT_IN_QUEUE",
      "INVALID_STATE",
      "ALREADY_COMPLETED",
      "ADMISSION_EXPIRED",
      "CONCURRENT_MODIFICATION",
    ],
  },
  completeEntry: {
    ...entryChange,
    path: "/api/v1/queues/{queueId}/complete",
    keptLongest: true,
    summary: "Report that the admitted consumer has bought",
    body: shapes.entryComplete,
    errors: [
      ...queueErrors,
      "NOT_IN_QUEUE",
      "INVALID_STATE",
      "ADMISSION_USED",
      "ADMISSION_EXPIRED",
      "CONCURRENT_MODIFICATION",
    ],
  },
  validateAdmission: {
    ...admissionCall,
    path: "/api/v1/queues/{queueId}/validate",
    keptLongest: true,
    summary: "Check an admission token; consumes nothing",
    body: shapes.admissionValidate,
    answer: shapes.validation,
    idempotent: true,
    fingerprint: true,
    errors: [
      ...queueErrors,
      ...fingerprintErrors,
      "INVALID_TOKEN",
      "TOKEN_EXPIRED",
      "ADMISSION_USED",
      "ADMISSION_EXPIRED",
      "INVALID_STATE",
    ],
  },

  // --- members ---
  signIn: {
    ...visit,
    path: "/api/v1/members/sign-in",
    summary: "Sign in with e-mail address and password: the session is a cookie of the answer",
    body: shapes.signIn,
    setsCookie: true,
    status: 200,
    answer: shapes.ownMember,
    errors: ["INVALID_CREDENTIALS", "SECOND_FACTOR_REQUIRED", "INVALID_OTP"],
  },
  acceptInvitation: {
    ...visit,
    path: "/api/v1/members/accept-invitation",
    summary: "Become a member by the token of an invitation, and sign in",
    body: shapes.invitationAccept,
    setsCookie: true,
    status: 201,
    answer: shapes.ownMember,
    errors: [
      "INVALID_TOKEN",
      "TOKEN_EXPIRED",
      "INVALID_CREDENTIALS",
      "SECOND_FACTOR_REQUIRED",
      "INVALID_OTP",
    ],
  },
  requestPasswordReset: {
    ...visit,
    path: "/api/v1/members/password/reset-request",
    summary:
      "Send a token for a new password by mail, where somebody has the address; answers alike where nobody has",
    body: shapes.passwordResetRequest,
    status: 200,
    answer: shapes.codeRequested,
    errors: ["UPSTREAM_UNAVAILABLE"],
  },
  resetPassword: {
    ...visit,
    path: "/api/v1/members/password/reset",
    summary: "Choose a new password by the token of a mail; every session ends",
    body: shapes.passwordReset,
    setsCookie: true,
    status: 204,
    errors: ["INVALID_TOKEN", "TOKEN_EXPIRED"],
  },
  signOut: {
    ...visit,
    path: "/api/v1/members/sign-out",
    summary: "End the session of the cookie, if it is one, and take the cookie back",
    rateClass: "general",
    body: shapes.noBody,
    bodyNeeded: false,
    setsCookie: true,
    status: 204,
    errors: [],
  },
  readOwnMember: {
    ...asMember,
    method: "GET",
    path: "/api/v1/members/me",
    summary: "Read who is signed in, with which role, in which organization",
    status: 200,
    answer: shapes.ownMember,
    errors: [],
  },
  changePassword: {
    ...asMember,
    method: "POST",
    path: "/api/v1/members/me/password",
    summary: "Change one's password; all other sessions end",
    rateClass: "authentication",
    body: shapes.passwordChange,
    status: 204,
    errors: ["INVALID_CREDENTIALS"],
  },
  listOwnSessions: {
    ...asMember,
    method: "GET",
    path: "/api/v1/members/me/sessions",
    summary: "List one's sessions that have not ended, newest first",
    status: 200,
    answer: shapes.memberSessions,
    errors: [],
  },
  endOwnSession: {
    ...asMember,
    method: "DELETE",
    path: "/api/v1/members/me/sessions/{sessionId}",
    summary: "End one of one's sessions: it is refused everywhere within two seconds",
    status: 204,
    errors: ["SESSION_NOT_FOUND"],
  },
  enrolSecondFactor: {
    ...asMember,
    method: "POST",
    path: "/api/v1/members/me/second-factor",
    summary: "Get the secret of a new authenticator; it is asked for once it was confirmed",
    rateClass: "authentication",
    body: shapes.passwordProof,
    status: 200,
    answer: shapes.secondFactorSecret,
    errors: ["INVALID_CREDENTIALS", "INVALID_STATE"],
  },
  confirmSecondFactor: {
    ...asMember,
    method: "POST",
    path: "/api/v1/members/me/second-factor/confirm",
    summary: "Turn the second factor on by a code of the authenticator; recovery codes are shown this once",
    rateClass: "authentication",
    body: shapes.secondFactorCode,
    status: 200,
    answer: shapes.recoveryCodes,
    errors: ["INVALID_OTP", "INVALID_STATE"],
  },
  disableSecondFactor: {
    ...asMember,
    method: "POST",
    path: "/api/v1/members/me/second-factor/disable",
    summary: "Turn the second factor off by one's password",
    rateClass: "authentication",
    body: shapes.passwordProof,
    status: 204,
    errors: ["INVALID_CREDENTIALS"],
  },
  leaveOrganization: {
    ...asMember,
    method: "DELETE",
    path: "/api/v1/members/me",
    summary: "Leave the organization; its last owner cannot",
    status: 204,
    errors: ["LAST_OWNER"],
  },
  listMembers: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/members",
    tag: "members",
    summary: "List the members of the organization, newest first",
    query: memberListQuery,
    status: 200,
    answer: shapes.listOf(shapes.member),
    errors: [],
  },
  readMember: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/members/{memberId}",
    tag: "members",
    summary: "Read a member",
    status: 200,
    answer: shapes.member,
    errors: [...memberErrors],
  },
  updateMember: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/members/{memberId}",
    tag: "members",
    summary: "Give a member another role; only owners make and lower owners",
    body: shapes.memberPatch,
    status: 200,
    answer: shapes.member,
    ifMatch: true,
    errors: [...memberErrors, "LAST_OWNER", "INSUFFICIENT_ROLE"],
  },
  deleteMember: {
    ...secretGeneral,
    method: "DELETE",
    path: "/api/v1/members/{memberId}",
    tag: "members",
    summary: "Take a member out of the organization; only owners take out owners",
    status: 204,
    ifMatch: true,
    errors: [...memberErrors, "LAST_OWNER", "INSUFFICIENT_ROLE"],
  },

  // --- invitations ---
  createInvitation: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/invitations",
    tag: "members",
    summary: "Invite somebody to the organization by mail, for seven days; only owners invite owners",
    body: shapes.invitationCreate,
    status: 201,
    answer: shapes.invitation,
    idempotent: true,
    errors: ["INSUFFICIENT_ROLE", "MAIL_PROVIDER_FAILED", "MAIL_PROVIDER_TIMEOUT", "UPSTREAM_UNAVAILABLE"],
  },
  listInvitations: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/invitations",
    tag: "members",
    summary: "List invitations, newest first",
    query: v.object(listQuery),
    status: 200,
    answer: shapes.listOf(shapes.invitation),
    errors: [],
  },
  readInvitation: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/invitations/{invitationId}",
    tag: "members",
    summary: "Read an invitation",
    status: 200,
    answer: shapes.invitation,
    errors: [...invitationErrors],
  },
  revokeInvitation: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/invitations/{invitationId}/revoke",
    tag: "members",
    summary: "Take an invitation back",
    body: shapes.noBody,
    bodyNeeded: false,
    status: 200,
    answer: shapes.invitation,
    idempotent: true,
    errors: [...invitationErrors, "INVALID_STATE", "INSUFFICIENT_ROLE"],
  },

  // --- API keys ---
  createApiKey: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/api-keys",
    tag: "keys",
    summary: "Create an API key; the key itself is shown in this answer and never again",
    body: shapes.apiKeyCreate,
    status: 201,
    answer: shapes.apiKeyShown,
    idempotent: true,
    errors: ["ALREADY_EXISTS"],
  },
  listApiKeys: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/api-keys",
    tag: "keys",
    summary: "List the API keys of one's mode, newest first; never a key itself",
    query: apiKeyListQuery,
    status: 200,
    answer: shapes.listOf(shapes.apiKey),
    errors: [],
  },
  readApiKey: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/api-keys/{keyId}",
    tag: "keys",
    summary: "Read what an API key may do and when it was last used; never the key itself",
    status: 200,
    answer: shapes.apiKey,
    errors: [...apiKeyErrors],
  },
  updateApiKey: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/api-keys/{keyId}",
    tag: "keys",
    summary: "Change the name of an API key by a merge patch",
    body: shapes.apiKeyPatch,
    status: 200,
    answer: shapes.apiKey,
    ifMatch: true,
    errors: [...apiKeyErrors],
  },
  rotateApiKey: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/api-keys/{keyId}/rotate",
    tag: "keys",
    summary: "Give an API key a new secret, shown once; the old one goes on for as long as is asked for",
    body: shapes.apiKeyRotate,
    status: 200,
    answer: shapes.apiKeyShown,
    idempotent: true,
    errors: [...apiKeyErrors, "INVALID_STATE"],
  },
  revokeApiKey: {
    ...secretGeneral,
    method: "POST",
    path: "/api/v1/api-keys/{keyId}/revoke",
    tag: "keys",
    summary: "Revoke an API key for good: within two seconds it is refused everywhere",
    body: shapes.apiKeyRevoke,
    bodyNeeded: false,
    status: 200,
    answer: shapes.apiKey,
    idempotent: true,
    errors: [...apiKeyErrors, "INVALID_STATE"],
  },

  // --- the organization ---
  readOrganization: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/organizations/current",
    tag: "organization",
    summary: "Read the settings of one's own organization",
    status: 200,
    answer: shapes.organization,
    errors: [],
  },
  updateOrganization: {
    ...secretGeneral,
    method: "PATCH",
    path: "/api/v1/organizations/current",
    tag: "organization",
    summary: "Change one's own organization by a merge patch; in effect everywhere within two seconds",
    body: shapes.organizationPatch,
    status: 200,
    answer: shapes.organization,
    ifMatch: true,
    errors: [],
  },

  // --- requests ---
  readRequest: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/requests/{requestId}",
    tag: "requests",
    summary: "What became of a request: by the id of its answer, or by an id of the caller's own",
    status: 200,
    answer: shapes.requestRecords,
    errors: ["REQUEST_NOT_FOUND"],
  },

  // --- audit log ---
  listAuditRecords: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/audit-log",
    tag: "audit",
    summary: "Who changed what, newest first",
    query: auditListQuery,
    status: 200,
    answer: shapes.listOf(shapes.auditRecord),
    errors: [],
  },
  exportAuditRecords: {
    ...secretGeneral,
    method: "GET",
    path: "/api/v1/audit-log/export",
    tag: "audit",
    summary: "The audit log as CSV, oldest first, in one answer of any length; no cell is a formula",
    query: auditExportQuery,
    status: 200,
    answerType: "text/csv",
    errors: [],
  },

  // --- service ---
  readLiveness: {
    method: "GET",
    path: "/health/live",
    tag: "service",
    staysUp: true,
    summary: "Is the process alive?",
    access: "anyone",
    rateClass: null,
    status: 200,
    answer: shapes.health,
    errors: [],
  },
  readReadiness: {
    method: "GET",
    path: "/health/ready",
    tag: "service",
    staysUp: true,
    summary: "Can the process serve?",
    access: "anyone",
    rateClass: null,
    status: 200,
    answer: shapes.health,
    errors: [],
  },
  readMetrics: {
    method: "GET",
    path: "/metrics",
    tag: "service",
    staysUp: true,
    summary: "Metrics in the Prometheus text format; from loopback only",
    access: "anyone",
    rateClass: null,
    status: 200,
    answerType: "text/plain",
    errors: ["RESOURCE_RESTRICTED"],
  },
  readJwks: {
    method: "GET",
    path: "/.well-known/jwks.json",
    tag: "service",
    staysUp: true,
    summary: "The public keys of admission tokens",
    access: "anyone",
    rateClass: null,
    status: 200,
    answer: shapes.jwks,
    errors: [],
  },
  readOpenapi: {
    method: "GET",
    path: "/openapi.json",
    tag: "service",
    staysUp: true,
    summary: "This description of the API",
    access: "anyone",
    rateClass: null,
    status: 200,
    answer: v.record(v.string(), v.unknown()),
    errors: [],
  },
} as const satisfies Record<string, OperationShape>;

export type OperationName = keyof typeof operations;
export const operationNames = Object.keys(operations) as readonly OperationName[];

const shapesByName = Object.fromEntries(
  operationNames.map((name): [string, OperationShape] => [
    name,
    { ...operations[name], leastRole: leastRoles[name], scope: neededScopes[name] },
  ]),
) as Readonly<Record<OperationName, OperationShape>>;

/** The operation of this name, seen through the common shape. */
export function operationOf(name: OperationName): OperationShape {
  return shapesByName[name];
}

const always: readonly ErrorCode[] = [
  "MALFORMED_REQUEST",
  "REQUEST_TIMEOUT",
  "URI_TOO_LONG",
  "HEADERS_TOO_LARGE",
  "INTERNAL_ERROR",
];

/** Every refusal that the operation can give: its own, and those that follow from what it takes. */
export function errorsOf(operation: OperationShape): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>([...always, ...operation.errors]);
  const add = (...more: ErrorCode[]): void => {
    for (const code of more) codes.add(code);
  };
  // A stream that is refused says `busy` and ends: a browser's EventSource gives up for ever on a 503.
  const isStream = operation.answerType === "text/event-stream";
  if (!operation.path.startsWith("/health/live") && !isStream) add("DEPLOYING");
  if (operation.path.startsWith("/api/") || operation.path === "/health/ready") add("DATABASE_UNAVAILABLE");
  if (!operation.staysUp && !isStream) add("MAINTENANCE", "OVERLOADED");
  if (operation.rateClass !== null) add("RATE_LIMITED");
  if (operation.access === "publishable") add("PUBLISHABLE_KEY_REQUIRED");
  if (operation.access === "maybeConsumer") add("PUBLISHABLE_KEY_REQUIRED");
  if (operation.access === "consumer") add("PUBLISHABLE_KEY_REQUIRED", "AUTHENTICATION_REQUIRED");
  if (operation.access === "secret") add("SECRET_KEY_REQUIRED");
  if (operation.access === "member") add("AUTHENTICATION_REQUIRED");
  const needsCredential = operation.access !== "anyone" && operation.access !== "visitor";
  if (needsCredential) add("INVALID_TOKEN");
  if (needsCredential && operation.access !== "member") add("KEY_REVOKED", "TOKEN_EXPIRED");
  if (operation.access !== "anyone") add("ORIGIN_NOT_ALLOWED", "INVALID_PARAMETER");
  const leastRole = operation.leastRole ?? null;
  if (leastRole !== null) add("TOKEN_EXPIRED");
  if (leastRole !== null && leastRole !== "viewer") add("INSUFFICIENT_ROLE");
  if ((operation.scope ?? null) !== null) add("INSUFFICIENT_SCOPE");
  if (operation.query !== undefined) add("INVALID_PARAMETER");
  if (operation.method !== "GET") add("INVALID_JSON", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE");
  // Every write can meet another one; a guest's start writes nothing.
  if (operation.method !== "GET" && operation.rateClass !== "guest") add("CONCURRENT_MODIFICATION");
  if (operation.body !== undefined) {
    add("UNKNOWN_FIELD");
    if (operation.body !== shapes.noBody) add("INVALID_FIELD_TYPE");
    if (operation.bodyNeeded !== false) add("BODY_REQUIRED", "VALIDATION_ERROR");
  }
  if (operation.idempotent)
    add("INVALID_IDEMPOTENCY_KEY", "IDEMPOTENCY_KEY_REUSED", "IDEMPOTENCY_IN_PROGRESS");
  if (operation.ifMatch) add("INVALID_PARAMETER");
  return errorCodes
    .filter((code) => codes.has(code))
    .sort((a, b) => errorTable[a].status - errorTable[b].status);
}

/** The kinds of id that stand in paths, by the parameter's name. A request's can be the caller's own text. */
export const pathIdKinds: Readonly<Record<string, IdKind>> = {
  consumerId: "consumer",
  productId: "product",
  experienceId: "experience",
  sequenceId: "sequence",
  queueId: "queue",
  keyId: "apiKey",
  requestId: "request",
  sessionId: "session",
  memberId: "member",
  invitationId: "invitation",
};
