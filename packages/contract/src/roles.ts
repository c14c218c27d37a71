/** What a member of each role may do: one table, by which the server judges, and from which documents and pages are made. */
import type { OperationName } from "./operations.ts";

/** From the least to the most: each may do what those before it may. */
export const roles = ["viewer", "editor", "admin", "owner"] as const;
export type Role = (typeof roles)[number];

/**
 * Does a role come up to another?
 *
 * @example hasRole("admin", "editor") // true
 */
export function hasRole(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least);
}

/**
 * The least role that may call each operation with a member's session; null: members do not call it as such. Every operation
 * that takes a secret key is open to members of some role.
 */
export const leastRoles = {
  createGuest: null,
  refreshSession: null,
  logout: null,
  requestCode: null,
  verifyCode: null,
  // Whoever vouches can take part in anybody's name.
  authorizeExternalAccount: "admin",
  exchangeExternalAccount: null,
  createCarryCode: null,
  exchangeCarryCode: null,

  createConsumer: "editor",
  listConsumers: "viewer",
  readOwnConsumer: null,
  readConsumer: "viewer",
  updateConsumer: "editor",
  deleteConsumer: "editor",
  batchConsumers: "editor",
  // All of a person at once, and what cannot be undone.
  exportConsumer: "admin",
  eraseConsumer: "admin",

  createProduct: "editor",
  listProducts: "viewer",
  exportProducts: "viewer",
  importProducts: "editor",
  readProduct: "viewer",
  updateProduct: "editor",
  deleteProduct: "editor",

  createExperience: "editor",
  listExperiences: "viewer",
  readExperience: "viewer",
  updateExperience: "editor",
  deleteExperience: "editor",

  createSequence: "editor",
  listSequences: "viewer",
  readSequence: "viewer",
  updateSequence: "editor",
  deleteSequence: "editor",

  createQueue: "editor",
  listQueues: "viewer",
  readQueue: "viewer",
  updateQueue: "editor",
  deleteQueue: "editor",
  openQueue: "editor",
  pauseQueue: "editor",
  resumeQueue: "editor",
  closeQueue: "editor",

  enterQueue: null,
  readEntry: null,
  leaveQueue: null,
  readTurnMail: null,
  requestTurnMail: null,
  cancelTurnMail: null,
  readBoard: null,
  readDepartedSegment: null,
  streamBoard: null,

  readFairnessLog: null,
  createDraw: "editor",
  listDraws: "viewer",
  readDraw: "viewer",
  updateDraw: "editor",
  deleteDraw: "editor",
  cancelDraw: "editor",
  enterDraw: null,
  readDrawEntry: null,
  leaveDraw: null,
  removeDrawEntry: "editor",
  readDrawProof: null,
  readBeacon: "viewer",
  readQueueProof: null,
  readQueueLeaves: null,
  readDrawLeaves: null,
  readDrawEntryProof: null,
  streamDraw: null,
  denyDrawEntry: "editor",
  completeDrawEntry: "editor",
  validateDrawAdmission: "editor",

  admitEntry: "editor",
  denyEntry: "editor",
  completeEntry: "editor",
  validateAdmission: "editor",

  createOrder: "editor",
  listOrders: "viewer",
  readOrder: "viewer",
  updateOrder: "editor",
  completeOrder: "editor",
  cancelOrder: "editor",

  // Whoever holds its secret can say that orders are paid.
  createHook: "admin",
  listHooks: "admin",
  readHook: "admin",
  updateHook: "admin",
  deleteHook: "admin",
  rotateHook: "admin",
  deliverHook: null,

  signIn: null,
  signOut: null,
  readOwnMember: "viewer",
  changePassword: "viewer",
  listOwnSessions: "viewer",
  endOwnSession: "viewer",
  acceptInvitation: null,
  requestPasswordReset: null,
  resetPassword: null,
  enrolSecondFactor: "viewer",
  confirmSecondFactor: "viewer",
  disableSecondFactor: "viewer",
  leaveOrganization: "viewer",
  listMembers: "viewer",
  readMember: "viewer",
  // Owners are made, lowered and taken out by owners alone, whatever the operation's own role.
  updateMember: "admin",
  deleteMember: "admin",
  createInvitation: "admin",
  listInvitations: "admin",
  readInvitation: "admin",
  revokeInvitation: "admin",

  listAuditRecords: "admin",
  exportAuditRecords: "admin",
  createApiKey: "admin",
  listApiKeys: "admin",
  readApiKey: "admin",
  updateApiKey: "admin",
  rotateApiKey: "admin",
  revokeApiKey: "admin",
  readOrganization: "admin",
  updateOrganization: "admin",

  // What an endpoint is sent goes to whoever holds its address.
  createWebhookEndpoint: "admin",
  listWebhookEndpoints: "admin",
  readWebhookEndpoint: "admin",
  updateWebhookEndpoint: "admin",
  deleteWebhookEndpoint: "admin",
  rotateWebhookEndpoint: "admin",
  testWebhookEndpoint: "admin",
  replayWebhookEndpoint: "admin",
  streamEvents: "admin",
  triggerEvent: "admin",
  listWebhookDeliveries: "admin",

  readRequest: "viewer",

  readLiveness: null,
  readReadiness: null,
  readMetrics: null,
  readJwks: null,
  readOpenapi: null,
} as const satisfies Record<OperationName, Role | null>;
