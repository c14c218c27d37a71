import type { IncomingHttpHeaders } from "node:http";
import { limits, type OrderItem, parseObject } from "@stanchion/contract";
import { apiError, validationError } from "../platform/errors/index.ts";

/** A signed call, its body read as JSON. */
export interface ReceivedCall {
  readonly headers: IncomingHttpHeaders;
  readonly payload: object;
}

/** Something that a shop system tells of, in one shape whoever tells it. */
export interface ReceivedEvent {
  /** The sender's own id of it, the same whenever it is sent again; null: it has none. */
  readonly eventId: string | null;
  readonly topic: string;
  /** Null: nothing that concerns orders here. */
  readonly report: OrderReport | null;
}

/** What has become of an order at the shop. */
export interface OrderReport {
  readonly kind: "pending" | "paid" | "cancelled";
  readonly externalId: string;
  /** As the shop system wrote them: they can be anything. */
  readonly admissionId: string | null;
  readonly queueId: string | null;
  readonly drawId: string | null;
  readonly consumerId: string | null;
  readonly items: readonly OrderItem[];
  readonly total: string | null;
  readonly currency: string | null;
  readonly reason: string | null;
}

export const nobodyReported = { admissionId: null, queueId: null, drawId: null, consumerId: null } as const;

type Schema = Parameters<typeof parseObject>[0];

/** The payload by its schema; 400 where a member has another JSON type, 422 where one breaks a rule. */
export function readPayload<S extends Schema>(
  schema: S,
  payload: object,
): NonNullable<S["~types"]>["output"] {
  const parsed = parseObject(schema, payload);
  if (parsed.ok) return parsed.value;
  const { issues, unreadable } = parsed;
  if (unreadable.length > 0) throw apiError("INVALID_FIELD_TYPE", { issues });
  throw validationError(issues);
}

/** An amount as orders keep it; null where it is none. */
export function amountOf(given: string | null | undefined): string | null {
  return given != null && /^\d{1,12}(\.\d{1,4})?$/.test(given) ? given : null;
}

/** A currency as orders keep it; null where there is none of this name. */
export function currencyOf(given: string | null | undefined): string | null {
  const code = given?.toUpperCase() ?? "";
  return Intl.supportedValuesOf("currency").includes(code) ? code : null;
}

/** The first characters of somebody else's text, so that it can be kept. */
export function keptText(given: string | null | undefined, charactersMax: number): string | null {
  const kept = given?.toWellFormed().replaceAll("\0", "").slice(0, charactersMax).toWellFormed() ?? "";
  return kept === "" ? null : kept;
}

/** A whole number of units that orders keep; null where it is none. */
export function quantityOf(given: number): number | null {
  return Number.isInteger(given) && given >= 1 && given <= limits.orderQuantityMax ? given : null;
}
