import type { BatchType, EventType } from "@stanchion/contract";
import { parseJson } from "../answers.ts";
import { StanchionError } from "../stanchion-error.ts";
import { bytesOf, fromBase64 } from "./encodings.ts";

const toleranceSecondsDefault = 300;
const signaturesMax = 20;

/** A webhook that was verified. */
export interface WebhookEvent {
  /** `evt_…`, the same on every attempt: drop what you know. */
  readonly id: string;
  readonly type: EventType | BatchType | "webhook.test";
  /** When it happened. */
  readonly timestamp: string;
  readonly organizationId: string;
  /** By the event's type; `sequence` counts what this endpoint is told of one queue or draw. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The headers of a request: `request.headers` of fetch, of Node, Express or Fastify. */
export type WebhookHeaders =
  | Pick<Headers, "get">
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** How old, or how far ahead of this clock, the attempt may be; 300 by default. */
  readonly toleranceSeconds?: number | undefined;
  /** The local clock, in ms since 1970. */
  readonly now?: (() => number) | undefined;
}

/**
 * Verifies a webhook by the rules of Standard Webhooks and answers its event. Needs WebCrypto only.
 *
 * @param rawBody The body as it came, before anything has parsed it.
 * @param secrets `whsec_…`; several where one is being changed for another: either may have signed.
 * @throws {StanchionError} WEBHOOK_NOT_VERIFIED; `details.reason` says what is amiss.
 * @throws {TypeError} Where a secret is none, or the body was parsed before.
 * @example
 * const event = await verifyWebhook(await request.text(), request.headers, "whsec_…");
 * if (event.type === "queue.consumer.completed") console.log(event.data.consumerId);
 */
export async function verifyWebhook(
  rawBody: string | Uint8Array | ArrayBuffer,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyWebhookOptions = {},
): Promise<WebhookEvent> {
  const keys = await Promise.all([secrets].flat().map(importSecret));
  if (keys.length === 0) throw new TypeError("There is no secret to verify webhooks with.");
  const id = readHeader(headers, "webhook-id");
  const timestamp = readHeader(headers, "webhook-timestamp");
  const signatures = readHeader(headers, "webhook-signature");
  if (id === null || timestamp === null || signatures === null) throw notVerified("missing_header");
  checkTime(timestamp, options);
  const body = readBody(rawBody);
  const signed = joined(bytesOf(`${id}.${timestamp}.`), body);
  if (!(await isSignedByAny(signed, signatures, keys))) throw notVerified("bad_signature");
  const event = parseJson(new TextDecoder().decode(body));
  if (!isEvent(event)) throw notVerified("no_event");
  return event;
}

/** The events of a batch, each whole as it would have come by itself; of any other event the one. */
export function eventsIn(event: WebhookEvent): readonly WebhookEvent[] {
  const { events } = event.data;
  return event.type.endsWith(".batch") && Array.isArray(events) ? events.filter(isEvent) : [event];
}

async function importSecret(secret: unknown): Promise<CryptoKey> {
  const bytes = typeof secret === "string" ? fromBase64(secret.replace(/^whsec_/, "")) : null;
  if (bytes === null || bytes.length === 0)
    throw new TypeError(
      "A webhook's secret is whsec_ and base64, as it was shown when the endpoint was made.",
    );
  return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
}

function readBody(rawBody: unknown): Uint8Array<ArrayBuffer> {
  if (typeof rawBody === "string") return bytesOf(rawBody);
  if (ArrayBuffer.isView(rawBody))
    return new Uint8Array(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength).slice();
  if (Object.prototype.toString.call(rawBody) === "[object ArrayBuffer]")
    return new Uint8Array(rawBody as ArrayBuffer);
  if (typeof rawBody === "object" && rawBody !== null)
    throw new TypeError("rawBody must be the body as it came; here something has parsed it before.");
  return new Uint8Array();
}

function readHeader(headers: WebhookHeaders, name: string): string | null {
  const value = isHeaders(headers) ? headers.get(name) : headers[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function isHeaders(headers: WebhookHeaders): headers is Pick<Headers, "get"> {
  return typeof headers.get === "function";
}

function checkTime(timestamp: string, options: VerifyWebhookOptions): void {
  const toleranceSeconds = options.toleranceSeconds ?? toleranceSecondsDefault;
  const nowSeconds = Math.floor((options.now ?? Date.now)() / 1_000);
  if (!/^\d{1,12}$/.test(timestamp)) throw notVerified("bad_timestamp");
  if (nowSeconds - Number(timestamp) > toleranceSeconds) throw notVerified("too_old");
  if (Number(timestamp) - nowSeconds > toleranceSeconds) throw notVerified("too_new");
}

/** Every signature is held against every key, by WebCrypto, whose comparison takes the same time whatever differs. */
async function isSignedByAny(
  signed: Uint8Array<ArrayBuffer>,
  header: string,
  keys: readonly CryptoKey[],
): Promise<boolean> {
  const signatures = header
    .split(" ", signaturesMax)
    .filter((one) => one.startsWith("v1,"))
    .flatMap((one) => fromBase64(one.slice("v1,".length)) ?? []);
  const verdicts = signatures.flatMap((signature) =>
    keys.map((key) => crypto.subtle.verify("HMAC", key, signature, signed)),
  );
  return (await Promise.all(verdicts)).includes(true);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function isEvent(body: unknown): body is WebhookEvent {
  const { id, type, data } = Object(body) as Record<string, unknown>;
  return typeof id === "string" && typeof type === "string" && typeof data === "object" && data !== null;
}

const wordsByReason = {
  missing_header: "webhook-id, webhook-timestamp or webhook-signature is not there.",
  bad_timestamp: "webhook-timestamp is no time.",
  too_old: "It was sent too long ago.",
  too_new: "It was sent in the future by this clock.",
  bad_signature: "No signature fits the body as it came and a secret.",
  no_event: "It is signed, and its body is no event of Stanchion.",
} as const;

/** Not Stanchion's, not of now, or changed on its way. */
export function notVerified(reason: keyof typeof wordsByReason): StanchionError {
  return new StanchionError({
    code: "WEBHOOK_NOT_VERIFIED",
    type: "webhook_not_verified",
    message: `The webhook could not be verified. ${wordsByReason[reason]}`,
    details: { reason },
  });
}
