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
import { createDrawEntryReader, type DrawEntryReader } from "./draw-entry-reader.ts";
import { createDrawViews, type DrawView, type DrawViews } from "./draw-views.ts";
import { createDrawWriter, type DrawWriter } from "./draw-writer.ts";

/** What the operations of draws share in one process. */
export interface DrawServices {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  /** The issuer of admission tokens. */
  readonly issuer: () => string;
  /** The beacon's chains that whoever runs the server has named, besides those that are known. */
  readonly chains: readonly DrandChain[];
  readonly views: DrawViews;
  readonly writer: DrawWriter;
  readonly reader: DrawEntryReader;
}

export function createDrawServices(deps: {
  database: Database;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  keys: SigningKeys;
  issuer: () => string;
  chains: readonly DrandChain[];
}): DrawServices {
  const { database, clock, log } = deps;
  const makeReceipts = receiptMaker(deps.keys, "number");
  return {
    ...deps,
    views: createDrawViews({ database, clock }),
    writer: createDrawWriter({ database, log, makeReceipts }),
    reader: createDrawEntryReader({ database, clock, makeReceipts }),
  };
}

/** The view of the draw in the path, for a caller of this tenant. Throws 404 or 403. */
export function drawViewFor(services: DrawServices, call: OperationCall): DrawView | Promise<DrawView> {
  const known = services.views.known(call.pathParam("drawId"));
  if (known !== undefined && isOwn(known, call.tenant)) return known;
  const drawId = call.idParam("draw");
  const found = services.views.get(drawId);
  if (found instanceof Promise)
    return found.then((view) => requireOwn(services, { drawId, view, tenant: call.tenant }));
  return requireOwn(services, { drawId, view: found, tenant: call.tenant });
}

function isOwn(view: DrawView, tenant: Tenant): boolean {
  return view.organizationId === tenant.organizationId && view.isLive === tenant.isLive;
}

async function requireOwn(
  services: DrawServices,
  { drawId, view, tenant }: { drawId: string; view: DrawView | null; tenant: Tenant },
): Promise<DrawView> {
  if (view !== null && isOwn(view, tenant)) return view;
  throw await inOrganization(services.database, tenant, (db: Kysely<Tables>) =>
    missing(db, "DRAW_NOT_FOUND", "draw", drawId, tenant),
  );
}

/** X-Fingerprint as the draw asks for it. Throws FP001 or FP003. */
export function drawFingerprint(view: DrawView, call: OperationCall): string | null {
  const fingerprint = call.fingerprint();
  if (fingerprint === null && view.requireFingerprint) throw apiError("FP001");
  return fingerprint;
}
