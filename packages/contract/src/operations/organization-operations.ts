/** The organization itself: its API keys, its settings, and what is on record. */
import * as v from "valibot";
import { auditActions } from "../audit-actions.ts";
import { dateTime, text } from "../fields.ts";
import { limits } from "../limits.ts";
import * as shapes from "../resources.ts";
import { listQuery, type OperationShape, secretGeneral } from "./operation-shape.ts";

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
const apiKeyErrors = ["API_KEY_NOT_FOUND", "OTHER_ORGANIZATION"] as const;

export const organizationOperations = {
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
} as const satisfies Record<string, OperationShape>;
