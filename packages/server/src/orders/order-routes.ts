import {
  decodeId,
  duplicateIssue,
  encodeId,
  fieldIssue,
  limits,
  operations,
  shapes,
} from "@stanchion/contract";
import type { Kysely, Transaction } from "kysely";
import { missing, patchedMetadata } from "../identity/index.ts";
import { authorOf, recordChange } from "../platform/audit/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Tables } from "../platform/database/index.ts";
import { validationError } from "../platform/errors/index.ts";
import {
  type Answer,
  jsonAnswer,
  type OperationCall,
  type OperationHost,
  pageOf,
  patched,
  readPage,
  registerRead,
  registerWrite,
  requireVersion,
} from "../platform/http/index.ts";
import { type ChangeContext, cancelOrder, completeOrder } from "./change-order.ts";
import { createOrder, readWishedOrder } from "./create-order.ts";
import { type OrderRow, orderOf, relatedTo } from "./order.ts";
import * as store from "./order-store.ts";
import { tellOfOrder } from "./tell-of-order.ts";

export interface OrderDeps {
  readonly clock: Clock;
  /** Reads a line anew of which somebody has completed. */
  readonly refreshLine: (queueId: string) => Promise<unknown>;
}

/** What the shop's own server reports of orders. */
export function registerOrderRoutes(host: OperationHost, deps: OrderDeps): void {
  const { clock } = deps;
  const answer = (status: number, row: OrderRow, more: readonly string[] = []): Answer => ({
    ...jsonAnswer(status, orderOf(row), ["ETag", `"${row.version}"`, ...more]),
    ...(row.consumerId === null ? {} : { consumerIds: [row.consumerId] }),
    afterCommit: async () => {
      if (row.status === "PAID" && row.distributionId !== null && row.distributionKind === "queue")
        await deps.refreshLine(row.distributionId);
    },
  });
  const contextOf = (call: OperationCall): ChangeContext => ({
    tenant: call.tenant,
    author: authorOf(call),
    now: new Date(clock.now()),
  });

  registerWrite(host, "createOrder", async (call, db) => {
    const body = call.readBody(shapes.orderCreate);
    const context = contextOf(call);
    const { wished, isUnknown } = await readWishedOrder(db, call.tenant, body, context.now);
    const row = await createOrder(db, context, wished, {
      isPaid: body.paid ?? false,
      isUnknown,
      holdSeconds: body.holdSeconds ?? null,
    });
    const events = eventsOfNew(row);
    await tellOfOrder(db, context, { events, before: null, after: row });
    return answer(201, row, ["Location", `/api/v1/orders/${encodeId("order", row.id)}`]);
  });

  registerRead(host, "listOrders", async (call, db) => {
    const { status, externalId, consumerId, admissionId, ...query } = call.readQuery(
      operations.listOrders.query,
    );
    const page = readPage(query);
    const rows = await store.listOrders(db, call.tenant, {
      status,
      externalId,
      consumerId: consumerId === undefined ? undefined : (decodeId("consumer", consumerId) ?? ""),
      admissionId: admissionId === undefined ? undefined : (decodeId("admission", admissionId) ?? ""),
      after: page.after,
      limit: page.first + 1,
    });
    return jsonAnswer(200, pageOf(rows, page.first, orderOf));
  });

  registerRead(host, "readOrder", async (call, db) => {
    const id = call.idParam("order");
    const row = await store.findOrder(db, call.tenant, id);
    if (row === undefined) throw await notFound(db, call, id);
    return answer(200, row);
  });

  registerWrite(host, "updateOrder", async (call, db) => {
    const row = await lockOrder(db, call);
    const patch = call.readBody(shapes.orderPatch);
    const externalId = patched(patch.externalId, row.externalId, null);
    const metadata = patchedMetadata(row.metadata, patch.metadata);
    await refuseIssues(db, call, row, { externalId, metadata });
    requireVersion(call, row.version);
    const updated = await store.updateOrder(db, call.tenant, row.id, {
      externalId,
      metadata: JSON.stringify(metadata),
      updatedAt: new Date(clock.now()),
      version: row.version + 1,
    });
    const after = orderOf(updated);
    const fields = ["externalId", "metadata"] as const;
    const changed = fields.filter(
      (name) => JSON.stringify(orderOf(row)[name]) !== JSON.stringify(after[name]),
    );
    await recordChange(db, call, {
      action: "order.updated",
      target: after.id,
      related: relatedTo(after),
      changed,
    });
    return answer(200, updated);
  });

  registerWrite(host, "completeOrder", async (call, db) => {
    const row = await lockOrder(db, call);
    return answer(200, await completeOrder(db, contextOf(call), row));
  });

  registerWrite(host, "cancelOrder", async (call, db) => {
    const row = await lockOrder(db, call);
    const { reason } = call.readBody(shapes.orderCancel);
    return answer(200, await cancelOrder(db, contextOf(call), row, reason ?? null));
  });
}

/** What is told of an order that was just made. */
export function eventsOfNew({ status }: OrderRow) {
  if (status === "PAID") return ["order.created", "order.completed"] as const;
  if (status === "REFUND_NEEDED") return ["order.created", "order.refund_needed"] as const;
  return ["order.created"] as const;
}

async function refuseIssues(
  db: Kysely<Tables>,
  { tenant }: OperationCall,
  row: OrderRow,
  wished: { externalId: string | null; metadata: Readonly<Record<string, string>> },
): Promise<void> {
  const { externalId } = wished;
  const isTaken = externalId !== null && (await store.isExternalIdTaken(db, tenant, externalId, row.id));
  const { length: members } = Object.keys(wished.metadata);
  const { metadataMembersMax } = limits;
  const issues = [
    ...(isTaken ? [duplicateIssue("externalId")] : []),
    ...(members > metadataMembersMax
      ? [fieldIssue("metadata", "max_length", `${metadataMembersMax} members`, `${members} members`)]
      : []),
  ];
  if (issues.length > 0) throw validationError(issues);
}

async function lockOrder(db: Transaction<Tables>, call: OperationCall): Promise<OrderRow> {
  const id = call.idParam("order");
  const row = await store.lockOrder(db, call.tenant, id);
  if (row === undefined) throw await notFound(db, call, id);
  return row;
}

function notFound(db: Kysely<Tables>, call: OperationCall, id: string) {
  return missing(db, "ORDER_NOT_FOUND", "order", id, call.tenant);
}
