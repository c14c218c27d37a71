import { createHash } from "node:crypto";
import { type Catalogue, limits } from "@stanchion/contract";
import { sql, type Transaction } from "kysely";
import type { Tables } from "../database/index.ts";
import { type ApiError, apiError, renderError, representKept } from "../errors/index.ts";
import type { Secrets } from "../secrets.ts";

export interface KeyedCall {
  readonly key: string;
  /** What refusals are rendered by, and answers that hold a secret are sealed by. */
  readonly host: {
    readonly publicUrl: string | null;
    readonly catalogues?: readonly Catalogue[] | undefined;
    readonly secrets: Secrets;
  };
  readonly call: {
    readonly operation: string;
    readonly tenant: { readonly organizationId: string; readonly isLive: boolean };
    /** The secret key, member or consumer who asks. */
    readonly callerId: string;
    readonly requestId: string;
    readonly accept?: string | undefined;
    readonly acceptLanguage?: string | undefined;
    /** Path and body: another one under the same key is refused. */
    readonly request: string;
  };
}

interface StoredAnswer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly headers?: readonly string[];
  readonly replayedRequestId?: string;
  /** Kept only under a key that is derived from the Idempotency-Key: who reads the table learns nothing. */
  readonly holdsSecret?: boolean;
  readonly consumerIds?: readonly string[];
  readonly afterCommit?: () => Promise<unknown>;
}

/** The name of a key within what it is good for: organization, mode, operation and caller. 32 bytes. */
export function idempotencyScope(parts: readonly string[]): Buffer {
  return createHash("sha256").update(JSON.stringify(parts)).digest();
}

/**
 * Runs a verb once for its key, in the caller's transaction: the answer's row commits together with the effect.
 * A repeat gets the first answer byte for byte; a repeat while the first is under way, IDEMPOTENCY_IN_PROGRESS; another request
 * under the same key, IDEMPOTENCY_KEY_REUSED. Besides successes, the 404, 409 and 422 that the verb itself decides are kept.
 */
export async function runIdempotently(
  transaction: Transaction<Tables>,
  keyed: KeyedCall,
  run: () => Promise<StoredAnswer>,
  isRefusal: (error: unknown) => error is ApiError,
): Promise<StoredAnswer> {
  const { key, call, host } = keyed;
  const { organizationId, isLive } = call.tenant;
  const scope = idempotencyScope([organizationId, String(isLive), call.operation, call.callerId, key]);
  const requestHash = createHash("sha256").update(call.request).digest();
  const lock = await sql<{
    isMine: boolean;
  }>`select pg_try_advisory_xact_lock(${scope.readBigInt64BE(0).toString()}::bigint) as "isMine"`.execute(
    transaction,
  );
  if (lock.rows[0]?.isMine !== true) throw apiError("IDEMPOTENCY_IN_PROGRESS");
  const stored = await transaction
    .selectFrom("idempotencyKeys")
    .selectAll()
    .where("scope", "=", scope)
    .where(
      "createdAt",
      ">",
      sql<Date>`stanchion_now() - make_interval(secs => ${limits.idempotencyKeptSeconds})`,
    )
    .executeTakeFirst();
  if (stored !== undefined) {
    if (!stored.requestHash.equals(requestHash)) throw apiError("IDEMPOTENCY_KEY_REUSED");
    return representKept(replay(stored, keyed), call.accept);
  }
  const answer = await runOrRefuse(transaction, keyed, run, isRefusal);
  const text = answer.body?.toString() ?? null;
  const isSealed = answer.holdsSecret === true && text !== null;
  await transaction
    .insertInto("idempotencyKeys")
    .values({
      scope,
      requestHash,
      requestId: call.requestId,
      status: answer.status,
      headers: JSON.stringify(answer.headers ?? []),
      body: isSealed ? null : text,
      sealedBody: isSealed ? host.secrets.sealUnder(key, Buffer.from(text)) : null,
      consumerIds: answer.consumerIds === undefined ? null : [...answer.consumerIds],
      createdAt: sql<Date>`stanchion_now()`,
    })
    .onConflict((conflict) =>
      conflict.column("scope").doUpdateSet((row) => ({
        requestHash: row.ref("excluded.requestHash"),
        requestId: row.ref("excluded.requestId"),
        status: row.ref("excluded.status"),
        headers: row.ref("excluded.headers"),
        body: row.ref("excluded.body"),
        sealedBody: row.ref("excluded.sealedBody"),
        consumerIds: row.ref("excluded.consumerIds"),
        createdAt: row.ref("excluded.createdAt"),
      })),
    )
    .execute();
  return representKept(answer, call.accept);
}

const keptRefusals: readonly number[] = [404, 409, 422];
const neverKept: readonly string[] = ["IDEMPOTENCY_IN_PROGRESS", "CONCURRENT_MODIFICATION"];

async function runOrRefuse(
  transaction: Transaction<Tables>,
  { call, host }: KeyedCall,
  run: () => Promise<StoredAnswer>,
  isRefusal: (error: unknown) => error is ApiError,
): Promise<StoredAnswer> {
  await sql`savepoint verb`.execute(transaction);
  try {
    return await run();
  } catch (error) {
    if (!isRefusal(error) || !keptRefusals.includes(error.status) || neverKept.includes(error.code))
      throw error;
    await sql`rollback to savepoint verb`.execute(transaction);
    // Kept in one representation, whoever asks: `accept` is no part of it.
    const { requestId, acceptLanguage } = call;
    const { publicUrl, catalogues } = host;
    const { status, body, headers, contentType } = renderError(error, {
      requestId,
      acceptLanguage,
      publicUrl,
      ...(catalogues === undefined ? {} : { catalogues }),
    });
    return { status, body, headers: [...headers, "Content-Type", contentType] };
  }
}

function replay(
  stored: {
    status: number;
    headers: unknown;
    body: string | null;
    sealedBody: Buffer | null;
    requestId: string;
  },
  { key, host }: KeyedCall,
): StoredAnswer {
  const body =
    stored.sealedBody === null ? stored.body : host.secrets.openUnder(key, stored.sealedBody).toString();
  return {
    status: stored.status,
    headers: [...(stored.headers as string[]), "Idempotent-Replayed", "true"],
    ...(body === null ? {} : { body }),
    replayedRequestId: stored.requestId,
  };
}
