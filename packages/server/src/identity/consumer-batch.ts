import { canonicalEmail, decodeId, duplicateIssue, encodeId, parseObject, shapes } from "@stanchion/contract";
import type { Kysely } from "kysely";
import type { Tables } from "../platform/database/index.ts";
import { type ApiError, apiError, validationError } from "../platform/errors/index.ts";
import type { Tenant } from "../platform/http/index.ts";
import { findOwnersOf } from "../platform/owners.ts";
import { newUuid } from "../platform/randomness.ts";
import { type ConsumerRow, isLinkable, type Metadata } from "./consumer.ts";
import { findConsumersByEmail, findConsumersById, insertConsumers } from "./consumer-store.ts";

type Db = Kysely<Tables>;

/** What came of one consumer of a batch. */
export type BatchOutcome =
  | { readonly status: "created" | "existing"; readonly row: ConsumerRow }
  | { readonly status: "refused"; readonly refusal: ApiError };

interface Candidate {
  /** Its place in the batch. */
  readonly place: number;
  readonly hasOwnId: boolean;
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly metadata: Metadata;
  readonly isEmailLinkable: boolean;
}

const roundsMax = 4;

/**
 * Creates the consumers of a batch, each judged by itself as a single create would be. One who is there already, by the
 * given id or, where none is given, by the address, is left as it is; so is one who stands in the batch twice.
 */
export async function createConsumers(
  db: Db,
  tenant: Tenant,
  items: readonly unknown[],
  nowMs: number,
): Promise<BatchOutcome[]> {
  const outcomes: BatchOutcome[] = [];
  let open = readCandidates(items, nowMs, outcomes);
  for (let round = 0; open.length > 0; round += 1) {
    if (round === roundsMax) throw apiError("CONCURRENT_MODIFICATION");
    const fresh = await judge(db, tenant, open, outcomes);
    const inserted = await insertConsumers(db, tenant, fresh, new Date(nowMs));
    const rows = new Map(inserted.map((row) => [row.id, row]));
    // Whoever was not inserted has met a rival, or a twin in the batch, who is there when looked for again.
    open = fresh.filter(({ id, place }) => {
      const row = rows.get(id);
      if (row === undefined) return true;
      outcomes[place] = { status: "created", row };
      rows.delete(id);
      return false;
    });
  }
  return outcomes;
}

/** What can be read and keeps every rule; the rest is refused. */
function readCandidates(items: readonly unknown[], nowMs: number, outcomes: BatchOutcome[]): Candidate[] {
  return items.flatMap((item, place) => {
    const parsed = parseObject(shapes.consumerCreate, item);
    if (!parsed.ok) {
      outcomes[place] = { status: "refused", refusal: refusalOf(parsed) };
      return [];
    }
    const { id, email, name = null, metadata } = parsed.value;
    const ownId = id === undefined ? null : decodeId("consumer", id);
    return {
      place,
      hasOwnId: ownId !== null,
      id: ownId ?? newUuid(nowMs),
      email: typeof email === "string" ? canonicalEmail(email) : null,
      name,
      metadata: metadata ?? {},
      isEmailLinkable: isLinkable(parsed.value),
    };
  });
}

/** Settles those who are there already; answers those who are new. */
async function judge(
  db: Db,
  tenant: Tenant,
  candidates: readonly Candidate[],
  outcomes: BatchOutcome[],
): Promise<Candidate[]> {
  const ids = candidates.flatMap(({ hasOwnId, id }) => (hasOwnId ? [id] : []));
  const emails = candidates.flatMap(({ email }) => email ?? []);
  const byId = new Map((await findConsumersById(db, tenant, ids)).map((row) => [row.id, row]));
  const taken = new Set((await findOwnersOf(db, "consumer", ids)).map((owner) => owner.id));
  const byEmail = new Map((await findConsumersByEmail(db, tenant, emails)).map((row) => [row.email, row]));
  return candidates.filter((candidate) => {
    const outcome = presentOutcome(tenant, candidate, { byId, byEmail, taken });
    if (outcome === null) return true;
    outcomes[candidate.place] = outcome;
    return false;
  });
}

function presentOutcome(
  tenant: Tenant,
  { hasOwnId, id, email }: Candidate,
  {
    byId,
    byEmail,
    taken,
  }: {
    byId: ReadonlyMap<string, ConsumerRow>;
    byEmail: ReadonlyMap<string | null, ConsumerRow>;
    /** Ids that are somebody's, whosever. */
    taken: ReadonlySet<string>;
  },
): BatchOutcome | null {
  if (taken.has(id)) {
    const known = byId.get(id);
    if (known?.isLive === tenant.isLive && known.deletedAt === null)
      return { status: "existing", row: known };
    const details = { id: encodeId("consumer", id) };
    return { status: "refused", refusal: apiError("ALREADY_EXISTS", { details }) };
  }
  const owner = email === null ? undefined : byEmail.get(email);
  if (owner === undefined) return null;
  if (hasOwnId) return { status: "refused", refusal: validationError([duplicateIssue("email")]) };
  return { status: "existing", row: owner };
}

function refusalOf(parsed: Extract<ReturnType<typeof parseObject>, { ok: false }>): ApiError {
  if (parsed.unreadable.length === 0) return validationError(parsed.invalid);
  const isType = parsed.unreadable.some(({ type }) => type === "type");
  return apiError(isType ? "INVALID_FIELD_TYPE" : "UNKNOWN_FIELD", { issues: parsed.issues });
}
