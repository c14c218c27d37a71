/** What a secret key may do: one table of scopes, and one of the operations with the scope that each needs. */
import type { OperationName } from "./operations.ts";

export const scopes = {
  "*": "Everything but `keys:write`, also what later versions bring.",
  "accounts:write": "Vouch for people by accounts of the shop's own.",
  "admissions:read": "Check admission tokens.",
  "admissions:write": "Report that somebody who was admitted has bought.",
  "audit:read": "Read the audit log.",
  "consumers:read": "Read consumers, and where they take part.",
  "consumers:write": "Create, change and delete consumers.",
  "entries:write": "Admit, and take out of the line, whom one will.",
  "experiences:read": "Read experiences and their sequences.",
  "experiences:write": "Create, change and delete experiences and their sequences.",
  "keys:read": "Read what API keys, members and invitations there are; never a key itself.",
  "keys:write":
    "Create, change, rotate and revoke API keys; invite, change and take out members. Always given by its name: `*` does not hold it.",
  "organization:read": "Read the organization's settings.",
  "organization:write": "Change the organization's settings, the web origins it allows among them.",
  "products:read": "Read products.",
  "products:write": "Create, change and delete products.",
  "queues:read": "Read queues.",
  "queues:write": "Create, change, open, pause, close and delete queues.",
  "requests:read": "Read what became of requests.",
  "sessions:write": "Start and refresh the sessions of guests, and have one-time codes sent.",
} as const;

export type Scope = keyof typeof scopes;
/** A scope that an operation can need. */
export type OperationScope = Exclude<Scope, "*">;

export const scopeNames = Object.keys(scopes) as readonly Scope[];

/** Of an organization's first secret key, which can make the others. */
export const firstKeyScopes: readonly Scope[] = ["*", "keys:write"];

/**
 * Whether who holds these scopes may do what needs this one; and whether it may hand this one on.
 *
 * @example holdsScope(["*"], "queues:read") // true
 */
export function holdsScope(held: readonly Scope[], needed: Scope): boolean {
  return held.includes(needed) || (needed !== "keys:write" && held.includes("*"));
}

/** The scope that a secret key needs for each operation; null: none is taken there. */
export const neededScopes = {
  createGuest: "sessions:write",
  refreshSession: "sessions:write",
  logout: null,
  requestCode: "sessions:write",
  verifyCode: "sessions:write",
  authorizeExternalAccount: "accounts:write",
  exchangeExternalAccount: "sessions:write",
  createConsumer: "consumers:write",
  batchConsumers: "consumers:write",
  listConsumers: "consumers:read",
  readOwnConsumer: null,
  readConsumer: "consumers:read",
  updateConsumer: "consumers:write",
  deleteConsumer: "consumers:write",
  exportConsumer: "consumers:read",
  eraseConsumer: "consumers:write",
  createProduct: "products:write",
  listProducts: "products:read",
  readProduct: "products:read",
  updateProduct: "products:write",
  deleteProduct: "products:write",
  createExperience: "experiences:write",
  listExperiences: "experiences:read",
  readExperience: "experiences:read",
  updateExperience: "experiences:write",
  deleteExperience: "experiences:write",
  createSequence: "experiences:write",
  listSequences: "experiences:read",
  readSequence: "experiences:read",
  updateSequence: "experiences:write",
  deleteSequence: "experiences:write",
  createQueue: "queues:write",
  listQueues: "queues:read",
  readQueue: "queues:read",
  updateQueue: "queues:write",
  deleteQueue: "queues:write",
  openQueue: "queues:write",
  pauseQueue: "queues:write",
  resumeQueue: "queues:write",
  closeQueue: "queues:write",
  enterQueue: null,
  readEntry: null,
  leaveQueue: null,
  readBoard: null,
  readDepartedSegment: null,
  streamBoard: null,
  readFairnessLog: null,
  admitEntry: "entries:write",
  denyEntry: "entries:write",
  completeEntry: "admissions:write",
  validateAdmission: "admissions:read",
  signIn: null,
  signOut: null,
  readOwnMember: null,
  changePassword: null,
  listOwnSessions: null,
  endOwnSession: null,
  acceptInvitation: null,
  requestPasswordReset: null,
  resetPassword: null,
  enrolSecondFactor: null,
  confirmSecondFactor: null,
  disableSecondFactor: null,
  leaveOrganization: null,
  listMembers: "keys:read",
  readMember: "keys:read",
  updateMember: "keys:write",
  deleteMember: "keys:write",
  createInvitation: "keys:write",
  listInvitations: "keys:read",
  readInvitation: "keys:read",
  revokeInvitation: "keys:write",
  createApiKey: "keys:write",
  listApiKeys: "keys:read",
  readApiKey: "keys:read",
  updateApiKey: "keys:write",
  rotateApiKey: "keys:write",
  revokeApiKey: "keys:write",
  readOrganization: "organization:read",
  updateOrganization: "organization:write",
  readRequest: "requests:read",
  listAuditRecords: "audit:read",
  exportAuditRecords: "audit:read",
  readLiveness: null,
  readReadiness: null,
  readMetrics: null,
  readJwks: null,
  readOpenapi: null,
} as const satisfies Record<OperationName, OperationScope | null>;
