import type { Kysely } from "kysely";
import { type DrandChain, receiptMaker } from "../../fairness/index.ts";
import { missing } from "../../identity/index.ts";
import type { Clock } from "../../platform/clock.ts";
import { type Database, inOrganization, type Tables } from "../../platform/database/index.ts";
import { apiError } from "../../platform/errors/index.ts";
import type { OperationCall, Tenant } from "../../platform/http/index.ts";
import type { Log } from "../../platform/log.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { SigningKeys } from "../../platform/signing-keys/index.ts";
import type { EntryRendering } from "./entry.ts";
import { createEntryReader, type EntryReader } from "./entry-reader.ts";
import type { LinePace } from "./line-pace.ts";
import type { LineView } from "./line-view.ts";
import { createLineViews, type LineViews } from "./line-views.ts";
import { createLineWriter, type LineWriter } from "./line-writer.ts";

/** What the operations of queues share in one process. */
export interface QueueServices {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  /** The beacon's chains that whoever runs the server has named, besides those that are known. */
  readonly chains: readonly DrandChain[];
  readonly views: LineViews;
  readonly writer: LineWriter;
  readonly reader: EntryReader;
  readonly rendering: EntryRendering;
}

export function createQueueServices(deps: {
  database: Database;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  keys: SigningKeys;
  issuer: () => string;
  chains: readonly DrandChain[];
}): QueueServices {
  const { database, clock, log } = deps;
  const views = createLineViews({ database, clock, log });
  const makeReceipts = receiptMaker(deps.keys, "ticket");
  const paceOfQueue = (queueId: string): LinePace | null => {
    const view = views.get(queueId);
    if (!(view instanceof Promise)) return view.pace(clock.now());
    // A view that cannot be read fails those who ask for it; a group goes without the estimate.
    view.catch(() => {});
    return null;
  };
  return {
    ...deps,
    views,
    writer: createLineWriter({ database, log, paceOf: paceOfQueue, makeReceipts }),
    reader: createEntryReader({ database, clock, makeReceipts }),
    rendering: deps,
  };
}

/**
 * The view of the queue in the path, for a caller of this tenant. Throws 404 or 403. `db`: the transaction that the caller
 * holds, which then asks for no other.
 */
export function viewFor(
  services: QueueServices,
  call: OperationCall,
  db?: Kysely<Tables>,
): LineView | Promise<LineView> {
  const known = services.views.known(call.pathParam("queueId"));
  if (known !== undefined && isOwn(known, call.tenant)) return known;
  const queueId = call.idParam("queue");
  const found = services.views.get(queueId);
  if (found instanceof Promise)
    return found.then((view) => checkTenant(services, { queueId, view, tenant: call.tenant, db }));
  return isOwn(found, call.tenant)
    ? found
    : checkTenant(services, { queueId, view: null, tenant: call.tenant, db });
}

function isOwn(view: LineView, tenant: Tenant): boolean {
  return view.row.organizationId === tenant.organizationId && view.row.isLive === tenant.isLive;
}

async function checkTenant(
  services: QueueServices,
  {
    queueId,
    view,
    tenant,
    db,
  }: { queueId: string; view: LineView | null; tenant: Tenant; db: Kysely<Tables> | undefined },
): Promise<LineView> {
  if (view !== null && isOwn(view, tenant)) return view;
  const why = (own: Kysely<Tables>) => missing(own, "QUEUE_NOT_FOUND", "queue", queueId, tenant);
  throw db === undefined ? await inOrganization(services.database, tenant, why) : await why(db);
}

/** X-Fingerprint as the queue asks for it. Throws FP001 or FP003. */
export function fingerprintFor(view: LineView, call: OperationCall): string | null {
  const fingerprint = call.fingerprint();
  if (fingerprint === null && view.row.requireFingerprint) throw apiError("FP001");
  return fingerprint;
}
