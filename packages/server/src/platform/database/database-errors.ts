import { setTimeout as wait } from "node:timers/promises";
import { duplicateIssue, encodeId, fieldIssue, type IdKind, idPrefixes } from "@stanchion/contract";
import { type ApiError, apiError, validationError } from "../errors/index.ts";
import { type ConstraintRow, constraintRows, neededField } from "./constraint-rows.ts";

interface DatabaseError extends Error {
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly column?: string;
  readonly detail?: string;
}

/**
 * The contract's answer for an error of the database or of the way to it; null where it is none of these.
 * `isDeleting`: the call was to delete something, so a foreign key tells that it is still in use.
 */
export function translateDatabaseError(
  thrown: unknown,
  { isDeleting = false }: { isDeleting?: boolean } = {},
): ApiError | null {
  if (!(thrown instanceof Error)) return null;
  const error = thrown as DatabaseError;
  if (isConnectionLost(error))
    return apiError("DATABASE_UNAVAILABLE", { cause: error, retryAfterSeconds: 5 });
  // The statement took longer than it may.
  if (error.code === "57014") return apiError("OVERLOADED", { cause: error, retryAfterSeconds: 5 });
  if (isClash(error)) return apiError("CONCURRENT_MODIFICATION", { cause: error });
  return translateViolation(error, { isDeleting });
}

/** The contract's answer for a constraint that a statement violated; null where it is none, or one that no caller can reach. */
export function translateViolation(
  thrown: unknown,
  { isDeleting = false }: { isDeleting?: boolean } = {},
): ApiError | null {
  if (!(thrown instanceof Error)) return null;
  const error = thrown as DatabaseError;
  if (error.code === "23502") return translateNull(error);
  const row = error.constraint === undefined ? undefined : constraintRows[error.constraint];
  return row === undefined ? null : translateConstraint(error, row, isDeleting);
}

function translateNull({ table = "", column = "" }: DatabaseError): ApiError | null {
  const field = neededField(table, column);
  if (field === null || field === undefined) return null;
  return validationError([fieldIssue(field, "required", "a value", "null")]);
}

function translateConstraint(error: DatabaseError, row: ConstraintRow, isDeleting: boolean): ApiError | null {
  switch (row.kind) {
    case "unique":
      return validationError([duplicateIssue(row.field)]);
    case "exists":
      return apiError("ALREADY_EXISTS", { details: takenId(error, row.id), cause: error });
    case "reference":
      if (isDeleting) {
        const { usedBy } = row;
        const hint = `Delete its ${usedBy} first.`;
        return apiError("RESOURCE_IN_USE", { details: { usedBy, hint }, cause: error });
      }
      return validationError([fieldIssue(row.field, "reference", row.expected, "none")]);
    case "rule":
      return validationError([fieldIssue(row.field, row.type, row.expected, "another value")]);
    case "alreadyInQueue":
      return apiError("ALREADY_IN_QUEUE", { cause: error });
    case "alreadyInDraw":
      return apiError("ALREADY_REGISTERED", { cause: error });
    case "ours":
      return null;
  }
}

/** The id in the key that the database names; its kind stands behind it where the constraint does not tell. */
function takenId({ detail = "" }: DatabaseError, kind: IdKind | null): { id?: string } {
  const [, uuid, named] = /=\(([0-9a-f-]{36})(?:, (\w+))?\)/.exec(detail) ?? [];
  const known = kind ?? (Object.keys(idPrefixes) as IdKind[]).find((one) => one === named);
  return uuid === undefined || known === undefined ? {} : { id: encodeId(known, uuid) };
}

const lostCodes =
  /^(08...|57P0[1-5]|53[0-9A-Z]{3}|25006|25P03|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|EAI_AGAIN)$/;
const lostMessages =
  /connection terminated|timeout exceeded when trying to connect|connection timeout|client has encountered a connection error|not queryable|query read timeout|cannot use a pool after/i;

export function isConnectionLost(error: DatabaseError): boolean {
  if (error.code !== undefined && lostCodes.test(error.code)) return true;
  return error.code === undefined && lostMessages.test(error.message);
}

/** Serialization failure, deadlock or lock time-out. */
function isClash(error: DatabaseError): boolean {
  return error.code === "40001" || error.code === "40P01" || error.code === "55P03";
}

/** What a transaction throws that has found out by itself that it clashed with another: it is run again like those that the database ends. */
export function clashError(what: string): Error {
  return Object.assign(new Error(what), { code: "40001" });
}

const triesMax = 4;
/** No new try is begun later than this: one lock time-out takes three seconds, and the caller waits. */
const triesMsMax = 4_000;
const pauseMsMax = 20;

/** Runs a transaction again where it clashed with another one; a little later each time, so that two do not meet for ever. */
export async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  const beganAtMs = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const isWorthTrying = error instanceof Error && isClash(error);
      const isTooLate = attempt === triesMax || performance.now() - beganAtMs > triesMsMax;
      if (!isWorthTrying || isTooLate) throw error;
      await wait(Math.random() * pauseMsMax * attempt);
    }
  }
}
