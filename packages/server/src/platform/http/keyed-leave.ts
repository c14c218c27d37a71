import { createHash } from "node:crypto";
import type { OperationName } from "@stanchion/contract";
import { inOrganization, withRetries } from "../database/index.ts";
import { ApiError, representKept } from "../errors/index.ts";
import { idempotencyScope, runIdempotently } from "../idempotency/index.ts";
import type { Answer } from "./call.ts";
import type { OperationCall } from "./operation-call.ts";
import { keeperOf, type OperationHost } from "./register-operation.ts";

/**
 * A fan's leave, which is written in a group with others' and has its effect once under an Idempotency-Key: the group writes the
 * key's row along with the effect, and names the entry in it, whose answer is made again from what cannot change any more.
 */
export interface KeyedLeave {
  /** What the group writes of the key, 32 bytes each; null without a key. */
  readonly scope: Buffer | null;
  readonly requestHash: Buffer | null;
  /** The first answer, where the group says that the key was used; `answerOf` makes it again of the entry, whose id is a UUID. */
  replay(answerOf: (entryId: string) => Promise<Answer>): Promise<Answer>;
  /** Answers where nothing was written, and keeps the answer: a late repeat must not end an entry that was made meanwhile. */
  keep(answer: () => Promise<Answer>): Promise<Answer>;
}

/** @param targetId what is left: a queue or a draw, as a UUID */
export function keyedLeave(
  host: OperationHost,
  call: OperationCall,
  { operation, key, targetId }: { operation: OperationName; key: string | null; targetId: string },
): KeyedLeave {
  const { consumerId, tenant } = call.consumer;
  const { requestId } = call;
  const { accept, "accept-language": acceptLanguage } = call.request.headers;
  if (key === null)
    return {
      scope: null,
      requestHash: null,
      replay: () => Promise.reject(new Error("a key was replayed that was not sent")),
      keep: (answer) => answer(),
    };
  const scope = idempotencyScope([tenant.organizationId, String(tenant.isLive), operation, consumerId, key]);
  return {
    scope,
    requestHash: createHash("sha256").update(targetId).digest(),
    async replay(answerOf) {
      const row = await inOrganization(host.database, tenant, (db) =>
        db.selectFrom("idempotencyKeys").selectAll().where("scope", "=", scope).executeTakeFirstOrThrow(),
      );
      const { entryId, status, body } = row;
      const first =
        body === null ? await answerOf(entryId ?? "") : { status, headers: row.headers as string[], body };
      const headers = [...(first.headers ?? []), "Idempotent-Replayed", "true"];
      return representKept({ ...first, headers, replayedRequestId: row.requestId }, accept);
    },
    keep(answer) {
      const asked = { operation, tenant, callerId: consumerId, requestId, accept, acceptLanguage };
      const keyed = { key, host: keeperOf(host), call: { ...asked, request: targetId } };
      return withRetries(() =>
        inOrganization(host.database.holding.quick, tenant, (transaction) =>
          runIdempotently(transaction, keyed, answer, (error) => error instanceof ApiError),
        ),
      );
    },
  };
}
