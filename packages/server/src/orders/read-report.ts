import { createHash } from "node:crypto";
import { type HookSource, limits } from "@stanchion/contract";
import { genericReport } from "./generic-report.ts";
import type { ReceivedCall, ReceivedEvent } from "./order-report.ts";
import { shopifyReport } from "./shopify-report.ts";
import { stripeReport } from "./stripe-report.ts";

const readers = { hmac: genericReport, shopify: shopifyReport, stripe: stripeReport } as const;

/** Reads what a source has sent. Throws 400 or 422 where it has not the shape that this source sends. */
export function readReport(
  source: HookSource,
  bytes: Buffer,
  call: ReceivedCall,
): ReceivedEvent & { readonly eventId: string } {
  const event = readers[source](call);
  return { ...event, eventId: boundedId(event.eventId ?? hashOf(bytes)) };
}

function boundedId(eventId: string): string {
  return eventId.length <= limits.hookEventIdCharactersMax ? eventId : hashOf(Buffer.from(eventId));
}

function hashOf(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
