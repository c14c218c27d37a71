import { shapes } from "@stanchion/contract";
import {
  currencyOf,
  keptText,
  nobodyReported,
  type OrderReport,
  type ReceivedCall,
  type ReceivedEvent,
  readPayload,
} from "./order-report.ts";

type StripeObject = ReturnType<typeof readEvent>["data"]["object"];

/** What Stripe reports: checkout sessions, and charges that were paid back whole. */
export function stripeReport({ payload }: ReceivedCall): ReceivedEvent {
  const { id: eventId, type: topic } = readPayload(shapes.stripeTyped, payload);
  const kindOf = kinds[topic];
  if (kindOf === undefined) return { eventId, topic, report: null };
  const { object } = readEvent(payload).data;
  const kind = kindOf(object);
  return { eventId, topic, report: kind === null ? null : reportOf(object, kind) };
}

function readEvent(payload: object) {
  return readPayload(shapes.stripeEvent, payload);
}

const kinds: Readonly<Record<string, (object: StripeObject) => OrderReport["kind"] | null>> = {
  // With some ways to pay the money comes days later, and is told of by another event.
  "checkout.session.completed": ({ payment_status }) => (payment_status === "unpaid" ? "pending" : "paid"),
  "checkout.session.async_payment_succeeded": () => "paid",
  "checkout.session.async_payment_failed": () => "cancelled",
  "charge.refunded": ({ refunded }) => (refunded === true ? "cancelled" : null),
};

function reportOf(object: StripeObject, kind: OrderReport["kind"]): OrderReport {
  const noted = object.metadata?.stanchion_admission ?? object.client_reference_id;
  const currency = currencyOf(object.currency);
  return {
    ...nobodyReported,
    kind,
    externalId: paymentOf(object),
    admissionId: typeof noted === "string" ? keptText(noted.trim(), 100) : null,
    items: [],
    total: currency === null ? null : decimalOf(object.amount_total ?? null, currency),
    currency,
    reason: null,
  };
}

/** What a session and its charge have in common is the payment, an id or the whole of it. */
function paymentOf({ id, payment_intent: payment }: StripeObject): string {
  const whole = Object(payment) as { id?: unknown };
  const named = typeof payment === "string" ? payment : whole.id;
  return keptText(typeof named === "string" ? named : id, 200) ?? "unknown";
}

const withoutDecimals = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" ");
const withThreeDecimals = "BHD JOD KWD OMR TND".split(" ");

/** Stripe counts in the smallest unit, by a list of its own. */
function decimalOf(amount: number | null, currency: string): string | null {
  if (amount === null || !Number.isSafeInteger(amount) || amount < 0) return null;
  const decimals = withoutDecimals.includes(currency) ? 0 : withThreeDecimals.includes(currency) ? 3 : 2;
  const digits = String(amount).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  if (whole.length > 12) return null;
  return decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
}
