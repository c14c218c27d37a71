import {
  decodeId,
  type ErrorCode,
  encodeId,
  errorPagePath,
  errorTable,
  limits,
  type RequestRecord,
  type RequestRecords,
} from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { fillMessage } from "../platform/errors/index.ts";
import { findKeyNames, findRequests, findRequestsOf, type StoredRequest } from "./request-store.ts";

/** A kept request with the organization that it belongs to; null: to nobody, its credential was refused. */
export interface OwnedRequestRecord extends RequestRecord {
  readonly organizationId: string | null;
  readonly isLive: boolean | null;
}

/** What is kept under a request id, newest first; within one organization and mode, or without a tenant everywhere. */
export async function readRequests(
  db: Kysely<Tables>,
  requestId: string,
  options: {
    readonly tenant: { readonly organizationId: string; readonly isLive: boolean } | null;
    readonly publicUrl: string | null;
  },
): Promise<Omit<RequestRecords, "requests"> & { requests: OwnedRequestRecord[] }> {
  const found = await findRequests(db, requestId, options.tenant);
  const shown = found.slice(0, limits.requestsShownMax);
  const keyIds = shown.flatMap(({ facts }) => decodeId("apiKey", facts.keyId ?? "") ?? []);
  const keyNames = await findKeyNames(db, [...new Set(keyIds)], options.tenant);
  return {
    requestId,
    requests: shown.map((stored) => recordOf(stored, keyNames, options.publicUrl)),
    hasMore: found.length > shown.length,
  };
}

/** The newest requests that a consumer made, or that name it in their path; at most as many as an export holds. */
export async function listRequestsOf(
  db: Kysely<Tables>,
  consumerId: string,
  options: {
    readonly tenant: { readonly organizationId: string; readonly isLive: boolean };
    readonly publicUrl: string | null;
  },
): Promise<{ records: RequestRecord[]; hasMore: boolean }> {
  const found = await findRequestsOf(db, consumerId, options.tenant);
  const shown = found.slice(0, limits.exportedRequestsMax);
  const keyIds = shown.flatMap(({ facts }) => decodeId("apiKey", facts.keyId ?? "") ?? []);
  const keyNames = await findKeyNames(db, [...new Set(keyIds)], options.tenant);
  const records = shown.map((stored) => {
    const { organizationId: _, isLive: __, ...record } = recordOf(stored, keyNames, options.publicUrl);
    return record;
  });
  return { records, hasMore: found.length > shown.length };
}

function recordOf(
  { organizationId, isLive, answeredAt, process, facts }: StoredRequest,
  keyNames: ReadonlyMap<string, string>,
  publicUrl: string | null,
): OwnedRequestRecord {
  const { method, path, operation, credential, keyId, consumerId } = facts;
  // Rows from before there were members do not have it.
  const memberId = facts.memberId ?? null;
  const { status, code, details, issues, retryable, isReplay, tookMs, rateLimit } = facts;
  return {
    organizationId: organizationId === null ? null : encodeId("organization", organizationId),
    isLive,
    answeredAt: answeredAt.toISOString(),
    tookMs,
    process,
    asked: {
      method,
      path,
      operation,
      credential,
      keyId,
      keyName: keyNames.get(decodeId("apiKey", keyId ?? "") ?? "") ?? null,
      consumerId,
      memberId,
    },
    answered: {
      status,
      ...explanationOf(code, details, publicUrl),
      details,
      issues: issues.map(({ type, path: at }) => ({ type, path: [...at] })),
      retryable,
      isReplay,
    },
    rateLimit,
  };
}

/** From the table of this version: a row that another version wrote may have a code that this one does not know. */
function explanationOf(
  code: string | null,
  details: StoredRequest["facts"]["details"],
  publicUrl: string | null,
): Pick<RequestRecord["answered"], "error" | "code" | "message" | "todo" | "docs"> {
  if (code === null || !isErrorCode(code))
    return { error: null, code, message: null, todo: null, docs: null };
  const row = errorTable[code];
  return {
    error: row.error,
    code,
    message: fillMessage(row.message, details),
    todo: row.todo,
    docs: `${publicUrl ?? ""}${errorPagePath(code)}`,
  };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code);
}
