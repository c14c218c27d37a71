import { duplicateIssue, fieldIssue, type IssueType } from "@stanchion/contract";
import { type ApiError, apiError, validationError } from "../errors/index.ts";

interface DatabaseError extends Error {
  readonly code?: string;
  readonly constraint?: string;
}

/**
 * What a violated constraint comes back as, by its name. They are the last line of defence: the verbs check first,
 * and only a race reaches them.
 */
export const constraintRows: Readonly<Record<string, ConstraintRow>> = {
  api_keys_name_key: { kind: "unique", field: "name" },
  experiences_name_key: { kind: "unique", field: "name" },
  experiences_slug_key: { kind: "unique", field: "slug" },
  sequences_name_key: { kind: "unique", field: "name" },
  owners_pkey: { kind: "exists" },
  experiences_pkey: { kind: "exists" },
  sequences_pkey: { kind: "exists" },
  queues_pkey: { kind: "exists" },
  sequences_experience_id_fkey: { kind: "reference", field: "experienceId", expected: "experience" },
  queues_sequence_id_fkey: { kind: "reference", field: "sequenceId", expected: "sequence" },
  queues_admit_rate_check: { kind: "rule", field: "admitRate", type: "max_value", expected: "1000000" },
  entries_live_key: { kind: "alreadyInQueue" },
};

type ConstraintRow =
  | { readonly kind: "unique"; readonly field: string }
  | { readonly kind: "exists" }
  | { readonly kind: "reference"; readonly field: string; readonly expected: string }
  | { readonly kind: "rule"; readonly field: string; readonly type: IssueType; readonly expected: string }
  | { readonly kind: "alreadyInQueue" };

/** The contract's answer for an error of the database or of the way to it; null where it is none of these. */
export function translateDatabaseError(thrown: unknown): ApiError | null {
  if (!(thrown instanceof Error)) return null;
  const error = thrown as DatabaseError;
  if (isConnectionLost(error))
    return apiError("DATABASE_UNAVAILABLE", { cause: error, retryAfterSeconds: 5 });
  // The statement took longer than it may.
  if (error.code === "57014") return apiError("OVERLOADED", { cause: error, retryAfterSeconds: 5 });
  if (isClash(error)) return apiError("CONCURRENT_MODIFICATION", { cause: error });
  const row = error.constraint === undefined ? undefined : constraintRows[error.constraint];
  if (row === undefined) return null;
  switch (row.kind) {
    case "unique":
      return validationError([duplicateIssue(row.field)]);
    case "exists":
      return apiError("ALREADY_EXISTS", { cause: error });
    case "reference":
      return validationError([fieldIssue(row.field, "reference", row.expected, "none")]);
    case "rule":
      return validationError([fieldIssue(row.field, row.type, row.expected, "another value")]);
    case "alreadyInQueue":
      return apiError("ALREADY_IN_QUEUE", { cause: error });
  }
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

const triesMax = 4;

/** Runs a transaction again where it clashed with another one. */
export async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      const isWorthTrying =
        error instanceof Error && (Object(error).code === "40001" || Object(error).code === "40P01");
      if (!isWorthTrying || attempt === triesMax) throw error;
    }
  }
}
